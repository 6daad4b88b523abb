"""The project's own Python environment in .venv: made once, checked in milliseconds afterwards."""

import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import system

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
# The tests' environment holds the application's: either stamp will do for the demonstration.
ENOUGH = {"app": ("app", "dev"), "dev": ("dev",)}
LAUNCHER = """#!/bin/sh
'''exec' "$(dirname "$0")/python" "$0" "$@"
' '''
import sys

from preau.cli import main

sys.exit(main())
"""


def ensure(kind: str) -> None:
    """Have .venv hold what requirements/<kind>.lock says, or leave with a sentence that says what to do."""
    _use_a_writable_cache()
    (ROOT / ".cache").mkdir(exist_ok=True)
    with (ROOT / ".cache" / "environment.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if any(
            _stamp(enough).exists() and _stamp(enough).read_text() == _wanted(enough)
            for enough in ENOUGH[kind]
        ):
            return
        print(
            f"Installation de l’environnement ({kind}) dans .venv ; les fois suivantes, elle ne coûte rien."
        )
        if not _usable():
            make(VENV)
        install(PYTHON, ROOT / "requirements" / f"{kind}.lock")
        _make_launcher()
        _stamp(kind).write_text(_wanted(kind))


def ensure_apart(kind: str) -> None:
    """Have .cache/<kind> hold what requirements/<kind>.lock says: a tool that must not mix with ours."""
    directory = ROOT / ".cache" / kind
    stamp = directory / ".installed"
    if not (stamp.exists() and stamp.read_text() == _wanted(kind)):
        print(f"Installation de {kind} dans .cache/{kind}", flush=True)
        make(directory)
        install(directory / "bin" / "python", ROOT / "requirements" / f"{kind}.lock", wheels_only=False)
        stamp.write_text(_wanted(kind))


def make(directory: Path) -> None:
    """Make an empty virtual environment, with pip in it where this Python can give one."""
    if importlib.util.find_spec("ensurepip") is None and not _installers():
        system.install(["python3-venv"])
        importlib.invalidate_caches()
    complete = importlib.util.find_spec("ensurepip") is not None
    if not complete and not _installers():
        sys.exit(
            "Ce Python n’a ni pip ni venv, et Préau ne peut pas les installer sans droits d’administration.\n"
            "Demandez à un administrateur : apt install python3-venv. Puis relancez ; rien n’a été modifié."
        )
    options = [] if complete else ["--without-pip"]
    subprocess.run([sys.executable, "-m", "venv", "--clear", *options, directory], check=True)


def install(python: Path, lock: Path, *, wheels_only: bool = True) -> None:
    """Install a lock, each package with its hash, by the first installer that succeeds."""
    arguments = ["--require-hashes", "-r", str(lock)]
    if wheels_only:
        arguments += ["--only-binary", ":all:"]
    own = [str(python), "-m", "pip", "--disable-pip-version-check", "install", "-qq"]
    candidates = [[*command, "--python", str(python), *rest] for command, rest in _installers()]
    if subprocess.run([str(python), "-c", "import pip"], capture_output=True, check=False).returncode == 0:
        candidates.append(own)
    for command in candidates:
        if subprocess.run([*command, *arguments], check=False).returncode == 0:
            return
        print("… échec avec", command[0], file=sys.stderr)
    sys.exit(
        "Les bibliothèques n’ont pas pu être installées (voir ci-dessus). Vérifiez l’accès de pip à son\n"
        "dépôt, puis relancez : ce qui est déjà installé est gardé."
    )


def _installers() -> list[tuple[list[str], list[str]]]:
    """What can install into another environment: (command before `--python`, what follows)."""
    found: list[tuple[list[str], list[str]]] = []
    if uv := shutil.which("uv"):
        found.append(([uv, "pip", "install", "--quiet"], []))
    if importlib.util.find_spec("pip") is not None:
        found.append(([sys.executable, "-m", "pip", "--disable-pip-version-check"], ["install", "-qq"]))
    return found


def _usable() -> bool:
    """Whether .venv was made here, by this version of Python, and still runs."""
    if not PYTHON.exists():
        return False
    code = "import sys; print(sys.prefix, sys.version_info[:2])"
    answer = subprocess.run([PYTHON, "-c", code], capture_output=True, text=True, check=False)
    return answer.stdout == f"{VENV} {sys.version_info[:2]}\n"


def _make_launcher() -> None:
    (packages,) = VENV.glob("lib/python3*/site-packages")
    (packages / "preau.pth").write_text(f"{ROOT / 'app'}\n")
    launcher = VENV / "bin" / "preau"
    launcher.write_text(LAUNCHER)
    launcher.chmod(0o755)


def _stamp(kind: str) -> Path:
    return VENV / f".installed-{kind}"


def _wanted(kind: str) -> str:
    lock = (ROOT / "requirements" / f"{kind}.lock").read_bytes()
    return f"{hashlib.sha256(lock).hexdigest()} {sys.version_info[:2]} {ROOT}\n"


def _use_a_writable_cache() -> None:
    # pip, uv and fontconfig all stop or complain when the home directory is closed to them.
    if not os.access(Path.home(), os.W_OK):
        os.environ["XDG_CACHE_HOME"] = str(ROOT / ".cache")
