"""The application on a fresh copy of the world for each test that wrote something."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from sqlalchemy import text

from preau.app import create_app
from preau.kernel import migrate
from preau.kernel.adapters.postgres import Cluster
from preau.kernel.database import db
from preau.kernel.identity import AuthenticationLevel
from preau.kernel.tenancy import CLOSED, stand_behind
from preau.settings import Settings
from preau.socle.security.authentication import sessions
from tests.support import world as world_of
from tests.support.population import populate
from tests.support.world import World


@pytest.fixture(scope="session")
def template(cluster: Cluster, worker: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database that holds the schema and the world; tests get copies of it."""
    name = f"template_{worker}"
    cluster.create_database(name)
    app = create_app(settings_of(cluster, name, tmp_path_factory.mktemp("template")))
    with app.app_context():
        migrate.create_from_models()
        world_of.build()
        db.session.close()
        db.engine.dispose()
    return name


@pytest.fixture(scope="session")
def session_app(
    cluster: Cluster, template: str, worker: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """One application for the run; its database is renewed under it."""
    name = f"test_{worker}"
    cluster.create_database(name, template)
    app = create_app(settings_of(cluster, name, tmp_path_factory.mktemp("data")))
    yield app
    with app.app_context():
        db.engine.dispose()


def settings_of(cluster: Cluster, name: str, data: object) -> Settings:
    """Settings of an application under test."""
    return Settings(database=cluster.url(name), data=data, secret_key="tests", testing=True)  # type: ignore[arg-type]


@pytest.fixture
def app(session_app: Flask, cluster: Cluster, template: str, worker: str) -> Iterator[Flask]:
    """The application, its context open; what the test writes is gone after it."""
    with session_app.app_context():
        before = _position()
        stand_behind(CLOSED)
        yield session_app
        db.session.close()
        if _position() != before:
            db.engine.dispose()
            cluster.drop_database(f"test_{worker}")
            cluster.create_database(f"test_{worker}", template)


def _position() -> str:
    with db.engine.connect() as connection:
        position = connection.scalar(text("SELECT pg_current_wal_insert_lsn()::text"))
    return str(position)


@pytest.fixture
def world(app: Flask) -> World:
    """The people and schools of the world."""
    return world_of.find()


class SignedClient(FlaskClient):
    """A browser of one person."""

    def open(self, *args: Any, **options: Any) -> Any:
        """A request finds ``g`` empty, as on a server: tests keep the application's context open around it."""
        for name in [each for each in g if not each.startswith("_")]:
            g.pop(name)
        return super().open(*args, **options)

    def sign_in(self, person_id: int, level: AuthenticationLevel = AuthenticationLevel.PASSWORD) -> None:
        """Open a session as the sign-in page does."""
        token, _identity = sessions.open_session(person_id, level)
        self.set_cookie(sessions.COOKIE, token)


@pytest.fixture
def browser(app: Flask, world: World):
    """``browser("teacher")``: a client signed in as that person of the world; ``browser()`` as nobody."""
    app.test_client_class = SignedClient

    def of(key: str | None = None, **options: object) -> SignedClient:
        client = app.test_client()
        if key:
            client.sign_in(world.people[key], **options)
        return client

    return of


@pytest.fixture(scope="session")
def populated_template(session_app: Flask, cluster: Cluster, template: str, worker: str) -> str:
    """A database with the world and objects of every service, made once through their operations."""
    name = f"populated_{worker}"
    with session_app.app_context():
        populate(world_of.find())
        db.session.close()
        db.engine.dispose()
    # What was made stays on the disk as the copy that tests start from; the first database is made again.
    cluster.create_database(name, f"test_{worker}")
    cluster.drop_database(f"test_{worker}")
    cluster.create_database(f"test_{worker}", template)
    return name


@pytest.fixture
def populated(populated_template: str, app: Flask, cluster: Cluster, worker: str) -> World:
    """The world with objects of every service in it."""
    db.session.close()
    db.engine.dispose()
    cluster.drop_database(f"test_{worker}")
    cluster.create_database(f"test_{worker}", populated_template)
    stand_behind(CLOSED)
    return world_of.find()
