"""`make drill-fresh`: the two starts on a machine that has nothing of the project, as root and as anybody.

Each time: a fresh clone in a place of its own, an empty home, no variable of the caller's; `make demo` until
the address answers, Ctrl-C, nothing left running, `make demo` again. The report is
docs/exploitation/rapports/fresh.md.
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
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
REPORT = ROOT / "docs" / "exploitation" / "rapports" / "fresh.md"
NAME = "preau-drill"
FIRST, SECOND = 300.0, 5.0  # Seconds allowed for the first start (downloads included) and for the next.


@dataclass(frozen=True)
class Person:
    """Whoever starts the demonstration."""

    title: str
    uid: int
    gid: int


@dataclass(frozen=True)
class Start:
    """One `make demo`: its seconds until the address answered, what it printed, what it left running."""

    seconds: float
    output: str
    left: list[str]


def main() -> int:
    """Run the drill for everybody this account can be, and write the report."""
    rows = []
    succeeded = True
    for person in people():
        with clone(person) as place:
            first = start(person, place, FIRST)
            second = start(person, place, SECOND)
        succeeded &= not first.left and not second.left
        rows.append((person, first, second))
        print(f"{person.title}: {first.seconds:.1f} s, then {second.seconds:.1f} s", flush=True)
    if os.geteuid() == 0:
        remove_user()
    write(rows)
    return 0 if succeeded else 1


def people() -> Iterator[Person]:
    """Root and a new ordinary user when we are root; oneself otherwise."""
    if os.geteuid() != 0:
        yield Person("utilisateur ordinaire", os.geteuid(), os.getegid())
        return
    yield Person("root", 0, 0)
    remove_user()
    subprocess.run(["useradd", "--no-create-home", "--user-group", NAME], check=True)
    entry = pwd.getpwnam(NAME)
    yield Person("utilisateur ordinaire", entry.pw_uid, entry.pw_gid)


def remove_user() -> None:
    """Forget the ordinary user of the drill."""
    subprocess.run(["userdel", NAME], capture_output=True, check=False)


@contextmanager
def clone(person: Person) -> Iterator[Path]:
    """A clone of what is committed, in a directory closed to all but that person."""
    place = Path(tempfile.mkdtemp(prefix="preau-drill-"))
    try:
        (place / "home").mkdir()
        subprocess.run(
            ["git", "clone", "--quiet", "--depth=1", f"file://{ROOT}", place / "preau"], check=True
        )
        for directory, _, files in os.walk(place):
            for name in (".", *files):
                os.chown(Path(directory, name), person.uid, person.gid, follow_symlinks=False)
        yield place
    finally:
        shutil.rmtree(place)


def start(person: Person, place: Path, allowed: float) -> Start:
    """`make demo` until it answers, then Ctrl-C; leave with its output when it does not answer in time."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = place / "demo.log"
    began = time.monotonic()
    with log.open("wb") as output:
        demo = subprocess.Popen(
            ["make", "demo", f"PORT={port}"],
            cwd=place / "preau",
            env={"HOME": str(place / "home"), "PATH": os.defpath, "LANG": "C.UTF-8"},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            user=person.uid if os.geteuid() == 0 else None,
            group=person.gid if os.geteuid() == 0 else None,
            extra_groups=[] if os.geteuid() == 0 else None,
            start_new_session=True,
        )
    answered = (
        until(lambda: answers(port) or demo.poll() is not None, began + allowed) and demo.poll() is None
    )
    seconds = time.monotonic() - began
    with_it = running_in(place)
    if demo.poll() is None:
        os.killpg(demo.pid, signal.SIGINT)
        demo.wait(timeout=60)
    until(lambda: not running_in(place), time.monotonic() + 30)
    output_text = log.read_text(errors="replace").replace(str(place), "…")
    if not answered:
        sys.exit(f"{person.title}: no answer in {allowed:.0f} s\n{output_text}\n{with_it}")
    return Start(seconds, output_text, running_in(place))


def answers(port: int) -> bool:
    """Whether the home page is served."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as page:
            return page.status == 200
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def running_in(place: Path) -> list[str]:
    """The command lines of the processes that name the place."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = entry.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if str(place) in command:
            found.append(command)
    return found


def until(condition: object, deadline: float) -> bool:
    """Wait for a condition of another process; whether it came in time."""
    while time.monotonic() < deadline:
        if condition():  # type: ignore[operator]
            return True
        time.sleep(0.05)
    return False


def write(rows: list[tuple[Person, Start, Start]]) -> None:
    """Write the report, in French, for the operator."""
    system = platform.freedesktop_os_release().get("PRETTY_NAME", platform.system())
    python = subprocess.run(["/usr/bin/python3", "--version"], capture_output=True, text=True, check=False)
    machine = f"{system}, {python.stdout.strip()}, {os.cpu_count()} cœurs"
    lines = [
        "# Démarrer sur une machine qui n’a rien du projet",
        "",
        f"Écrit par `make drill-fresh` le {datetime.now(UTC):%d/%m/%Y} : {machine}.",
        "",
        "Chaque ligne part d’un clone neuf, d’un répertoire personnel vide et d’un environnement",
        "sans variable. Le premier démarrage télécharge les bibliothèques, crée la base, invente l’académie,",
        "écrit ses livraisons AAF et les importe.",
        "",
        "| qui | premier démarrage | démarrage suivant (limite : 5 s) | processus restés après Ctrl-C |",
        "|---|---|---|---|",
    ]
    for person, first, second in rows:
        left = len(first.left) + len(second.left)
        lines.append(f"| {person.title} | {first.seconds:.1f} s | {second.seconds:.1f} s | {left} |")
    for person, first, _ in rows:
        lines += ["", f"Ce que lit {person.title} au premier démarrage :", "", "```"]
        lines += [line.rstrip() for line in first.output.splitlines()]
        lines += ["```"]
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    REPORT.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    sys.exit(main())
