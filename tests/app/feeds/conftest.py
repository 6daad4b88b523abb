"""Deliveries of the invented academy, and the directory's content as something to compare."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from preau.demo.aaf import Request, write_delivery
from preau.demo.academy import build_academy
from preau.demo.export import requests
from preau.demo.people import Academy
from preau.kernel.database import db
from preau.kernel.identity import Identity, system
from preau.kernel.tenancy import lifted
from preau.socle.integration.feeds import operations
from preau.socle.integration.feeds.models import Delivery

TODAY = date.today()  # noqa: DTZ011 - a delivery is dated by the calendar


# What the directory says, without what only tells when or in which order it was written.
CONTENT = (
    "SELECT 'person', coalesce(s.source, ''), coalesce(s.key, ''), p.last_name, p.first_name, p.birth_name,"
    " p.birth_date::text, p.mail, p.phones::text, p.address::text, p.attributes::text,"
    " (SELECT string_agg(t.key, ',' ORDER BY t.key) FROM structure t WHERE t.id = ANY(p.open_to))"
    " FROM person p LEFT JOIN source_key s ON s.person_id = p.id",
    "SELECT 'profile', t.key, p.kind, p.level, p.functions::text, p.left_on::text, p.source, k.key"
    " FROM profile p JOIN structure t ON t.id = p.structure_id JOIN source_key k ON k.person_id = p.person_id"
    " AND k.source = p.source",
    "SELECT 'group', t.key, g.kind, g.code, g.name, g.level, g.source, g.attributes::text FROM grouping g"
    " JOIN structure t ON t.id = g.structure_id",
    "SELECT 'membership', t.key, g.kind, g.code, m.role, m.source, k.key FROM membership m"
    " JOIN grouping g ON g.id = m.group_id JOIN structure t ON t.id = g.structure_id"
    " JOIN source_key k ON k.person_id = m.person_id AND k.source = m.source",
    "SELECT 'teaching', t.key, g.code, c.subject_code, c.source, k.key FROM teaching c"
    " JOIN grouping g ON g.id = c.group_id JOIN structure t ON t.id = c.structure_id"
    " JOIN source_key k ON k.person_id = c.person_id AND k.source = c.source",
    "SELECT 'role', t.key, g.code, r.name, k.key FROM role r JOIN grouping g ON g.id = r.group_id"
    " JOIN structure t ON t.id = r.structure_id JOIN source_key k ON k.person_id = r.person_id"
    " AND k.source = r.source",
    "SELECT 'relation', r.link, r.legal::text, r.financial::text, r.contact::text, r.payment::text,"
    " r.lives_with::text, r.source, a.key, b.key FROM relation r"
    " JOIN source_key a ON a.person_id = r.guardian_id AND a.source = r.source"
    " JOIN source_key b ON b.person_id = r.pupil_id AND b.source = r.source",
    "SELECT 'structure', key, uai, kind, degree::text, name, siret, contact::text, attributes::text FROM structure",
    "SELECT 'link', a.key, b.key, l.kind FROM structure_link l JOIN structure a ON a.id = l.parent_id"
    " JOIN structure b ON b.id = l.child_id",
    "SELECT 'subject', code, label, national_code FROM subject",
    "SELECT 'mef', code, label, national_code, stat_code FROM mef",
)


def directory() -> list[tuple[str | None, ...]]:
    """Everything the directory says, sorted."""
    with lifted():
        rows = [tuple(row) for query in CONTENT for row in db.session.execute(text(query))]
        db.session.rollback()
    return sorted(rows, key=repr)


def count(query: str, **values: object) -> int:
    with lifted():
        found = db.session.scalar(text(query), values)
        db.session.rollback()
    return int(found or 0)


class Feed:
    """A hand that delivers and applies."""

    def __init__(self, folder: Path, identity: Identity) -> None:
        self.folder, self.identity, self.rank = folder, identity, 0

    def write(
        self, found: list[Request], *, degree: str = "2D", mode: str = "Complet", day: date = TODAY
    ) -> Path:
        self.rank += 1
        return write_delivery(
            self.folder / str(self.rank), found, degree=degree, day=day, mode=mode, chunk=300
        )

    def receive(self, path: Path) -> Delivery:
        return operations.receive(self.identity, path)

    def apply(self, path: Path, **options: object) -> Delivery:
        return operations.apply(self.identity, self.receive(path).id, **options)


@pytest.fixture(scope="session")
def academy() -> Academy:
    return build_academy(people=400)


@pytest.fixture
def feed(app: object, tmp_path: Path) -> Feed:
    return Feed(tmp_path / "deliveries", system("essai"))


@pytest.fixture
def load(feed: Feed, academy: Academy) -> Callable[[], list[Delivery]]:
    """Applies both deliveries of the academy."""

    def both(day: date = TODAY - timedelta(days=2)) -> list[Delivery]:
        return [
            feed.apply(feed.write(list(requests(academy, degree)), degree=degree, day=day))
            for degree in ("1D", "2D")
        ]

    return both
