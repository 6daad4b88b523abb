"""Making one of two records of the same human, and back (fusion et rapprochement de comptes).

Everything that names a person moves, whatever the service: the tables are read from the models, so that
a service added tomorrow is merged too. What cannot move (both records had it) stays where it was.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Column, Table, and_, func, inspect, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased

from preau.kernel import journal
from preau.kernel.database import Model, db, now, today
from preau.kernel.errors import Conflict, Invalid
from preau.kernel.identity import Identity
from preau.kernel.tenancy import lifted
from preau.kernel.transaction import atomic
from preau.socle.directory.models import Person, Profile, SourceKey
from preau.socle.security.authentication import sessions
from preau.socle.security.models import Account
from preau.socle.support.people.models import Merge
from preau.socle.support.people.scope import MANAGE, managed, person_of, within

# Means of signing in are one account's own; the merge's record speaks of both persons.
STAYS = frozenset(
    {
        "account", "sign_in_session", "app_password", "recovery_code", "second_channel_code", "known_origin",
        "person", "person_merge", "charter_acceptance",
    }
)  # fmt: skip
SHOWN = 100


@dataclass(frozen=True, slots=True)
class Candidate:
    """Two records that look like one human."""

    first: Person
    second: Person
    sure: bool


def candidates(identity: Identity) -> list[Candidate]:
    """Pairs with the same names and birth date; "sure" is with a date, otherwise with the same mail."""
    one, two = aliased(Person), aliased(Person)
    mine = select(Profile.person_id).where(within(identity, Profile.structure_id))
    rows = db.session.execute(
        select(one, two)
        .join(
            two,
            and_(
                func.preau_fold(one.last_name) == func.preau_fold(two.last_name),
                func.preau_fold(one.first_name) == func.preau_fold(two.first_name),
                one.id < two.id,
                or_(
                    one.birth_date == two.birth_date,
                    and_(
                        or_(one.birth_date.is_(None), two.birth_date.is_(None)),
                        one.mail == two.mail,
                        one.mail != "",
                    ),
                ),
            ),
        )
        .where(one.merged_into_id.is_(None), two.merged_into_id.is_(None), one.id.in_(mine), two.id.in_(mine))
        .order_by(one.last_name, one.first_name)
        .limit(SHOWN)
    )
    return [
        Candidate(first, second, sure=first.birth_date is not None and first.birth_date == second.birth_date)
        for first, second in rows
    ]


def references() -> Iterator[tuple[Table, Column[Any]]]:
    """Every column of every table that names a person, but those that stay."""
    for table in Model.metadata.sorted_tables:
        if table.name in STAYS:
            continue
        for column in table.columns:
            if any(key.column.table.name == "person" for key in column.foreign_keys):
                yield table, column


def preview(identity: Identity, kept_uid: str, gone_uid: str) -> dict[str, int]:
    """How many rows of each table would move."""
    _kept, gone = _pair(identity, kept_uid, gone_uid)
    counts: dict[str, int] = {}
    with lifted():
        for table, column in references():
            count = db.session.scalar(select(func.count()).select_from(table).where(column == gone.id)) or 0
            if count:
                counts[table.name] = counts.get(table.name, 0) + count
    return counts


def _pair(identity: Identity, kept_uid: str, gone_uid: str) -> tuple[Person, Person]:
    kept, gone = person_of(identity, kept_uid), person_of(identity, gone_uid)
    if kept.id == gone.id:
        raise Invalid(_("Ce sont deux fois la même fiche."))
    if kept.merged_into_id or gone.merged_into_id:
        raise Conflict(_("Une de ces fiches a déjà été réunie à une autre."))
    if identity.person_id == gone.id:
        raise Conflict(_("Gardez votre propre fiche : c’est avec elle que vous êtes connecté."))
    _require_all_schools(identity, gone)
    return kept, gone


def _require_all_schools(identity: Identity, person: Person) -> None:
    """A merge moves everything of a person: all of their schools must be the administrator's."""
    if identity.everywhere and identity.can(MANAGE):
        return
    with lifted():
        places = set(db.session.scalars(select(Profile.structure_id).where(Profile.person_id == person.id)))
    if places - managed(identity):
        raise Conflict(
            _(
                "Cette personne est aussi dans une école que vous ne gérez pas : demandez la réunion au projet."
            )
        )


