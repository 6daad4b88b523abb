"""Debian packages: which are missing, and their installation when that is allowed."""

import ctypes
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

LIST = Path(__file__).with_name("system-packages.txt")


@dataclass(frozen=True)
class Package:
    """A line of system-packages.txt."""

    name: str
    wanted_by: frozenset[str]
    probe: str
    left_out: str

    def present(self) -> bool:
        """Whether what the package brings is there, from this package or from anywhere else."""
        kind, _, what = self.probe.partition(" ")
        if kind == "cmd":
            return shutil.which(what) is not None
        if kind == "file":
            return Path(what).exists()
        if kind == "php":
            return what in _php_modules()
        try:
            ctypes.CDLL(what)
        except OSError:
            return False
        return True


def _php_modules() -> list[str]:
    if shutil.which("php") is None:
        return []
    return subprocess.run(["php", "-m"], capture_output=True, text=True, check=False).stdout.split()


def packages(scope: str) -> list[Package]:
    """The packages that the demonstration ("demo") or the tests ("test") want."""
    lines = (line.strip() for line in LIST.read_text().splitlines())
    rows = [[cell.strip() for cell in line.split("|")] for line in lines if line and not line.startswith("#")]
    found = [Package(name, frozenset(by.split()), probe, left_out) for name, by, probe, left_out in rows]
    return [package for package in found if scope in package.wanted_by]


def ensure(scope: str) -> list[Package]:
    """Install what is missing where that is allowed; return what is missing still."""
    missing = [package for package in packages(scope) if not package.present()]
    if missing:
        install([package.name for package in missing])
    return [package for package in missing if not package.present()]


def install(names: list[str]) -> None:
    """Install Debian packages as root; do nothing for an ordinary user or on another system."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return
    print("Installation de paquets du système :", ", ".join(names), flush=True)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "-qq", "update"], env=quiet, check=False)
    command = ["apt-get", "-qq", "install", "-y", "--no-install-recommends"]
    if subprocess.run([*command, *names], env=quiet, check=False, stdout=subprocess.DEVNULL).returncode:
        # One name unknown to this release must not cost the others.
        for name in names:
            subprocess.run([*command, name], env=quiet, check=False, stdout=subprocess.DEVNULL)
