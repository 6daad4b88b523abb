"""The short way of WebDAV and its lines to PostgreSQL: taken, walled, opened again when cut."""

import pytest
from sqlalchemy import text

from preau.kernel.database import db
from preau.kernel.tenancy import behind
from preau.services.utilities.files import spaces
from preau.services.utilities.files.dav import application, lines, statements


def test_the_usual_requests_take_the_short_way(dav, monkeypatch):
    dav("teacher", "MKCOL", "/l")

    def never(*_):
        pytest.fail("the general way was taken")

    monkeypatch.setattr(application, "_in_full", never)
    assert dav("teacher", "PUT", "/l/a.txt", b"contenu").status_code == 201
    assert dav("teacher", "GET", "/l/a.txt").data == b"contenu"
    assert dav("teacher", "PROPFIND", "/l", Depth="1").status_code == 207


def test_a_line_shows_each_asker_only_what_their_wall_does(dav, world):
    dav("teacher", "PUT", "/a.txt", b"contenu")
    teacher, stranger = world.identity("teacher"), world.identity("stranger")
    with behind(teacher):
        way = {"root": spaces.own_root(teacher).id, "names": ["a.txt"], "depth": 1}
    for asker, seen in ((teacher, 1), (stranger, 0), (teacher, 1)):
        assert len(lines.ask(asker, statements.READ, way)) == seen


def test_a_name_with_quotes_and_backslashes_is_found_again(dav):
    dav("teacher", "PUT", '/"l\'été\\{,}".txt', b"contenu")
    assert dav("teacher", "GET", '/"l\'été\\{,}".txt').data == b"contenu"


def test_a_line_that_was_cut_is_opened_again(dav):
    dav("teacher", "PUT", "/a.txt", b"un")
    cut = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE query LIKE '%WITH RECURSIVE walk%'"
    with db.engine.begin() as connection:
        mine = " AND datname = current_database() AND pid <> pg_backend_pid()"
        assert connection.scalars(text(cut + mine)).all() == [True]
    for name in ("b.txt", "c.txt"):
        assert dav("teacher", "PUT", f"/{name}", b"deux").status_code == 201
        assert dav("teacher", "GET", f"/{name}").data == b"deux"
