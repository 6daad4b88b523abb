"""`make test`: every check that can run on this machine, stage after stage, and a list of those that cannot.

`make lint` and `make gallery` run one stage of it. A stage that fails stops none of the others.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import environment
import report
import system

ROOT = environment.ROOT
BUILD = ROOT / "build"
PYTHON = str(environment.PYTHON)
BIN = environment.VENV / "bin"
LONGEST_STAGE = 40 * 60  # Seconds: a stage that hangs must leave the others their turn.


@dataclass(frozen=True)
class Stage:
    """One heading of the run: commands, and the programs without which it has no meaning."""

    name: str
    title: str
    commands: list[list[str]]
    needs: tuple[str, ...] = ()
    counts_tests: bool = False
    environment: dict[str, str] = field(default_factory=dict)

    def junit(self) -> Path:
        """Where pytest leaves the count of this stage."""
        return BUILD / "junit" / f"{self.name}.xml"


def pytest(name: str, title: str, folder: str, *options: str, needs: tuple[str, ...] = ()) -> Stage:
    """A stage that is a folder of tests."""
    command = [PYTHON, "-m", "pytest", folder, "-q", *options, f"--junitxml={BUILD / 'junit' / name}.xml"]
    return Stage(name, title, [command], needs, counts_tests=True, environment={"PREAU_RUN": name})


def tool(program: str, *arguments: str) -> list[str]:
    """A command of the project's own environment."""
    return [str(BIN / program), *arguments]


STAGES = [
    Stage(
        "lint",
        "Style, types, étages, gabarits, textes",
        [
            tool("ruff", "check"),
            tool("ruff", "format", "--check"),
            tool("mypy", "app/preau/kernel", "app/preau/socle"),
            tool("lint-imports"),
            tool("djlint", "app/preau", "--lint", "--quiet"),
            [PYTHON, "tools/messages.py", "check"],
            [PYTHON, "tools/addresses.py"],
            [PYTHON, "tools/errors.py", "check"],
        ],
    ),
    pytest("app", "Noyau, socle et services", "tests/app", "-n", "2"),
    pytest("browser", "Dans un navigateur", "tests/browser", needs=("chromium",)),
    pytest("suites", "Suites que d’autres ont écrites", "tests/suites"),
    Stage(
        "conformity",
        "Conformité au SDET",
        [tool("preau", "conformity", "--summary"), tool("preau", "conformity", "--check")],
    ),
]


def main(*names: str) -> int:
    """Run the stages named, or all of them; return the exit code."""
    stages = [stage for stage in STAGES if stage.name in names or not names]
    environment.ensure("dev")
    os.environ["PATH"] = f"{BIN}:{os.environ['PATH']}"
    keep_bytecode()
    os.chdir(ROOT)
    missing = [] if names == ("lint",) else system.ensure("test")
    absent = {f"{package.name} : {package.left_out}" for package in missing}
    if not names or "suites" in names:
        install_browser_packages()
        environment.ensure_apart("wapiti")
    shutil.rmtree(BUILD / "junit", ignore_errors=True)
    if not names:
        # The grid tells the truth of this run, not of an older one.
        shutil.rmtree(BUILD / "evidence", ignore_errors=True)
    outcomes = [report.Outcome.of(stage, *run(stage)) for stage in stages]
    return report.write(outcomes, sorted(absent))


def keep_bytecode() -> None:
    """Compile each module once for the run, whatever the machine asks for: a run starts dozens of processes."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = str(ROOT / ".cache" / "bytecode")


def run(stage: Stage) -> tuple[bool | None, float]:
    """Run a stage: whether it succeeded (None when it cannot run here), and its seconds."""
    print(f"\n━━ {stage.title} ({stage.name}) ━━", flush=True)
    if lacking := [program for program in stage.needs if shutil.which(program) is None]:
        print("ne peut pas tourner ici : il manque", ", ".join(lacking))
        return None, 0.0
    started = time.monotonic()
    succeeded = True
    for command in stage.commands:
        print("·", " ".join(part.removeprefix(f"{BIN}/") for part in command), flush=True)
        succeeded &= execute(command, stage.environment)
    return succeeded, time.monotonic() - started


def execute(command: list[str], more: dict[str, str]) -> bool:
    """Run a command to its end, or end it with all its children when it lasts too long."""
    process = subprocess.Popen(command, env={**os.environ, **more}, start_new_session=True)
    try:
        return process.wait(timeout=LONGEST_STAGE) == 0
    except subprocess.TimeoutExpired:
        print(f"arrêté après {LONGEST_STAGE} s", flush=True)
        return False
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def install_browser_packages() -> None:
    """Install what package-lock.json says, for vnu and for the comparison with web/vendor."""
    lock, stamp = ROOT / "package-lock.json", ROOT / "node_modules" / ".package-lock.json"
    if shutil.which("npm") and (not stamp.exists() or stamp.stat().st_mtime < lock.stat().st_mtime):
        print("Installation des paquets du navigateur (npm ci)", flush=True)
        subprocess.run(["npm", "ci", "--silent"], cwd=ROOT, check=False)


if __name__ == "__main__":
    # As Ctrl-C: whoever ends the run ends the stage that is running too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.exit(main(*sys.argv[1:]))
