"""The WSGI server (granian: the fastest measured that serves uploads too, see docs/decisions)."""

import os
import signal

from granian import Granian
from granian.constants import Interfaces

# Seconds for the requests under way when told to stop. A worker has been seen to wait for ever after that.
LAST_REQUESTS = 10


def serve(host: str, port: int, workers: int, threads: int) -> None:
    """Serve ``preau.app:wsgi()`` until stopped."""
    # Ctrl-C reaches the workers too, and the SIGTERM by which granian then stops them may find them setting the
    # very event they wait for: they would wait for ever. Theirs is SIGTERM alone.
    os.register_at_fork(after_in_child=lambda: signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT}))
    Granian(
        "preau.app:wsgi",
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        websockets=False,
        log_access=False,
        workers_kill_timeout=LAST_REQUESTS,
    ).serve()
