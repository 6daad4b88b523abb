"""A real server on loopback for the suites that speak WebDAV."""

import base64
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PATIENCE = 30


class Server:
    """A running server; ``url`` ends with ``/dav/``."""

    def __init__(self, port: int, process: subprocess.Popen[bytes]) -> None:
        self.port, self.process = port, process
        self.url = f"http://127.0.0.1:{port}/dav/"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def serve(environment: dict[str, str], workers: int = 1) -> Server:
    """Start ``preau serve`` and wait until it answers."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.support.serve", str(port), str(workers)],
        cwd=ROOT,
        env={**os.environ, **environment, "PYTHONPATH": str(ROOT)},
        start_new_session=True,
    )
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/dav/", timeout=1)
        except urllib.error.HTTPError:
            return Server(port, process)
        except OSError:
            if process.poll() is not None:
                break
            time.sleep(0.05)  # a server's start is waited for, not timed
    stop(process)
    raise RuntimeError("the server did not start")


def stop(process: subprocess.Popen[bytes]) -> None:
    os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@pytest.fixture
def dav_server(app, world) -> Iterator[Server]:
    """The application of the test, served by two processes."""
    settings = app.config["SETTINGS"]
    server = serve({"PREAU_DATABASE": settings.database, "PREAU_DATA": str(settings.data)}, workers=2)
    yield server
    stop(server.process)


@pytest.fixture
def dav(app, world):
    """``dav("teacher", "PUT", "/a.txt", data=…, headers…)`` in this process."""

    def call(key: str | None, method: str, path: str, data: bytes = b"", **headers: str):
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if key:
            sent["Authorization"] = "Basic " + base64.b64encode(f"{key}:secret".encode()).decode()
        return app.test_client().open("/dav" + path, method=method, data=data, headers=sent)

    return call
