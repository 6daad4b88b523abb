"""Every service of the ENT, in the order of the SDET. A new service is one line here."""

from preau.kernel.contract import Service
from preau.services.communication.news import service as news
from preau.services.information.bookmarks import service as bookmarks
from preau.services.information.white_pages import service as white_pages
from preau.services.utilities.files import service as files
from preau.services.utilities.groups import service as groups
from preau.services.utilities.help import service as help_
from preau.services.utilities.notifications import service as notifications
from preau.socle.directory import service as directory
from preau.socle.integration.exchange import service as exchange
from preau.socle.integration.feeds.declaration import service as feeds
from preau.socle.portal import service as portal
from preau.socle.portal.search import service as search
from preau.socle.security import service as security
from preau.socle.security.propagation import service as partners
from preau.socle.support.administration import service as administration
from preau.socle.support.assistance import service as assistance
from preau.socle.support.outbox import service as outbox
from preau.socle.support.people import service as people
from preau.socle.support.statistics import service as statistics

SERVICES: tuple[Service, ...] = (
    directory,
    security,
    partners,
    feeds,
    portal,
    administration,
    people,
    assistance,
    statistics,
    outbox,
    search,
    exchange,
    news,
    white_pages,
    bookmarks,
    groups,
    files,
    notifications,
    help_,
)
