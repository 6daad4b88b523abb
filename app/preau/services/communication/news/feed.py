"""News that schools opened to anybody, as an Atom feed (RFC 4287): never what asks for a sign-in."""

import re
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

from flask import current_app, make_response, request, url_for
from flask.wrappers import Response
from flask_babel import gettext as _
from sqlalchemy import select

from preau.kernel.database import db, now
from preau.kernel.errors import NotFound
from preau.kernel.pages import public
from preau.kernel.tenancy import lifted
from preau.services.communication.news import audience, queries, words
from preau.services.communication.news.models import Article
from preau.services.communication.news.views import blueprint
from preau.socle.directory.models import Structure

MOST = 30
ATOM = "http://www.w3.org/2005/Atom"
KEPT = "public, max-age=300"
# XML 1.0 has no place for them, and a text may hold them.
NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@blueprint.get("/publiques.xml")
@blueprint.get("/publiques/<uai>.xml")
@public
def public_feed(uai: str = "") -> Response:
    """What anybody may read, of every school or of one: each entry leads to its public page."""
    structure = _structure(uai) if uai else None
    articles = queries.public_news(structure[0] if structure else None, MOST)
    response = make_response(document(articles, structure[1] if structure else ""))
    response.content_type = "application/atom+xml; charset=utf-8"
    response.headers["Cache-Control"] = KEPT
    response.add_etag()
    return response.make_conditional(request)


def _structure(uai: str) -> tuple[int, str]:
    with lifted():  # a school's name is public, and nobody is signed in
        found = db.session.execute(select(Structure.id, Structure.name).where(Structure.uai == uai)).first()
    if found is None:
        raise NotFound(_("Cette école n’existe pas ici."))
    return found[0], found[1]


def document(articles: list[Article], school: str) -> bytes:
    """The feed; its moment is that of its last change, so that the same news are the same bytes."""
    ET.register_namespace("", ATOM)
    feed = ET.Element(f"{{{ATOM}}}feed", {"{http://www.w3.org/XML/1998/namespace}lang": "fr"})
    title = _("Actualités de %(school)s", school=school) if school else _("Actualités ouvertes à tous")
    _add(feed, "title", title)
    _add(feed, "id", _address(request.path))
    _add(feed, "updated", _moment(max((each.updated_at for each in articles), default=None)))
    _link(feed, _address(request.path), "self", "application/atom+xml")
    _link(feed, _address("/"), "alternate", "text/html")
    names = audience.names_of(each.structure_id for each in articles)
    for article in articles:
        entry = ET.SubElement(feed, f"{{{ATOM}}}entry")
        _add(entry, "title", article.title)
        _add(entry, "id", f"urn:uuid:{article.id}")
        _add(entry, "published", _moment(article.published_at))
        _add(entry, "updated", _moment(article.updated_at))
        _link(
            entry, _address(url_for("news.public_article", article_id=article.id)), "alternate", "text/html"
        )
        _add(ET.SubElement(entry, f"{{{ATOM}}}author"), "name", names.get(article.structure_id, ""))
        _add(entry, "summary", words.Words.excerpt(article.body))
    return ET.tostring(feed, encoding="utf-8", xml_declaration=True)


def _add(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, f"{{{ATOM}}}{name}").text = NOT_XML.sub("", text)


def _link(parent: ET.Element, address: str, relation: str, media_type: str) -> None:
    ET.SubElement(parent, f"{{{ATOM}}}link", {"rel": relation, "href": address, "type": media_type})


def _moment(value: datetime | None) -> str:
    return (value or now().replace(hour=0, minute=0, second=0, microsecond=0)).astimezone(UTC).isoformat()


def _address(path: str) -> str:
    site: str = current_app.config["SETTINGS"].public_url
    return site.rstrip("/") + path
