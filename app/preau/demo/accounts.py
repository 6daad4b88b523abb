"""Accounts to try, one per profile, with the same passphrase: this academy does not exist."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from sqlalchemy import select, text

from preau.kernel import events, journal
from preau.kernel.database import db, now
from preau.kernel.identity import system
from preau.kernel.tenancy import lifted
from preau.kernel.transaction import atomic
from preau.socle.directory.models import Person, Profile, Structure
from preau.socle.security.authentication import pictures, vault
from preau.socle.security.models import Account, ProjectRole

# Printed on the terminal of whoever runs the demonstration.
PASSPHRASE = "bienvenue-au-preau"  # noqa: S105
PICTURES = 3
ADMINISTRATOR = "admin"
PASSPHRASE_FILE = "administrateur.txt"  # noqa: S105 - the name of a file

# One person of each kind, the most telling first: teacher here and parent there, children in several schools.
SAMPLES = """
WITH here AS (
  SELECT p.person_id, p.kind, p.level, s.kind AS school, s.name AS school_name
  FROM profile p JOIN structure s ON s.id = p.structure_id WHERE p.left_on IS NULL
), tally AS (
  SELECT person_id, array_agg(DISTINCT kind ORDER BY kind) AS kinds, count(DISTINCT school_name) AS schools
  FROM here GROUP BY person_id
), chosen AS (
  SELECT DISTINCT ON (label) label, rank, person_id, detail FROM (
    SELECT 'Enseignant ici, parent là' AS label, 1 AS rank, t.person_id, t.schools || ' écoles' AS detail
      FROM tally t WHERE t.kinds @> '{guardian,teacher}'
    UNION ALL SELECT 'Administration d’un collège', 0, r.person_id, s.name
      FROM role r JOIN structure s ON s.id = r.structure_id
      WHERE r.name = 'functional_admin' AND s.kind = 'college'
    UNION ALL SELECT 'Parent d’enfants dans plusieurs écoles', 2, t.person_id, t.schools || ' écoles'
      FROM tally t WHERE t.kinds = '{guardian}' AND t.schools > 1
    UNION ALL SELECT
      CASE WHEN h.kind = 'teacher' THEN 'Enseignant'
        WHEN h.kind = 'head' THEN 'Direction'
        WHEN h.kind = 'staff' THEN 'Vie scolaire, personnel'
        WHEN h.school = 'college' THEN 'Élève de collège'
        WHEN h.school = 'lycee' THEN 'Élève de lycée'
        WHEN h.level LIKE '000%' THEN 'Élève de maternelle'
        ELSE 'Élève d’élémentaire' END,
      CASE h.kind WHEN 'teacher' THEN 3 WHEN 'head' THEN 4 WHEN 'staff' THEN 5 ELSE 6 END,
      h.person_id, h.school_name
      FROM here h
      WHERE NOT EXISTS (SELECT FROM role r WHERE r.person_id = h.person_id AND r.name = 'functional_admin')
        AND h.kind IN ('pupil', 'teacher', 'head', 'staff') AND h.school IN ('ecole', 'college', 'lycee')
  ) AS candidates WHERE label IS NOT NULL ORDER BY label, detail DESC, person_id
)
SELECT c.label, person.first_name || ' ' || person.last_name AS name, account.login, c.detail
FROM chosen c JOIN person ON person.id = c.person_id JOIN account ON account.person_id = c.person_id
ORDER BY c.rank, c.label
"""


# One agent per school runs the ENT there; the one who signs in in the demonstration is of the first collège.
SCHOOL_ADMINISTRATORS = """
INSERT INTO role (person_id, structure_id, name, source)
SELECT DISTINCT ON (s.id) p.person_id, s.id, 'functional_admin', 'manual'
FROM structure s JOIN profile p ON p.structure_id = s.id AND p.left_on IS NULL
  AND p.kind = CASE WHEN s.degree = 1 THEN 'head' ELSE 'staff' END
WHERE s.kind IN ('ecole', 'college', 'lycee') ORDER BY s.id, p.person_id
ON CONFLICT DO NOTHING
"""


def open_all() -> None:
    """Open every account with the passphrase of the demonstration, and make one project administrator."""
    hashed = vault.hash_secret(PASSPHRASE)
    drawn = pictures.hashed(list(pictures.catalogue())[:PICTURES])
    with lifted(), atomic() as session:  # the whole academy at once
        session.execute(
            text(
                "UPDATE account SET password_hash = :hash, state = 'active', activation_hash = '',"
                " charter_accepted_at = now(), must_change_password = false"
            ),
            {"hash": hashed},
        )
        session.execute(
            text(
                "UPDATE account SET picture_hash = :hash WHERE person_id IN"
                " (SELECT p.person_id FROM profile p JOIN structure s ON s.id = p.structure_id"
                " WHERE p.kind = 'pupil' AND s.kind = 'ecole')"
            ),
            {"hash": drawn},
        )
        _administrator(session, hashed)
        session.execute(text(SCHOOL_ADMINISTRATORS))
        journal.record(system("demo"), "demo.open_accounts")


def open_administrator(home: Path) -> None:
    """For somebody's own delivery: one administrator, with a passphrase of its own kept in ``var/demo``."""
    kept = home / PASSPHRASE_FILE
    if not kept.exists():
        kept.touch(mode=0o600)
        kept.write_text("-".join(secrets.token_hex(3) for _part in range(3)))
    with lifted(), atomic() as session:  # before anybody can sign in
        _administrator(session, vault.hash_secret(kept.read_text()))


def _administrator(session: Any, hashed: str) -> None:
    if session.scalar(select(Account.person_id).where(Account.login == ADMINISTRATOR)):
        return
    academy = session.scalar(select(Structure).where(Structure.kind == "service_academique").limit(1))
    if academy is None:
        academy = Structure(kind="service_academique", name="Académie de démonstration", key="academie")
        session.add(academy)
        session.flush()
    person = Person(uid="DEMOADM0", first_name="Alix", last_name="Démo", open_to=[academy.id])
    session.add(person)
    session.flush()
    session.add_all(
        [
            Profile(person_id=person.id, structure_id=academy.id, kind="academic"),
            ProjectRole(person_id=person.id, name="project_admin"),
            Account(
                person_id=person.id,
                login=ADMINISTRATOR,
                state="active",
                password_hash=hashed,
                charter_accepted_at=now(),
            ),
        ]
    )
    events.publish("directory.person_created", system("demo"), person)


def show(port: int, seconds: float, home: Path) -> None:
    """Where it answers, and who may enter."""
    console = Console()
    console.print()
    console.print(f"  Préau est prêt en {seconds:.1f} s : [bold]http://localhost:{port}[/bold]")
    if (home / PASSPHRASE_FILE).exists():
        console.print(
            f"  Identifiant : {ADMINISTRATOR} ; phrase de passe : {(home / PASSPHRASE_FILE).read_text()}"
        )
    else:
        _show_samples(console)
    console.print(f"  Ctrl+C arrête tout ; les données restent dans {home}.")


def _show_samples(console: Console) -> None:
    with lifted():  # the table names one person of each school
        rows = db.session.execute(text(SAMPLES)).all()
    table = Table(title=f"Comptes à essayer (phrase de passe : {PASSPHRASE})", title_justify="left")
    for column in ("Profil", "Personne", "Identifiant", "Où"):
        table.add_column(column)
    table.add_row("Administration du projet", "Alix Démo", ADMINISTRATOR, "toute l’académie")
    for row in rows:
        table.add_row(row.label, row.name, row.login, row.detail)
    console.print(table)
