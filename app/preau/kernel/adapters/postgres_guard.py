"""The process between a cluster and those who use it.

Run by path, with nothing of the application imported:
`postgres_guard.py USERS_LOCK UID GID POSTGRES ARGUMENT…`. Every process that uses the cluster holds a
shared lock on USERS_LOCK; the kernel drops the lock of a process that ends, however it ends. When the last
one is gone the guard gets the lock for itself, stops PostgreSQL and leaves: no server survives its users.
"""

import ctypes
import fcntl
import os
import signal
import subprocess
import sys
from pathlib import Path
from types import FrameType
from typing import NoReturn

PR_SET_PDEATHSIG = 1


def main(users_lock: str, uid: str, gid: str, *command: str) -> None:
    """Keep one server for as long as it has users; UID -1 means the account of the guard itself."""
    lent: dict[str, object] = {} if uid == "-1" else {"user": int(uid), "group": int(gid), "extra_groups": []}
    libc = ctypes.CDLL(None)
    server = subprocess.Popen(  # type: ignore[call-overload]
        command,
        cwd="/",
        # A guard that is killed must not leave its server behind.
        preexec_fn=lambda: libc.prctl(PR_SET_PDEATHSIG, signal.SIGINT),  # noqa: PLW1509 - no threads here
        **lent,
    )

    def server_ended(_signal: int, _frame: FrameType | None) -> None:
        if server.poll() is not None:
            leave(server.returncode)

    signal.signal(signal.SIGCHLD, server_ended)
    server_ended(signal.SIGCHLD, None)
    with Path(users_lock).open("rb") as users:
        fcntl.flock(users, fcntl.LOCK_EX)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        server.send_signal(signal.SIGINT)
        server.wait()


def leave(code: int) -> NoReturn:
    """End at once, from a signal handler too; the kernel releases the locks."""
    os._exit(min(abs(code), 255))


if __name__ == "__main__":
    main(*sys.argv[1:])
