"""The sheets of a first sign-in: one slip per person to cut out, as a tagged PDF."""

import base64
from dataclasses import dataclass, field
from pathlib import Path

import segno
from flask import current_app, render_template

from preau.socle.security.authentication import pictures as picture_password


@dataclass(frozen=True, slots=True)
class Slip:
    """What is written for one person: a code to type, or the pictures to touch."""

    name: str
    login: str
    code: str = ""
    pictures: list[str] = field(default_factory=list)
    door: str = ""

    @property
    def address(self) -> str:
        """Where to go: the door of the class, or the page of the first sign-in."""
        return self.door or str(current_app.config["SETTINGS"].public_url).rstrip("/") + "/activation"

    @property
    def qr(self) -> str:
        """The address with the login as a QR code (never the code itself)."""
        target = self.door or f"{self.address}?identifiant={self.login}"
        return segno.make(target, error="m").svg_data_uri(scale=3, border=1)

    @property
    def shown(self) -> list[tuple[str, str]]:
        """The pictures with their names."""
        labels = picture_password.catalogue()
        return [(_data_uri(key), labels[key]) for key in self.pictures]


def _data_uri(key: str) -> str:
    path = Path(str(current_app.static_folder)) / "images" / "pictures" / f"{key}.svg"
    return "data:image/svg+xml;base64," + base64.b64encode(path.read_bytes()).decode()


def pdf(school: str, label: str, slips: list[Slip]) -> bytes:
    """The sheets as a tagged PDF (PDF/UA-1)."""
    from weasyprint import HTML
    from weasyprint.urls import URLFetcher

    html = render_template("security/sheets.html", school=school, label=label, slips=slips)
    nothing_from_outside = URLFetcher(allowed_protocols=("data",), fail_on_errors=True)
    document: bytes = HTML(string=html, url_fetcher=nothing_from_outside).write_pdf(pdf_variant="pdf/ua-1")
    return document
