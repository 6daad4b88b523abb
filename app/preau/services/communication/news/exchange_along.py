"""What goes with an article in an archive: its former texts, who read it, the notebooks it is in.

Readings and notices are of other people: they leave with their school, never with their author.
"""

from datetime import datetime
from typing import Any

from pydantic import BaseModel
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from preau.kernel.database import db
from preau.kernel.exchange_context import Context, Scope
from preau.services.communication.news.models import Article, NotebookNotice, Reading, Version
from preau.socle.directory.models import Person


class VersionV1(BaseModel):
    """A former text; ``saved_by`` replaced it then."""

    number: int
    title: str
    body: str
    saved_at: datetime
    saved_by: str = ""


class ReadingV1(BaseModel):
    """Somebody opened the article, and perhaps confirmed having read it."""

    person: str
    opened_at: datetime
    confirmed_at: datetime | None = None


class NoticeV1(BaseModel):
    """The article is in a pupil's liaison notebook, perhaps signed."""

    pupil: str
    sent_at: datetime
    signed_by: str = ""
    signed_at: datetime | None = None


def export_along(article: Article, scope: Scope) -> dict[str, Any]:
    """Former texts and, when a school or more is exported, readings and notices; by number and uid."""
    found: dict[str, Any] = {"versions": _versions(article, scope), "readings": None, "notices": None}
    if scope.kind in ("structure", "everything"):
        found |= {"readings": _readings(article), "notices": _notices(article, scope)}
    return found


def _versions(article: Article, scope: Scope) -> list[VersionV1]:
    rows = select(Version).where(Version.article_id == article.id).order_by(Version.number)
    return [
        VersionV1(
            number=each.number,
            title=each.title,
            body=each.body,
            saved_at=each.saved_at,
            saved_by=scope.refs.person_uid(each.saved_by_id),
        )
        for each in db.session.scalars(rows)
    ]


def _readings(article: Article) -> list[ReadingV1]:
    rows = db.session.execute(
        select(Person.uid, Reading.opened_at, Reading.confirmed_at)
        .join(Person, Person.id == Reading.person_id)
        .where(Reading.article_id == article.id)
    )
    found = [ReadingV1(person=uid, opened_at=opened, confirmed_at=sure) for uid, opened, sure in rows]
    return sorted(found, key=lambda each: each.person)


def _notices(article: Article, scope: Scope) -> list[NoticeV1]:
    rows = db.session.execute(
        select(Person.uid, NotebookNotice)
        .join(Person, Person.id == NotebookNotice.pupil_id)
        .where(NotebookNotice.article_id == article.id)
    )
    found = [
        NoticeV1(
            pupil=uid,
            sent_at=each.sent_at,
            signed_by=scope.refs.person_uid(each.signed_by_id),
            signed_at=each.signed_at,
        )
        for uid, each in rows
    ]
    return sorted(found, key=lambda each: each.pupil)


def import_along(article: Article, data: Any, context: Context) -> None:
    """Write what the archive says goes with an article; what it does not speak of stays."""
    if data.versions is not None:
        rows = [
            {**each.model_dump(exclude={"saved_by"}), "saved_by_id": context.person(each.saved_by)}
            for each in data.versions
        ]
        _replace(Version, article, rows, "number")
    if context.personal:
        return
    if data.readings is not None:
        rows = [
            {"person_id": context.owner(each.person), **each.model_dump(exclude={"person"})}
            for each in data.readings
        ]
        _replace(Reading, article, rows, "person_id")
    if data.notices is not None:
        rows = [
            {
                "pupil_id": context.owner(each.pupil),
                "sent_at": each.sent_at,
                "signed_by_id": context.person(each.signed_by),
                "signed_at": each.signed_at,
            }
            for each in data.notices
        ]
        _replace(NotebookNotice, article, rows, "pupil_id")


def _replace(model: type[Any], article: Article, rows: list[dict[str, Any]], key: str) -> None:
    """These rows and no others; of two of one key (a merge brings both) the first, which was there, stays."""
    db.session.execute(
        delete(model).where(model.article_id == article.id).execution_options(synchronize_session="fetch")
    )
    kept: dict[Any, dict[str, Any]] = {}
    for row in rows:
        if row[key] is not None:
            kept.setdefault(row[key], {**row, "article_id": article.id})
    if kept:
        db.session.execute(insert(model), list(kept.values()))
