"""The embedded mail, SMS and push: a table that the administrator reads. Nothing leaves the machine."""

from collections.abc import Sequence

from sqlalchemy import BigInteger, Index, insert
from sqlalchemy.orm import Mapped, mapped_column

from preau.kernel.database import Created, Model, Serial, db
from preau.kernel.ports.mail_out import MEDIA, Message
from preau.kernel.tenancy import lifted


class OutgoingMessage(Model):
    """A message that would have left, or that waits to. ``refusal`` is what the mail server said when it took none.

    Only the platform reads and writes it: the wall lets nobody through.
    """

    __tablename__ = "outgoing_message"
    __wall__ = "false"

    id: Mapped[Serial]
    medium: Mapped[str]
    recipient: Mapped[str]
    subject: Mapped[str] = mapped_column(default="", server_default="")
    text: Mapped[str]
    kind: Mapped[str] = mapped_column(default="", server_default="")
    secret: Mapped[bool] = mapped_column(default=False, server_default="false")
    person_id: Mapped[int | None] = mapped_column(BigInteger, index=True)
    structure_id: Mapped[int | None] = mapped_column(BigInteger)
    created_at: Mapped[Created]
    refusal: Mapped[str] = mapped_column(default="", server_default="")

    __table_args__ = (Index(None, "medium", "id"),)


class EmbeddedMail:
    """Implements :class:`preau.kernel.ports.mail_out.MailOut`."""

    leaves: Sequence[str] = ()

    def send(self, *messages: Message) -> None:
        """Keep them: nothing leaves."""
        self.keep(messages)

    def keep(self, messages: Sequence[Message]) -> list[int]:
        """Put messages in the table, in one statement; return their ids."""
        unknown = {message.medium for message in messages} - set(MEDIA)
        if unknown:
            raise ValueError(f"unknown media {sorted(unknown)}")
        if not messages:
            return []
        rows = [
            {
                "medium": message.medium,
                "recipient": message.to,
                "subject": message.subject,
                "text": message.text,
                "kind": message.kind,
                "secret": message.secret,
                "person_id": message.person_id,
                "structure_id": message.structure_id,
            }
            for message in messages
        ]
        with lifted():  # the table opens to the platform only
            statement = insert(OutgoingMessage).returning(OutgoingMessage.id)
            return list(db.session.scalars(statement, rows))
