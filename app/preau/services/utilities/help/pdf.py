"""The guide on paper: one PDF for each profile."""

from functools import lru_cache
from typing import Any, NoReturn

from flask import render_template

from preau.services.utilities.help.guide import chapters, for_profile


def of_profile(profile: str, label: str) -> bytes:
    """The guide of a profile; made once for a set of chapters."""
    return _made(profile, label, hash(chapters()))


@lru_cache(maxsize=16)
def _made(profile: str, label: str, _version: int) -> bytes:
    # A third of what the application loads at start, for a page that few people print.
    from weasyprint import HTML
    from weasyprint.urls import URLFetcher

    class Nothing(URLFetcher):
        """The guide refers to nothing outside itself; nothing is fetched, from here or elsewhere."""

        def fetch(self, url: str, headers: Any = None) -> NoReturn:  # noqa: ARG002 - its shape is the library's
            """Refuse."""
            raise ValueError(url)

    html = render_template("help/paper.html", chapters=for_profile(profile), label=label)
    made: bytes = HTML(string=html, url_fetcher=Nothing()).write_pdf()
    return made
