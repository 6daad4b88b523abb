"""Mail leaves by a real SMTP conversation, from jobs, once and only once."""

import socket

import pytest
from sqlalchemy import select

from preau.app import outgoing
from preau.kernel import jobs
from preau.kernel.adapters.mail_embedded import EmbeddedMail, OutgoingMessage
from preau.kernel.adapters.mail_smtp import MailDelayedError, Server, SmtpMail
from preau.kernel.database import db
from preau.kernel.ports.mail_out import Message, mail_out, provide
from preau.kernel.tenancy import lifted
from preau.kernel.transaction import atomic
from preau.settings import Settings
from tests.app.security.pages import send, words
from tests.support import smtp


@pytest.fixture
def server(world):
    with smtp.serving() as server:
        provide(SmtpMail(Server("127.0.0.1", server.port, "none", sender="ent@ecole.test")))
        yield server
    provide(EmbeddedMail())


def hand(*messages: Message) -> None:
    with atomic():
        mail_out().send(*messages)


def kept() -> list[OutgoingMessage]:
    with lifted():
        db.session.rollback()
        return list(db.session.scalars(select(OutgoingMessage).order_by(OutgoingMessage.id)))


@pytest.mark.sdet("UTI-UTL-NOT-01", "QUA-MCA-01")
def test_a_forgotten_password_is_answered_by_a_mail_that_leaves_and_is_not_kept(server, browser):
    client = browser()
    send(client, "/mot-de-passe-oublie", {"login": "teacher"})
    assert server.received == []
    assert len(kept()) == 1
    jobs.run_pending()
    (message,) = server.received
    assert (message["To"], message["From"]) == ("teacher@exemple.test", "ent@ecole.test")
    assert message["Auto-Submitted"] == "auto-generated"
    code = message.get_content().split("Votre code Préau : ")[1].split(".")[0]
    assert send(client, "/mot-de-passe-oublie/code", {"code": code}).status_code == 303
    assert kept() == []


def test_a_message_of_an_undone_operation_never_leaves(server):
    with pytest.raises(RuntimeError), atomic():
        mail_out().send(Message("mail", "a@exemple.test", "Bonjour"))
        raise RuntimeError
    jobs.run_pending()
    assert server.received == []


def test_a_text_of_somebody_opens_no_header(server):
    hand(Message("mail", "a@exemple.test", "Été\n.\nfin", subject="Sortie\r\nBcc: autre@exemple.test"))
    jobs.run_pending()
    (message,) = server.received
    assert message["Bcc"] is None
    assert message["Subject"] == "Sortie Bcc: autre@exemple.test"
    assert message.get_content().split() == ["Été", ".", "fin"]


def test_an_address_that_is_none_is_kept_as_refused_and_the_others_leave(server):
    hand(Message("mail", "a@exemple.test\r\nDATA", "un"), Message("mail", "b@exemple.test", "deux"))
    jobs.run_pending()
    assert [message["To"] for message in server.received] == ["b@exemple.test"]
    assert [row.refusal for row in kept()] == ["ValueError"]


def test_what_the_server_refuses_for_good_is_shown_to_the_administrator_and_not_tried_again(server, browser):
    server.refusals["partie@exemple.test"] = 550
    hand(
        Message("mail", "partie@exemple.test", "code 1234", subject="Votre code", secret=True),
        Message("mail", "b@exemple.test", "deux"),
    )
    jobs.run_pending()
    assert len(server.received) == 1
    (row,) = kept()
    assert (row.refusal, row.text) == ("550 destinataire refusé", "")
    page = words(browser("admin").get("/administration/messages-sortants"))
    assert "refusé par le serveur : 550 destinataire refusé" in page
    assert "Rien ne part" not in page


def test_what_the_server_delays_leaves_later_and_the_rest_does_not_leave_twice(server):
    server.refusals["lent@exemple.test"] = 451
    hand(Message("mail", "lent@exemple.test", "un"), Message("mail", "b@exemple.test", "deux"))
    ids = [row.id for row in kept()]
    with pytest.raises(MailDelayedError, match="PRE-MEL-001 451"):
        jobs.run_pending()
    assert [message["To"] for message in server.received] == ["b@exemple.test"]
    server.refusals.clear()
    with lifted():  # as the queue does after its delay
        jobs._tasks["mail.send"]["function"](ids=ids)
    assert [message["To"] for message in server.received] == ["b@exemple.test", "lent@exemple.test"]
    assert kept() == []


def test_a_server_that_is_down_keeps_everything_for_the_next_try(server):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        provide(SmtpMail(Server("127.0.0.1", closed.getsockname()[1], "none")))
        hand(Message("mail", "a@exemple.test", "un"))
        with pytest.raises(MailDelayedError):
            jobs.run_pending()
    assert [row.refusal for row in kept()] == [""]


def test_nothing_leaves_in_clear_when_encryption_was_asked_for(server):
    provide(SmtpMail(Server("127.0.0.1", server.port, "starttls", user="ent", password="secret")))
    hand(Message("mail", "a@exemple.test", "un"))
    with pytest.raises(MailDelayedError):
        jobs.run_pending()
    assert server.received == []


def test_sms_and_push_stay_in_the_outbox(server):
    hand(Message("sms", "+33600000000", "un"), Message("push", "x", "deux"))
    jobs.run_pending()
    assert server.received == []
    assert [row.medium for row in kept()] == ["sms", "push"]
    assert list(mail_out().leaves) == ["mail"]


def test_old_messages_of_an_outbox_do_not_leave_the_day_a_server_is_named(server):
    EmbeddedMail().send(Message("mail", "ancien@exemple.test", "un"))
    hand(Message("mail", "a@exemple.test", "deux"))
    jobs.run_pending()
    assert [message["To"] for message in server.received] == ["a@exemple.test"]


def test_the_settings_choose_and_the_demonstration_lets_nothing_leave():
    assert isinstance(outgoing(Settings(smtp_host="smtp.exemple.test")), SmtpMail)
    assert isinstance(outgoing(Settings(smtp_host="smtp.exemple.test", demo=True)), EmbeddedMail)
    assert isinstance(outgoing(Settings(smtp_host="")), EmbeddedMail)
