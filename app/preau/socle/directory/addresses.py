"""The directory's side of the addresses' port."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, func, select

from preau.kernel.database import db
from preau.kernel.tenancy import lifted
from preau.socle.directory.models import Person


class DirectoryAddresses:
    """Implements :class:`preau.kernel.ports.addresses.Addresses`."""

    def addresses(self, medium: str, people: Collection[int]) -> dict[int, str]:
        """The mail, the mobile number, or, for push, the uid that devices are registered under."""
        columns: dict[str, ColumnElement[str]] = {
            "mail": Person.mail.expression,
            "sms": func.coalesce(Person.phones["mobile"].astext, ""),
            "push": Person.uid.expression,
        }
        column = columns[medium]
        with lifted():  # delivery is the platform's work, for people of every school
            found = db.session.execute(select(Person.id, column).where(Person.id.in_(people), column != ""))
            return {person_id: address for person_id, address in found}
