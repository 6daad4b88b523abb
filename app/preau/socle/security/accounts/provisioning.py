"""Accounts follow the directory: opened for who arrives, closed for who leaves, erased when the delay is over.

Everything is set-based: a region's worth of people costs a handful of statements. Called by the feed
as jobs. SOC-SEC-IAU-01, SOC-SEC-IAU-13, SOC-SUP-ABO-01, SOC-SUP-ABO-02.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import text

from preau.kernel import events, preferences
from preau.kernel.database import db, now
from preau.kernel.database import today as today_in_school
from preau.kernel.identity import system
from preau.kernel.tenancy import lifted
from preau.kernel.transaction import atomic

# Two imports at once must not give two homonyms the same login.
PROVISION_LOCK = 7_202_001
# A name as a login: lower case, no accent, no digit (digits number homonyms).
PART = "trim(both '-' from left(regexp_replace(lower(unaccent({column})), '[^a-z]+', '-', 'g'), 40))"
STEM = (
    f"coalesce(nullif(concat_ws('.', nullif({PART.format(column='p.first_name')}, ''),"
    f" nullif({PART.format(column='p.last_name')}, '')), ''), 'compte')"
)
PRESENT = (
    "EXISTS (SELECT 1 FROM profile f WHERE f.person_id = {person} AND f.left_on IS NULL"
    " AND (f.ends_on IS NULL OR f.ends_on >= :today))"
)
OPEN = f"""
WITH wanted AS (
  SELECT p.id, {STEM} AS stem FROM person p
  WHERE (CAST(:ids AS bigint[]) IS NULL OR p.id = ANY(CAST(:ids AS bigint[])))
    AND p.merged_into_id IS NULL AND {PRESENT.format(person="p.id")}
    AND NOT EXISTS (SELECT 1 FROM account a WHERE a.person_id = p.id)
), numbered AS (
  SELECT id, stem, row_number() OVER (PARTITION BY stem ORDER BY id)
    + coalesce((SELECT max(a.rank) FROM account a WHERE a.stem = wanted.stem), 0) AS n
  FROM wanted
), added AS (
  INSERT INTO account (person_id, login, state, created_at)
  SELECT id, stem || CASE WHEN n = 1 THEN '' ELSE n::text END, 'pending', :now FROM numbered
  RETURNING person_id
)
SELECT count(*) FROM added
"""  # noqa: S608 - assembled from constants
WELCOME_BACK = f"""
UPDATE account SET state = CASE WHEN password_hash <> '' OR picture_hash <> '' THEN 'active' ELSE 'pending' END,
  disabled_at = NULL, disabled_reason = '', purge_on = NULL, rights_version = rights_version + 1
WHERE state = 'disabled' AND disabled_reason = 'left'
  AND (CAST(:ids AS bigint[]) IS NULL OR person_id = ANY(CAST(:ids AS bigint[])))
  AND {PRESENT.format(person="account.person_id")}
RETURNING person_id
"""  # noqa: S608 - assembled from constants
LEAVE = f"""
UPDATE account SET state = 'disabled', disabled_reason = 'left', disabled_at = :now, purge_on = :purge_on,
  rights_version = rights_version + 1
WHERE state IN ('pending', 'active', 'suspended')
  AND (CAST(:ids AS bigint[]) IS NULL OR person_id = ANY(CAST(:ids AS bigint[])))
  AND NOT {PRESENT.format(person="account.person_id")}
  AND NOT EXISTS (SELECT 1 FROM project_role r WHERE r.person_id = account.person_id
                  AND (r.ends_on IS NULL OR r.ends_on >= :today))
