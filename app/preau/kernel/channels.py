"""By which channel and on what device a page is asked for, so that the answer suits it (SOC-POR-GMC-01).

``web`` is a browser, ``mobile`` a telephone's, ``api`` a program. A service says in its contract by which
channels it is open; the presentation reads ``channel`` in every template.
"""

import re
from dataclasses import dataclass

from flask import Flask, Request, g, request
from flask_babel import gettext as _

from preau.kernel.api import is_api_request
from preau.kernel.contract import registry
from preau.kernel.errors import Refused

TABLET = re.compile(r"iPad|Tablet|PlayBook|Silk|Android(?!.*Mobile)", re.IGNORECASE)
PHONE = re.compile(r"Mobi|iPhone|iPod|Opera Mini", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Channel:
    """``name`` is web, mobile or api; ``device`` is computer, tablet, phone or program."""

    name: str
    device: str

    @property
    def small(self) -> bool:
        """Whether the page is read on a small screen, as far as its request says."""
        return self.device == "phone"


PROGRAM = Channel("api", "program")


def detect(asked: Request) -> Channel:
    """The channel of a request: its address, the client's hints, else what the browser calls itself."""
    if is_api_request():
        return PROGRAM
    agent = asked.headers.get("User-Agent", "")[:500]
    hint = asked.headers.get("Sec-CH-UA-Mobile")
    if TABLET.search(agent):
        return Channel("mobile", "tablet")
    if hint == "?1" or (hint is None and PHONE.search(agent)):
        return Channel("mobile", "phone")
    return Channel("web", "computer")


def current() -> Channel:
    """The channel of the current request."""
    if "channel" not in g:
        g.channel = detect(request)
    channel: Channel = g.channel
    return channel


def init_app(app: Flask) -> None:
    """Refuse a service by a channel that it is not open to; give templates ``channel``."""

    @app.before_request
    def open_by_this_channel() -> None:
        service = registry.of_blueprint(request.blueprint)
        if service is not None and current().name not in service.channels:
            raise Refused(
                _(
                    "« %(label)s » ne s’ouvre pas depuis cet appareil. Essayez depuis un ordinateur.",
                    label=service.label,
                ),
                code="PRE-CAN-001",
            )

    @app.context_processor
    def channel() -> dict[str, Channel]:
        return {"channel": current()} if request else {}
