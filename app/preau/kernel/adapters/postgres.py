"""The embedded PostgreSQL: one cluster in one directory, for the demonstration, the tests and a developer.

It listens on a Unix socket inside its own directory, which only its account may enter, so it needs neither
password nor port. Production has its own server and sets PREAU_DATABASE instead.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from preau.kernel.adapters import postgres_binaries as binaries
from preau.kernel.adapters import postgres_guard, postgres_provision
from preau.kernel.adapters.postgres_binaries import Account, ClusterError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PORT = "5432"  # Names the socket only: nothing listens on the network.
SOCKET = f".s.PGSQL.{PORT}"
LONGEST_SOCKET_PATH = 100
PATIENCE = 30.0  # Seconds for a start or a stop; a crash recovery on a slow disk needs some of them.
SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "jit": "off",
    # What is read is in memory or on flash.
    "random_page_cost": "1.1",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}
# Tests throw the cluster away: a power cut may lose it.
THROWAWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}


class Cluster:
    """A PostgreSQL server of one's own in `directory`.

    `start` may be called by several processes: the first one starts the server, the others join it, and it
    stops when the last of them has ended. `durable=False` trades crash safety for speed.
    """

    def __init__(self, directory: Path, durable: bool = True) -> None:  # noqa: FBT001, FBT002 - the only setting
        self.origin = directory.resolve()
        self.directory = binaries.home_of(self.origin)
        self.data = self.directory / "data"
        self.durable = durable
        self._hold: int | None = None

    def start(self) -> None:
        """Make the cluster when it is new, start it when it is down, and hold it until this process ends."""
        self._make_directory()
        with _locked(self.directory / "start.lock"):
            self._join()
            if not self.running():
                self._start_server()
            if not self._has_database(postgres_provision.ROLE):
                postgres_provision.provision(**self._as_superuser())

    def running(self) -> bool:
        """Whether the server accepts connections."""
        pid_file = self.data / "postmaster.pid"
        with suppress(OSError), socket.socket(socket.AF_UNIX) as probe:
            probe.connect(str(self._socket_directory() / SOCKET))
            return "ready" in pid_file.read_text()
        return False

    def url(self, database: str = "preau", user: str = "preau") -> str:
        """The SQLAlchemy address of a database of this cluster."""
        return (
            f"postgresql+psycopg://{user}@/{database}?host={quote(str(self._socket_directory()))}&port={PORT}"
        )

    def stop(self) -> None:
        """Stop the server now, whoever uses it; nothing happens when it is down."""
        pid_file = self.data / "postmaster.pid"
        with suppress(FileNotFoundError, ProcessLookupError):
            os.kill(int(pid_file.read_text().split()[0]), signal.SIGINT)
            self._wait(lambda: not pid_file.exists(), "PRE-PGS-006")
        self.release()

    def release(self) -> None:
        """Give up this process's hold; the server stops if nobody else holds it."""
        if self._hold is not None:
            os.close(self._hold)
            self._hold = None

    def create_database(self, name: str, template: str | None = None) -> None:
        """Make a database owned by the application's role, as a copy of `template` when nobody uses that."""
        with self._server() as server:
            postgres_provision.create(server, name, template)

    def drop_database(self, name: str) -> None:
        """Remove a database and end the connections to it; nothing happens when there is none."""
        with self._server() as server:
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def destroy(self) -> None:
        """Stop the server and remove all that it stored."""
        self.stop()
        shutil.rmtree(self.directory, ignore_errors=True)
        if self._socket_directory() != self.data:
            shutil.rmtree(self._socket_directory(), ignore_errors=True)

    def _make_directory(self) -> None:
        self.directory.mkdir(parents=True, exist_ok=True)
        if os.geteuid() == 0:
            # The server's account walks through; it can list nothing, and its data is closed to all others.
            self.directory.chmod(0o711)
        if self.directory != self.origin:
            self.origin.mkdir(parents=True, exist_ok=True)
            (self.directory / "origin").write_text(str(self.origin))
            binaries.sweep()

    def _join(self) -> None:
        if self._hold is None:
            self._hold = os.open(self.directory / "users.lock", os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(self._hold, fcntl.LOCK_SH)

    def _start_server(self) -> None:
        account = Account.for_data(self.data)
        programs = self._programs(account)
        if not (self.data / "PG_VERSION").exists():
            self._initialise(programs, account)
        self._open_socket_directory(account)
        settings = SETTINGS | ({} if self.durable else THROWAWAY)
        settings["unix_socket_directories"] = str(self._socket_directory())
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        uid, gid = (account.uid, account.gid) if account else (-1, -1)
        log = self.directory / "server.log"
        command = [
            *(sys.executable, "-I", "-S", postgres_guard.__file__),
            *(str(self.directory / "users.lock"), str(uid), str(gid)),
            *(programs / "postgres", "-D", str(self.data), *options),
        ]
        with log.open("wb") as output:
            guard = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=_environment(),
                # Ctrl-C in a terminal is for the application, which then lets go of the server.
                start_new_session=True,
            )
        self._wait(lambda: self.running() or guard.poll() is not None, "PRE-PGS-005")
        if guard.poll() is not None:
            tail = "\n".join(log.read_text(errors="replace").splitlines()[-10:])
            message = f"PostgreSQL s’est arrêté pendant son démarrage :\n{tail}"
            raise ClusterError(message, code="PRE-PGS-005")
        guard.returncode = 0  # It outlives this object by design: no warning about an abandoned child.

    def _initialise(self, programs: binaries.Binaries, account: Account | None) -> None:
        # Made aside and renamed: a directory named "data" is always a whole cluster.
        partial = self.directory / "data.partial"
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(mode=0o700)
        lent: dict[str, Any] = {}
        if account:
            os.chown(partial, account.uid, account.gid)
            lent = {"user": account.uid, "group": account.gid, "extra_groups": []}
        locale = ["--locale=C.UTF-8"]
        if programs.major >= 17:  # noqa: PLR2004 - the release that brought its own locales
            locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        made = subprocess.run(
            [
                *(programs / "initdb", "-D", str(partial), "-U", "postgres", "--auth=trust"),
                *("--encoding=UTF8", *locale, *([] if self.durable else ["--no-sync"])),
            ],
            capture_output=True,
            text=True,
            cwd="/",
            env=_environment(),
            check=False,
            **lent,
        )
        if made.returncode:
            message = f"La base de données n’a pas pu être créée :\n{made.stderr.strip()}"
            raise ClusterError(message, code="PRE-PGS-004")
        partial.rename(self.data)

    def _programs(self, account: Account | None) -> binaries.Binaries:
        version = self.data / "PG_VERSION"
        found = binaries.find(int(version.read_text()) if version.exists() else None)
        closed = account is not None and not binaries.reachable(found.directory / "postgres")
        return binaries.copied(found) if closed else found

    def _socket_directory(self) -> Path:
        if len(str(self.data / SOCKET)) <= LONGEST_SOCKET_PATH:
            return self.data
        return Path("/tmp") / f"preau-{binaries.digest(self.data)}"  # noqa: S108 - closed to others, its owner is checked

    def _open_socket_directory(self, account: Account | None) -> None:
        directory = self._socket_directory()
        if directory == self.data:
            return
        owner = account.uid if account else os.geteuid()
        with suppress(FileExistsError):
            directory.mkdir(mode=0o700)
            if account:
                os.chown(directory, account.uid, account.gid)
        if directory.is_symlink() or directory.stat().st_uid != owner:
            message = f"{directory} appartient à quelqu’un d’autre : supprimez-le, puis relancez."
            raise ClusterError(message, code="PRE-PGS-007")

    def _wait(self, done: Callable[[], bool], code: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while not done():
            if time.monotonic() > deadline:
                message = f"PostgreSQL ne répond pas ; voyez {self.directory / 'server.log'}."
                raise ClusterError(message, code=code)
            time.sleep(0.01)

    def _as_superuser(self) -> dict[str, str]:
        return {"host": str(self._socket_directory()), "port": PORT, "user": "postgres"}

    def _server(self) -> psycopg.Connection[Any]:
        return psycopg.connect(make_conninfo(dbname="postgres", **self._as_superuser()), autocommit=True)

    def _has_database(self, name: str) -> bool:
        with self._server() as server:
            return postgres_provision.exists(server, name)


def _environment() -> dict[str, str]:
    # Neither PGDATA nor PGPORT nor a foreign library path may reach the server.
    return {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "TZ": "UTC"}


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
