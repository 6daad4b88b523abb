"""Port: what leaves for people outside the pages — mail, SMS, push.

    mail_out().send(Message("mail", "a@exemple.fr", subject=…, text=…, kind="security.reset"))

Sending joins the current transaction: a message of an operation that is undone never leaves. The
embedded adapter keeps every message in a table that the administrator reads; nothing leaves the machine.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

MEDIA = ("mail", "sms", "push")


@dataclass(frozen=True, slots=True)
class Message:
    """One message to one address. ``kind`` says which event it comes from ("news.published").

    ``secret`` marks a text that opens an account (a code, a link): adapters do not keep it once sent.
    """

    medium: str
    to: str
    text: str
    subject: str = ""
    person_id: int | None = None
    structure_id: int | None = None
    kind: str = ""
    secret: bool = False


class MailOut(Protocol):
    """What sends."""

    def send(self, *messages: Message) -> None:
        """Take messages in the current transaction."""

    @property
    def leaves(self) -> Sequence[str]:
        """Media whose messages really leave the machine."""


_adapter: MailOut | None = None


def provide(adapter: MailOut) -> None:
    """Plug the adapter."""
    global _adapter  # noqa: PLW0603 - one composition root plugs one adapter
    _adapter = adapter


def mail_out() -> MailOut:
    """The adapter: the embedded one unless another was plugged."""
    if _adapter is None:
        from preau.kernel.adapters.mail_embedded import EmbeddedMail

        provide(EmbeddedMail())
    if _adapter is None:
        raise RuntimeError("no adapter is plugged into kernel.ports.mail_out")
    return _adapter
