"""What may be written, by a form, the API or an import."""

import uuid
from typing import Annotated
from urllib.parse import urlsplit

from flask_babel import gettext as _
from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints

Name = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]


def web_address(value: str) -> str:
    """An address a browser may open; a missing scheme is https."""
    address = value.strip()
    if "://" not in address and not address.lower().startswith(("javascript:", "data:", "mailto:")):
        address = f"https://{address}"
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or (
        "." not in (parts.hostname or "") and parts.hostname != "localhost"
    ):
        raise ValueError(_("Donnez une adresse de page, par exemple https://www.bnf.fr."))
    return address


WebAddress = Annotated[str, StringConstraints(min_length=1, max_length=2000), AfterValidator(web_address)]


class FolderIn(BaseModel):
    """A folder to create or change."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    parent_id: uuid.UUID | None = None


class BookmarkIn(BaseModel):
    """A bookmark to create or change."""

    model_config = ConfigDict(extra="forbid")

    title: Name
    url: WebAddress
    note: Annotated[str, StringConstraints(max_length=2000)] = ""
    folder_id: uuid.UUID | None = None


class BookmarkOut(BaseModel):
    """A bookmark as the API gives it."""

    model_config = ConfigDict(from_attributes=True)

    id: uuid.UUID
    title: str
    url: str
    note: str
    folder_id: uuid.UUID | None
