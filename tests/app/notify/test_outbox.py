"""The administrator's outbox."""

import pytest
from sqlalchemy import select

from preau.kernel.database import db
from preau.kernel.journal import JournalEntry
from preau.kernel.ports.mail_out import Message, mail_out
from preau.kernel.tenancy import lifted
from preau.kernel.transaction import atomic


@pytest.fixture
def sent(world):
    with atomic():
        mail_out().send(
            Message("mail", "a@exemple.test", "Bonjour <b>vous</b>", subject="Un courriel"),
            Message("sms", "+33600000000", "Un SMS"),
        )


def test_the_administrator_of_the_project_reads_what_would_have_left_and_it_is_written_down(browser, sent):
    page = browser("admin").get("/administration/messages-sortants").text
    assert "Un courriel" in page
    assert "Bonjour &lt;b&gt;vous" in page
    assert "Rien ne part" in page
    only = browser("admin").get("/administration/messages-sortants?support=sms").text
    assert "Un SMS" in only
    assert "Un courriel" not in only
    with lifted():
        assert db.session.scalars(select(JournalEntry).where(JournalEntry.action == "outbox.read")).all()


@pytest.mark.parametrize("key", ["head", "manager", "teacher", "pupil"])
def test_nobody_else_reads_it(browser, sent, key):
    assert browser(key).get("/administration/messages-sortants").status_code == 403


def test_a_message_of_an_undone_operation_never_leaves(world):
    from preau.kernel.adapters.mail_embedded import OutgoingMessage

    with pytest.raises(RuntimeError), atomic():
        mail_out().send(Message("mail", "a@exemple.test", "Bonjour"))
        raise RuntimeError
    with lifted():
        assert db.session.scalars(select(OutgoingMessage)).all() == []
