"""A real server on a copy of the populated world, for browsers and for suites that others wrote."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask

from preau.app import create_app
from preau.kernel import jobs, migrate
from preau.kernel.adapters.postgres import Cluster
from preau.kernel.database import db
from preau.kernel.identity import AuthenticationLevel
from preau.settings import Settings
from preau.socle.security.authentication import sessions
from tests.support import world as world_of
from tests.support.population import populate
from tests.support.world import World

PATIENCE = 120


@dataclass
class Site:
    """A server that answers at ``url``, the application and the world behind it."""

    url: str
    app: Flask
    world: World
    environment: dict[str, str]

    def cookie(self, key: str, level: AuthenticationLevel = AuthenticationLevel.PASSWORD) -> str:
        """The session cookie of a person of the world, as sign-in gives it."""
        with self.app.app_context():
            token, _identity = sessions.open_session(self.world.people[key], level, device="Essais")
            return token


def free_port() -> int:
    """A port of the loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(cluster: Cluster, name: str, folder: Path, *, workers: int = 1) -> Iterator[Site]:
    """Serve a populated world from a process of its own, until the block ends."""
    cluster.create_database(name)
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    settings = Settings(
        database=cluster.url(name), data=folder, secret_key="site", public_url=url, testing=True
    )
    app = create_app(settings)
    with app.app_context():
        migrate.create_from_models()
        world_of.build()
        world = world_of.find()
        populate(world)
        jobs.run_pending()
        db.session.close()
        db.engine.dispose()
    with running(app, world, settings, port, workers=workers) as site:
        yield site
    cluster.drop_database(name)


@contextmanager
def running(app: Flask, world: World, settings: Settings, port: int, *, workers: int = 1) -> Iterator[Site]:
    """The server's process, on a database that is ready."""
    environment = {
        "PREAU_DATABASE": settings.database,
        "PREAU_DATA": str(settings.data),
        "PREAU_SECRET_KEY": settings.secret_key,
        "PREAU_PUBLIC_URL": settings.public_url,
        "PREAU_DEMO": "1" if settings.demo else "0",
    }
    command = [sys.executable, "-m", "preau", "serve", "--port", str(port), "--workers", str(workers)]
    log = settings.data / "server.log"
    with log.open("w") as output:
        server = subprocess.Popen(command, env={**os.environ, **environment}, stdout=output, stderr=output)
    try:
        wait_for(settings.public_url, server, log)
        yield Site(settings.public_url, app, world, environment)
    finally:
        server.terminate()
        server.wait(PATIENCE)
        with app.app_context():
            db.engine.dispose()


def wait_for(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    """Return when the server answers; say why when it ends instead."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        assert server.poll() is None, log.read_text()
        try:
            urllib.request.urlopen(f"{url}/static/robots.txt", timeout=1).close()
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"no answer from {url} in {PATIENCE} s:\n{log.read_text()}")
