"""The charter: one text per school, or the project's, by versions; each acceptance is dated and journalled. RUL-62."""

from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from preau.kernel import journal
from preau.kernel.database import db, now
from preau.kernel.identity import AuthenticationLevel, Identity
from preau.kernel.tenancy import lifted
from preau.kernel.transaction import atomic
from preau.socle.directory.models import Profile
from preau.socle.security.models import Account
from preau.socle.security.policy.models import Charter, CharterAcceptance

USUAL = Path(__file__).parent / "charter.md"


def published(structure_id: int | None) -> Charter | None:
    """The last version of a school's charter, else of the project's; nothing when none was published."""
    return db.session.scalar(
        select(Charter)
        .where((Charter.structure_id == structure_id) | Charter.structure_id.is_(None))
        .order_by(Charter.structure_id.is_(None), Charter.version.desc())
        .limit(1)
    )


def text_for(structure_id: int | None) -> str:
    """The text to read and accept, in Markdown."""
    found = published(structure_id)
    return found.text if found else USUAL.read_text()


def due(account: Account, level: AuthenticationLevel) -> Charter | None:
    """The version that the person has not accepted yet. Children who sign in by pictures accept nothing."""
    if level == AuthenticationLevel.PICTURE:
        return None
    with lifted():
        found = published(school_of(account.person_id))
    return found if found is not None and found.id != account.charter_id else None


def accept(identity: Identity, account: Account) -> None:
    """The person accepts the text that :func:`text_for` shows."""
    with lifted(), atomic() as session:
        found = published(school_of(account.person_id))
        account.charter_accepted_at = now()
        account.charter_id = found.id if found else None
        if found:
            session.execute(
                insert(CharterAcceptance)
                .values(person_id=account.person_id, charter_id=found.id, at=now())
                .on_conflict_do_nothing()
            )
        journal.record(
            identity,
            "security.charter_accepted",
            account,
            key=identity.uid,
            version=found.version if found else 0,
        )


def publish(identity: Identity, structure_id: int | None, text: str) -> Charter:
    """Publish the next version: everybody accepts it at their next sign-in. The caller checked the right."""
    with atomic() as session:
        last = session.scalar(
            select(func.max(Charter.version)).where(Charter.structure_id.is_not_distinct_from(structure_id))
        )
        version = Charter(
            structure_id=structure_id, version=(last or 0) + 1, text=text, published_by_id=identity.person_id
        )
        session.add(version)
        session.flush()
        journal.record(
            identity,
            "security.charter_published",
            version,
            structure_id=structure_id,
            version=version.version,
        )
        return version


def school_of(person_id: int) -> int | None:
    """The school whose charter holds for a person: that of the first profile."""
    return db.session.scalar(
        select(Profile.structure_id)
        .where(Profile.person_id == person_id, Profile.left_on.is_(None))
        .order_by(Profile.id)
        .limit(1)
    )
