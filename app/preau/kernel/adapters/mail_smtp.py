"""Mail that leaves by SMTP (RFC 5321), from a job: no page waits for a mail server, and a failure is tried again.

``sms`` and ``push`` stay in the outbox. A message waits in the same table, in its transaction; it is erased
once the server took it. One that the server refuses for good stays there with what the server said.
"""

import smtplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from typing import Literal

from sqlalchemy import select

from preau.kernel import jobs
from preau.kernel.adapters.mail_embedded import EmbeddedMail, OutgoingMessage
from preau.kernel.errors import PreauError
from preau.kernel.ports import mail_out as port
from preau.kernel.ports.mail_out import Message
from preau.kernel.transaction import atomic

AT_ONCE = 100
PATIENCE = 30.0
# 2, 4, 8… seconds: some nine hours, longer than a mail server's usual grey list or night.
ATTEMPTS = 14
PERMANENT = 500


class MailDelayedError(PreauError):
    """The server cannot be reached or asks to come back later; the job is tried again."""

    code = "PRE-MEL-001"


@dataclass(frozen=True, slots=True)
class Server:
    """Where mail leaves. ``security``: starttls (587), tls (465) or none (a relay on the same machine)."""

    host: str
    port: int = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str = ""
    password: str = ""
    sender: str = "ent@localhost"

    def connect(self) -> smtplib.SMTP:
        """An open, secured and authenticated connection. Raises :class:`OSError` or ``SMTPException``."""
        context = ssl.create_default_context()
        if self.security == "tls":
            link: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, timeout=PATIENCE, context=context)
        else:
            link = smtplib.SMTP(self.host, self.port, timeout=PATIENCE)
        try:
            if self.security == "starttls":
                link.starttls(context=context)
            if self.user:
                link.login(self.user, self.password)
        except BaseException:
            link.close()
            raise
        return link


class SmtpMail:
    """Implements :class:`preau.kernel.ports.mail_out.MailOut`."""

    leaves: Sequence[str] = ("mail",)

    def __init__(self, server: Server) -> None:
        self.server = server
        self.outbox = EmbeddedMail()

    def send(self, *messages: Message) -> None:
        """Keep them, and enqueue those that leave."""
        ids = self.outbox.keep([each for each in messages if each.medium == "mail"])
        for start in range(0, len(ids), AT_ONCE):
            jobs.defer(send_mail, ids=ids[start : start + AT_ONCE])
        self.outbox.send(*(each for each in messages if each.medium != "mail"))


@jobs.task("mail.send", retry=ATTEMPTS)
def send_mail(ids: list[int]) -> None:
    """Send messages over one connection, each in its own transaction: what left does not leave again."""
    adapter = port.mail_out()
    if not isinstance(adapter, SmtpMail):
        return  # mail was closed since: what waits stays in the outbox
    try:
        link = adapter.server.connect()
    except (OSError, smtplib.SMTPException) as failure:
        raise MailDelayedError(f"PRE-MEL-001 {said(failure)}") from failure
    delayed = ""
    with link:
        for id_ in ids:
            delayed = _send_one(link, adapter.server, id_) or delayed
    if delayed:
        raise MailDelayedError(f"PRE-MEL-001 {delayed}")


def _send_one(link: smtplib.SMTP, server: Server, id_: int) -> str:
    """Send one message; what the server said when it has to be tried again."""
    with atomic() as session:
        row = session.scalar(
            select(OutgoingMessage)
            .where(OutgoingMessage.id == id_, OutgoingMessage.refusal == "")
            .with_for_update(skip_locked=True)
        )
        if row is None:
            return ""
        try:
            link.send_message(letter(server.sender, row), server.sender, [row.recipient])
        except (OSError, smtplib.SMTPException, ValueError) as failure:
            if not is_final(failure):
                return said(failure)
            row.refusal = said(failure)
            row.text = "" if row.secret else row.text
            return ""
        session.delete(row)
        return ""


def letter(sender: str, row: OutgoingMessage) -> EmailMessage:
    """The message of RFC 5322. What people wrote in a subject cannot begin a header of its own."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = row.recipient
    message["Subject"] = " ".join(row.subject.split())
    message["Date"] = formatdate(row.created_at.timestamp())
    message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(row.text)
    return message


def is_final(failure: Exception) -> bool:
    """Whether trying again is useless: the server answered 5xx for this message, or it cannot be written."""
    if isinstance(failure, smtplib.SMTPRecipientsRefused):
        return all(code >= PERMANENT for code, _said in failure.recipients.values())
    if isinstance(failure, smtplib.SMTPResponseException):
        return failure.smtp_code >= PERMANENT
    return isinstance(failure, ValueError | smtplib.SMTPNotSupportedError)


def said(failure: Exception) -> str:
    """What happened, without the addresses that a server repeats."""
    if isinstance(failure, smtplib.SMTPRecipientsRefused):
        return f"{next(iter(failure.recipients.values()))[0]} destinataire refusé"
    if isinstance(failure, smtplib.SMTPResponseException):
        return f"{failure.smtp_code} {type(failure).__name__}"
    return type(failure).__name__
