"""`make drill-fresh`: the two starts on machines that have nothing of the project, as root and as anybody.

Each time: a fresh clone in a place of its own, an empty home, no variable of the caller's; `make demo` until
the address answers, Ctrl-C, nothing left running, `make demo` again. As root, bare Debian machines are made
for it. The report is docs/exploitation/rapports/fresh.md.
"""

from __future__ import annotations

import os
import platform
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import bare

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parents[2]
REPORT = ROOT / "docs" / "exploitation" / "rapports" / "fresh.md"
NAME, UID = "preau-drill", 47110
PATIENCE = 600.0  # Seconds for a start to answer at all.
SECOND = 5.0  # Seconds allowed for a start that has nothing to prepare.


@dataclass(frozen=True)
class Case:
    """Who starts the demonstration, on which machine (this one, or the bare one in `system`), from where."""

    machine: str
    person: str
    uid: int
    home: Path
    system: Path | None = None

    def command(self, port: int) -> tuple[list[str], dict[str, str]]:
        """The command that starts the demonstration, and its environment."""
        inside = self.home if self.system is None else Path("/") / self.home.relative_to(self.system)
        environment = {"HOME": str(inside), "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"}
        command = ["make", "-C", str(inside / "preau"), "demo", f"PORT={port}"]
        if self.uid and os.geteuid() == 0:
            command = ["setpriv", f"--reuid={self.uid}", f"--regid={self.uid}", "--clear-groups", *command]
        return (bare.enter(self.system, *command) if self.system else command), environment


@dataclass(frozen=True)
class Start:
    """One `make demo`: its seconds until the address answered, what it printed, what it left running."""

    seconds: float
    output: str
    left: list[str]


def main(*suites: str) -> int:
    """Run the drill for everybody this account can be, here and on bare machines, and write the report."""
    # What a shell starts in the background ignores Ctrl-C, and so would the demonstration.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    place = Path(tempfile.mkdtemp(prefix="preau-drill-"))
    rows = []
    try:
        for case in cases(place, suites or tuple(bare.SUITES)):
            clone(case)
            first, second = start(case), start(case)
            rows.append((case, first, second))
            print(f"{case.machine}, {case.person}: {first.seconds:.1f} s, {second.seconds:.1f} s", flush=True)
    finally:
        if os.geteuid() == 0:
            subprocess.run(["userdel", NAME], capture_output=True, check=False)
        shutil.rmtree(place)
    write(rows)
    slow_or_left = [1 for _, first, second in rows if first.left or second.left or second.seconds > SECOND]
    return 1 if slow_or_left else 0


def cases(place: Path, suites: tuple[str, ...]) -> Iterator[Case]:
    """Root and an ordinary user, here and on bare machines; only oneself when one is not root."""
    here = f"cette machine ({platform.freedesktop_os_release()['PRETTY_NAME']})"
    if os.geteuid() != 0:
        yield Case(here, "utilisateur ordinaire", os.geteuid(), place)
        return
    # Root's place stays closed to others, as a home of root's is.
    yield Case(here, "root", 0, made(place / "root", 0, 0o700))
    if NAME not in {entry.pw_name for entry in pwd.getpwall()}:
        subprocess.run(["useradd", "--no-create-home", f"--uid={UID}", NAME], check=True)
    place.chmod(0o711)
    yield Case(here, "utilisateur ordinaire", UID, made(place / "home", UID, 0o700))
    for suite in suites:
        system, title = place / suite, bare.SUITES[suite]
        bare.make(suite, system, NAME, UID)
        yield Case(f"{title} nue", "root", 0, system / "root", system)
        # Root's start has installed python3-venv, which an ordinary user could only ask for.
        yield Case(
            f"{title} nue", "utilisateur ordinaire", UID, made(system / "home" / NAME, UID, 0o700), system
        )


def made(directory: Path, uid: int, mode: int) -> Path:
    """An empty home."""
    directory.mkdir(parents=True)
    os.chown(directory, uid, uid)
    directory.chmod(mode)
    return directory


def clone(case: Case) -> None:
    """A clone of what is committed, which belongs to whoever will start it."""
    target = case.home / "preau"
    subprocess.run(["git", "clone", "--quiet", "--depth=1", f"file://{ROOT}", target], check=True)
    if os.geteuid() == 0:
        subprocess.run(["chown", "-R", f"{case.uid}:{case.uid}", target], check=True)


def start(case: Case) -> Start:
    """`make demo` until it answers, then Ctrl-C; leave with its output when it does not answer."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = case.home / "demo.log"
    command, environment = case.command(port)
    began = time.monotonic()
    with log.open("wb") as output:
        demo = subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    answered = (
        until(lambda: answers(port) or demo.poll() is not None, began + PATIENCE) and demo.poll() is None
    )
    seconds = time.monotonic() - began
    if demo.poll() is None:
        os.killpg(demo.pid, signal.SIGINT)
        demo.wait(timeout=60)
    until(lambda: not running(case), time.monotonic() + 30)
    text = log.read_text(errors="replace").replace(str(case.home), "~").replace(environment["HOME"], "~")
    if not answered:
        sys.exit(f"{case.machine}, {case.person}: no answer after {seconds:.0f} s\n{text}")
    return Start(seconds, text, running(case))


def answers(port: int) -> bool:
    """Whether the home page is served."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as page:
            return page.status == 200
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def running(case: Case) -> list[str]:
    """The command lines of the processes of that clone, or of that machine."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            system = (process / "root").readlink()
        except OSError:
            continue
        if str(case.home) in command or (case.system and system == case.system):
            found.append(command)
    return found


def until(condition: Callable[[], bool], deadline: float) -> bool:
    """Wait for a condition of another process; whether it came in time."""
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return False


def write(rows: list[tuple[Case, Start, Start]]) -> None:
    """Write the report, in French, for the operator."""
    lines = [
        "# Démarrer sur une machine qui n’a rien du projet",
        "",
        f"Écrit par `make drill-fresh` le {datetime.now(UTC):%d/%m/%Y}, {os.cpu_count()} cœurs, "
        f"charge moyenne de la machine {os.getloadavg()[1]:.1f}.",
        "",
        "Chaque ligne part d’un clone neuf, d’un répertoire personnel vide et d’un environnement sans",
        "variable. Une machine « nue » est un Debian minimal à qui l’on n’a donné que python3, make et git :",
        "ni pip, ni venv. Le premier démarrage télécharge les bibliothèques, crée la base, invente une",
        "académie, écrit ses livraisons AAF et les importe ; il est compté jusqu’à la première page servie.",
        "",
        "| machine | qui | premier démarrage | suivant (limite : 5 s) | processus restés après Ctrl-C |",
        "|---|---|---|---|---|",
    ]
    for case, first, second in rows:
        left = len(first.left) + len(second.left)
        seconds = f"{first.seconds:.1f} s | {second.seconds:.1f} s"
        lines.append(f"| {case.machine} | {case.person} | {seconds} | {left} |")
    for case, first, _ in rows:
        lines += ["", f"## {case.machine}, {case.person} : ce qui s’affiche au premier démarrage", "", "```"]
        lines += [line.rstrip() for line in first.output.splitlines()]
        lines += ["```"]
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    REPORT.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
