"""Who has read: opening, «J’ai lu», and the signed notices of liaison notebooks (UTI-CCO-AIN-03)."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert

from preau.kernel import events, journal, rights
from preau.kernel.database import db, now
from preau.kernel.errors import Conflict, Invalid, Refused
from preau.kernel.identity import Identity
from preau.kernel.notify import notify
from preau.kernel.ports.principals import principals
from preau.kernel.tenancy import lifted
from preau.kernel.transaction import atomic
from preau.services.communication.news import audience
from preau.services.communication.news.models import Article, NotebookNotice, Reading, is_displayed
from preau.services.communication.news.workflow import url_of
from preau.socle.directory.models import Group, Membership, Person, Relation


@dataclass(frozen=True)
class Count:
    """Of ``expected`` readers, how many opened the article and how many confirmed having read it."""

    expected: int
    opened: int
    confirmed: int


def open_article(identity: Identity, article: Article) -> None:
    """Note that the identity opened an article that is shown to it."""
    if not is_displayed(article) or article.owner_id == identity.person_id:
        return
    with atomic() as session:
        session.execute(
            insert(Reading)
            .values(article_id=article.id, person_id=identity.person_id)
            .on_conflict_do_nothing()
        )


def confirm_reading(identity: Identity, article: Article) -> None:
    """«J’ai lu»: kept with its date, once."""
    rights.require(identity, "read", article)
    if not article.ask_receipt:
        raise Conflict(_("Cette actualité ne demande pas de confirmation."))
    with atomic() as session:
        statement = insert(Reading).values(
            article_id=article.id, person_id=identity.person_id, confirmed_at=now()
        )
        session.execute(
            statement.on_conflict_do_update(
                index_elements=["article_id", "person_id"],
                set_={"confirmed_at": func.coalesce(Reading.confirmed_at, statement.excluded.confirmed_at)},
            )
        )
        journal.record(identity, "news.confirm", article)


def confirmed_at(identity: Identity, article: Article) -> Any:
    """When the identity confirmed having read it, if it did."""
    return db.session.scalar(
        select(Reading.confirmed_at).where(
            Reading.article_id == article.id, Reading.person_id == identity.person_id
        )
    )


def readers(identity: Identity, article: Article) -> Select[Any]:
    """Each expected reader with what was read: (person, opened_at, confirmed_at), by name."""
    rights.require(identity, "write", article)
    expected = principals().members(article.audience)
    return (
        select(Person, Reading.opened_at, Reading.confirmed_at)
        .outerjoin(Reading, (Reading.person_id == Person.id) & (Reading.article_id == article.id))
        .where(Person.id.in_(expected), Person.id != article.owner_id)
        .order_by(Person.last_name, Person.first_name)
    )


def count(identity: Identity, article: Article) -> Count:
    """How many were expected to read it and did."""
    rows = readers(identity, article).order_by(None).subquery()
    expected, opened, confirmed = db.session.execute(
        select(func.count(), func.count(rows.c.opened_at), func.count(rows.c.confirmed_at)).select_from(rows)
    ).one()
    return Count(expected, opened, confirmed)


def notebook_classes(identity: Identity, article: Article) -> list[Group]:
    """Classes of the article's school whose notebooks it may be sent to."""
    statement = select(Group).where(Group.structure_id == article.structure_id, Group.kind == "class")
    if not identity.can("news.approve", article.structure_id):
        own = select(Membership.group_id).where(Membership.person_id == identity.person_id)
        statement = statement.where(Group.id.in_(own))
    return list(db.session.scalars(statement.order_by(Group.name)))


def send_to_notebooks(identity: Identity, article: Article, group_ids: Collection[int]) -> int:
    """Put a published article in these classes' notebooks, to be signed; return how many are new.

    Publishes ``news.sent_to_notebook`` with the groups, for the liaison service.
    """
    rights.require(identity, "write", article)
    if article.state != "published":
        raise Conflict(_("Publiez d’abord cette actualité : les familles signent ce qui est publié."))
    allowed = {group.id for group in notebook_classes(identity, article)}
    if not group_ids or not set(group_ids) <= allowed:
        message = _("Choisissez au moins une de vos classes.")
        raise Invalid(message, {"groups": [message]})
    with atomic() as session:
        pupils = (
            select(literal(article.id), Membership.person_id)
            .where(Membership.group_id.in_(sorted(group_ids)), Membership.role == "member")
            .distinct()
        )
        statement = insert(NotebookNotice).from_select(["article_id", "pupil_id"], pupils)
        sent = session.scalars(
            statement.on_conflict_do_nothing().returning(NotebookNotice.pupil_id),
            execution_options={"synchronize_session": False},
        ).all()
        added = {f"group:{each}:guardian" for each in group_ids} | {f"group:{each}" for each in group_ids}
        article.audience = sorted(set(article.audience) | added)
        article.open_to = audience.opened_to(article.structure_id, article.audience)
        journal.record(identity, "news.send_to_notebook", article, groups=len(group_ids), pupils=len(sent))
        events.publish("news.sent_to_notebook", identity, article, groups=sorted(group_ids))
        notify(
            identity,
            "news.to_sign",
            sorted(f"group:{each}:guardian" for each in group_ids),
            url=url_of(article),
            title=article.title,
            actor=identity.name,
        )
    return len(sent)


def notices_of(identity: Identity, article: Article) -> list[tuple[NotebookNotice, Person]]:
    """The notices of the identity's own children for an article, with each child."""
    rows = db.session.execute(
        select(NotebookNotice, Person)
        .join(Person, Person.id == NotebookNotice.pupil_id)
        .join(Relation, Relation.pupil_id == NotebookNotice.pupil_id)
        .where(
            NotebookNotice.article_id == article.id,
            Relation.guardian_id == identity.person_id,
            Relation.legal > 0,
        )
        .order_by(Person.first_name)
    )
    return [(notice, child) for notice, child in rows]


def sign(identity: Identity, article: Article, pupil_id: int) -> None:
    """Sign the notice of a child's notebook; the first signature is kept with its date."""
    rights.require(identity, "read", article)
    if pupil_id not in {child.id for _notice, child in notices_of(identity, article)}:
        raise Refused(_("Seule une personne responsable de cet élève signe son cahier de liaison."))
    with atomic() as session:
        session.execute(
            update(NotebookNotice)
            .where(
                NotebookNotice.article_id == article.id,
                NotebookNotice.pupil_id == pupil_id,
                NotebookNotice.signed_at.is_(None),
            )
            .values(signed_by_id=identity.person_id, signed_at=now())
        )
        journal.record(identity, "news.sign", article, pupil=pupil_id)
        events.publish("news.signed", identity, article, pupil_id=pupil_id)


def notices(identity: Identity, article: Article) -> list[tuple[NotebookNotice, Person, str]]:
    """Every notice of an article with its pupil and who signed: unsigned first, by name."""
    rights.require(identity, "write", article)
    signed_by = Person.__table__.alias("signatory")
    with lifted():  # a family of a school that shares the pupil signs too; its author must see the signature
        rows = db.session.execute(
            select(NotebookNotice, Person, signed_by.c.first_name, signed_by.c.last_name)
            .join(Person, Person.id == NotebookNotice.pupil_id)
            .outerjoin(signed_by, signed_by.c.id == NotebookNotice.signed_by_id)
            .where(NotebookNotice.article_id == article.id)
            .order_by(NotebookNotice.signed_at.is_not(None), Person.last_name, Person.first_name)
        ).all()
    return [(notice, pupil, f"{first or ''} {last or ''}".strip()) for notice, pupil, first, last in rows]
