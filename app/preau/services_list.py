"""Every service of the ENT, in the order of the SDET. A new service is one line here."""

from preau.kernel.contract import Service
from preau.services.information.bookmarks import service as bookmarks
from preau.socle.directory import service as directory
from preau.socle.security import service as security

SERVICES: tuple[Service, ...] = (
    directory,
    security,
    bookmarks,
)
