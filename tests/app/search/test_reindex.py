"""The index from the command line, after something went round the ORM."""

from sqlalchemy import text

from preau.kernel.database import db
from preau.kernel.search_find import search
from preau.kernel.search_query import Query
from preau.kernel.tenancy import lifted
from preau.socle.portal.search.commands import reindex


def test_reindexing_reads_what_went_round_the_orm_and_forgets_what_is_gone(app, world, bookmark):
    bookmark("teacher", "Ancien titre")
    with lifted():
        db.session.execute(text("UPDATE bookmark SET title = 'Nouveau titre'"))
        db.session.execute(
            text(
                "INSERT INTO search_document (kind, object_id, title, tsv, indexed_at)"
                " VALUES ('bookmark', 'x', 'Orphelin', 'orphelin', now())"
            )
        )
        db.session.commit()
    done = app.test_cli_runner().invoke(reindex, ["bookmark"])
    assert done.exit_code == 0, done.output
    assert "bookmark : 1" in done.output
    found = search(world.identity("teacher"), Query(text="nouveau"))
    assert [hit.title for hit in found.hits] == ["Nouveau titre"]
    with lifted():
        assert db.session.scalar(text("SELECT count(*) FROM search_document WHERE kind = 'bookmark'")) == 1


def test_an_unknown_kind_is_said(app):
    done = app.test_cli_runner().invoke(reindex, ["rien"])
    assert done.exit_code == 2
    assert "PRE-REC-001" in done.output