def merge(identity: Identity, kept_uid: str, gone_uid: str) -> Merge:
    """Move everything from one record to the other; the first keeps its identifier and its account."""
    kept, gone = _pair(identity, kept_uid, gone_uid)
    with lifted(), atomic() as session:
        before = _state_of(gone)
        moved = [step for table, column in references() for step in _move(table, column, gone.id, kept.id)]
        session.expire_all()
        _close_leftovers(gone.id, before)
        kept.open_to = sorted({*kept.open_to, *before["open_to"]})
        gone.open_to, gone.merged_into_id = [], kept.id
        for name in ("birth_date", "mail"):
            if not getattr(kept, name) and getattr(gone, name):
                before.setdefault("filled", []).append(name)
                setattr(kept, name, getattr(gone, name))
        record = Merge(
            kept_id=kept.id, gone_id=gone.id, moved=moved, before=before, merged_by_id=identity.person_id
        )
        session.add(record)
        if account := session.get(Account, gone.id):
            account.state = "disabled"
        sessions.close_all(gone.id)
        sessions.rights_moved(kept.id, gone.id)
        session.flush()
        journal.record(identity, "people.merge", kept, gone=gone.uid, rows=len(moved))
    return record


def _state_of(person: Person) -> dict[str, Any]:
    account = db.session.get(Account, person.id)
    return {"open_to": list(person.open_to), "account": account.state if account else None}


def _move(table: Table, column: Column[Any], gone_id: int, kept_id: int) -> list[dict[str, Any]]:
    keys = list(inspect(table).primary_key)
    rows = db.session.execute(select(*keys).where(column == gone_id)).all()
    steps = []
    for row in rows:
        where = {key.name: value for key, value in zip(keys, row, strict=True) if key is not column}
        if _set(table, column, where, gone_id, kept_id):
            steps.append({"table": table.name, "column": column.name, "key": _portable(where)})
    return steps


def _set(table: Table, column: Column[Any], key: dict[str, Any], old: int, new: int) -> bool:
    """Whether the row could be changed; it cannot when the other person already has the same."""
    condition = and_(column == old, *(table.c[name] == value for name, value in key.items()))
    try:
        with db.session.begin_nested():
            return db.session.execute(update(table).where(condition).values({column.name: new})).rowcount > 0  # type: ignore[attr-defined,no-any-return]
    except IntegrityError:
        return False


def _portable(key: dict[str, Any]) -> dict[str, Any]:
    return {name: value if isinstance(value, int | str) else str(value) for name, value in key.items()}


def _close_leftovers(gone_id: int, before: dict[str, Any]) -> None:
    left = db.session.scalars(
        select(Profile).where(Profile.person_id == gone_id, Profile.left_on.is_(None))
    ).all()
    before["ended"] = [profile.id for profile in left]
    for profile in left:
        profile.left_on = today()


def unmerge(identity: Identity, record: Merge) -> None:
    """Undo a merge: each row goes back, unless it was changed or deleted since."""
    if record.undone_at is not None:
        raise Conflict(_("Cette réunion a déjà été défaite."))
    with lifted():
        kept, gone = db.session.get_one(Person, record.kept_id), db.session.get_one(Person, record.gone_id)
    person_of(identity, kept.uid)
    _require_all_schools(identity, kept)
    with lifted(), atomic() as session:
        for step in reversed(record.moved):
            table = Model.metadata.tables[step["table"]]
            key = {name: _typed(table.c[name], value) for name, value in step["key"].items()}
            _set(table, table.c[step["column"]], key, kept.id, gone.id)
        session.expire_all()
        for profile in session.scalars(select(Profile).where(Profile.id.in_(record.before.get("ended", [])))):
            profile.left_on = None
        gone.merged_into_id = None
        for name in record.before.get("filled", []):
            setattr(kept, name, None if name == "birth_date" else "")
        for person in (kept, gone):
            person.open_to = sorted(
                set(session.scalars(select(Profile.structure_id).where(Profile.person_id == person.id)))
            )
        if (account := session.get(Account, gone.id)) and record.before["account"]:
            account.state = record.before["account"]
        record.undone_at = now()
        sessions.rights_moved(kept.id, gone.id)
        journal.record(identity, "people.unmerge", kept, gone=gone.uid)


def _typed(column: Column[Any], value: Any) -> Any:
    kind = column.type.python_type
    return value if isinstance(value, kind) else date.fromisoformat(value) if kind is date else kind(value)


def merges(identity: Identity) -> list[tuple[Merge, Person, Person]]:
    """The latest merges of people whom the identity manages."""
    kept, gone = aliased(Person), aliased(Person)
    mine = select(Profile.person_id).where(within(identity, Profile.structure_id))
    with lifted():
        rows = db.session.execute(
            select(Merge, kept, gone)
            .join(kept, kept.id == Merge.kept_id)
            .join(gone, gone.id == Merge.gone_id)
            .where(Merge.kept_id.in_(mine))
            .order_by(Merge.created_at.desc())
            .limit(SHOWN)
        ).all()
    return [(record, first, second) for record, first, second in rows]


def keys_of(person: Person) -> list[SourceKey]:
    """The keys by which sources know a person."""
    return list(
        db.session.scalars(
            select(SourceKey).where(SourceKey.person_id == person.id).order_by(SourceKey.source)
        )
    )