RETURNING person_id
"""  # noqa: S608 - assembled from constants
CLOSE_SESSIONS = "DELETE FROM sign_in_session WHERE person_id = ANY(:ids)"
JOURNAL = """
INSERT INTO journal_entry (at, actor_id, actor, action, object_kind, object_key, structure_id, origin, details)
SELECT :now, :actor_id, :actor, :action, 'account', p.uid, p.open_to[1], :origin, '{}'
FROM person p WHERE p.id = ANY(:ids)
"""
ERASE = (
    "DELETE FROM app_password WHERE person_id = ANY(:ids)",
    "DELETE FROM recovery_code WHERE person_id = ANY(:ids)",
    "DELETE FROM known_origin WHERE person_id = ANY(:ids)",
    "DELETE FROM role WHERE person_id = ANY(:ids)",
    "DELETE FROM teaching WHERE person_id = ANY(:ids)",
    "DELETE FROM membership WHERE person_id = ANY(:ids)",
    "DELETE FROM relation WHERE guardian_id = ANY(:ids) OR pupil_id = ANY(:ids)",
    "DELETE FROM source_key WHERE person_id = ANY(:ids)",
    "DELETE FROM profile WHERE person_id = ANY(:ids)",
    # The row stays, nameless: what the person wrote for others keeps an author (contributions kept).
    """UPDATE person SET first_name = '', last_name = 'Personne partie', birth_name = '', other_names = '',
       civility = '', birth_date = NULL, mail = '', phones = '{}', address = '{}', attributes = '{}'
       WHERE id = ANY(:ids)""",
    """UPDATE account SET login = 'parti-' || md5(random()::text || person_id::text) || 'x', state = 'purged',
       password_hash = '', picture_hash = '', activation_hash = '', totp_secret = '', recovery_mail = '',
       recovery_mobile = '', last_seen_at = NULL, purge_on = NULL WHERE person_id = ANY(:ids)""",
)


def provision(person_ids: Sequence[int] | None = None, *, today: date | None = None) -> int:
    """Open an account for each of these persons who has a profile and none yet; return how many were opened.

    Login ``prenom.nom``, then ``prenom.nom2``… Doing it again opens nothing. Who had left and is back finds
    the account as it was. Without ids, everybody in the directory.
    """
    values = {"ids": _ids(person_ids), "today": today or today_in_school(), "now": now()}
    with lifted(), atomic() as session:
        session.flush()
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": PROVISION_LOCK})
        back = list(session.scalars(text(WELCOME_BACK), values))
        record_each("security.account_back", back)
        return session.scalar(text(OPEN), values) or 0


def disable_leavers(person_ids: Sequence[int] | None = None, *, today: date | None = None) -> int:
    """Disable the accounts of those who have no profile left, and set the day they are erased; how many."""
    today = today or today_in_school()
    delay = timedelta(days=preferences.value("security.purge_days"))
    values = {"ids": _ids(person_ids), "today": today, "now": now(), "purge_on": today + delay}
    with lifted(), atomic() as session:
        session.flush()
        gone = list(session.scalars(text(LEAVE), values))
        if gone:
            session.execute(text(CLOSE_SESSIONS), {"ids": gone})
            record_each("security.account_disabled", gone)
            events.publish("security.disabled", system("cycle de vie des comptes"), person_ids=gone)
            session.expire_all()
        return len(gone)


def purge_due(*, today: date | None = None) -> int:
    """Erase the personal data of accounts whose delay is over; return how many. Event ``security.purged``."""
    with lifted(), atomic() as session:
        session.flush()
        due = list(
            session.scalars(
                text(
                    "SELECT person_id FROM account WHERE state = 'disabled' AND purge_on <= :today"
                    " ORDER BY person_id LIMIT 5000 FOR UPDATE SKIP LOCKED"
                ),
                {"today": today or today_in_school()},
            )
        )
        if due:
            record_each("security.account_purged", due)
            events.publish("security.purged", system("cycle de vie des comptes"), person_ids=due)
            for statement in ERASE:
                session.execute(text(statement), {"ids": due})
            session.expire_all()
        return len(due)


def record_each(
    action: str, person_ids: Sequence[int], *, actor_id: int = 0, actor: str = "", origin: str = ""
) -> None:
    """One journal line per account, in one statement."""
    if person_ids:
        db.session.execute(
            text(JOURNAL),
            {
                "now": now(),
                "action": action,
                "ids": list(person_ids),
                "actor_id": actor_id,
                "actor": actor or "cycle de vie des comptes",
                "origin": origin,
            },
        )


def _ids(person_ids: Sequence[int] | None) -> list[int] | None:
    return None if person_ids is None else list(person_ids)
