"""Somebody else's archive goes in: whatever is wrong is said by file, record and reason, the rest is there."""

# Records and queries are read as they are written.

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from preau.kernel.database import db
from preau.kernel.tenancy import lifted
from preau.socle.directory.models import Person, SourceKey
from preau.socle.integration.feeds import operations
from preau.socle.integration.feeds.errors import FeedError
from tests.support.deliveries import PUPIL, add, document, tgz, zipped

from .conftest import TODAY, count, directory

pytestmark = pytest.mark.sdet("SOC-INT-IED-01", "SOC-INT-IED-16")

SCHOOL = add(
    "EtabEducNat",
    "43",
    {
        "ENTStructureUAI": ["0850335C"],
        "ENTStructureNomCourant": ["CLG$DU PORT$LA ROCHE"],
        "ENTStructureTypeStruct": ["COLLEGE"],
        "ENTStructureClasses": ["6EME A$6EME A$10010012110"],
    },
    "categorieStructure",
)
MOTHER = {
    "ENTPersonJointure": ["900"],
    "sn": ["L'HÔTE"],
    "givenName": ["Anaïs"],
    "mobile": ["+33 6 00 00 00 00"],
}
FATHER = {"ENTPersonJointure": ["901"], "sn": ["N'DIAYE"], "givenName": ["Omar"]}


def named(rank: int, category: str) -> str:
    return f"FULL_ENTTSSERVICES_Complet_{TODAY:%Y%m%d}_{category}_{rank:04d}.xml"


def foreign() -> dict[str, bytes]:
    second = add("Eleve", "502", {**PUPIL, "ENTPersonJointure": ["502"], "ENTNouveauté": ["x"]}).replace(
        "ENTNouveauté", "ENTNouveau"
    )
    broken = add("Eleve", "503", PUPIL).replace("</attributes>", "")
    return {
        named(0, "EtabEducNat"): document(SCHOOL, doctype=False),
        named(0, "Eleve"): re.sub(
            rb"<\?xml.*?\?>", b"", document(add("Eleve", "501", PUPIL), encoding="iso-8859-15")
        ).replace(b"\n", b"\r\n"),
        named(1, "Eleve"): document(broken, second.replace("Zoé", "Zo&eacute;")),
        named(0, "PersRelEleve"): document(
            add("PersRelEleve", "900", MOTHER),
            add("PersRelEleve", "901", FATHER),
            add("PersRelEleve", "999", FATHER),
            encoding="iso-8859-15",
        ),
        "ficAlimMENESR.dtd": b"<!ELEMENT whatever ANY>",
        "LISEZMOI.txt": b"Bonjour",
    }


@pytest.mark.parametrize("make", [tgz, zipped])
def test_a_foreign_archive_goes_in(feed, tmp_path, make):
    delivery = feed.apply(make(tmp_path / f"ENT2DVA.{TODAY:%Y%m%d}.tgz", foreign()))
    assert delivery.state == "applied"
    with lifted():
        found = dict(
            db.session.execute(
                select(SourceKey.key, Person.first_name).join(Person).where(SourceKey.source == "aaf2d")
            ).all()
        )
    assert found == {"501": "Zoé", "502": "Zoé", "900": "Anaïs", "901": "Omar"}
    said = {
        (p.code, p.file.rpartition("_")[0].rpartition("_")[2], p.position)
        for p in operations.problems(delivery.id)
    }
    assert ("PRE-FED-204", "Eleve", 1) in said
    assert ("PRE-FED-206", "Eleve", 1) in said
    assert ("PRE-FED-301", "Eleve", 2) in said


@pytest.mark.parametrize("damage", ["cut", "bomb", "outside", "nested"])
def test_a_hostile_or_cut_delivery_changes_nothing(feed, tmp_path, damage):
    files = foreign()
    if damage == "cut":
        files[named(0, "PersRelEleve")] = files[named(0, "PersRelEleve")][:-40]
    elif damage == "bomb":
        files[named(2, "Eleve")] = (
            b'<!DOCTYPE x [<!ENTITY a "aaa">]><ficAlimMENESR>' + SCHOOL.encode() + b"</ficAlimMENESR>"
        )
    elif damage == "outside":
        files["../" + named(2, "Eleve")] = document()
    else:
        files["encore.tgz"] = b"\x1f\x8b" + b"0" * 50
    before, people = directory(), count("SELECT count(*) FROM person")
    with pytest.raises(FeedError) as refused:
        feed.apply(tgz(tmp_path / f"ENT2D.{TODAY:%Y%m%d}.tgz", files), approve=True)
    assert refused.value.code in ("PRE-FED-201", "PRE-FED-202", "PRE-FED-106", "PRE-FED-109")
    assert (directory(), count("SELECT count(*) FROM person")) == (before, people)


def test_two_academies_in_one_delivery_keep_their_keys_apart(feed, tmp_path):
    other = SCHOOL.replace("0850335C", "0692165D")
    files = {
        "importDirectories.json": b'["nantes", "lyon"]',
        **{f"nantes/{name}": content for name, content in foreign().items()},
        f"lyon/{named(0, 'EtabEducNat')}": document(other),
        f"lyon/{named(0, 'Eleve')}": document(add("Eleve", "501", {**PUPIL, "givenName": ["Paul"]})),
    }
    feed.apply(tgz(tmp_path / f"ENT2D.{TODAY:%Y%m%d}.tgz", files))
    with lifted():
        found = dict(
            db.session.execute(
                select(SourceKey.key, Person.first_name).join(Person).where(SourceKey.key.like("%-501"))
            ).all()
        )
    assert found == {"nantes-501": "Zoé", "lyon-501": "Paul"}


def test_a_personal_datum_is_in_no_problem_nor_in_the_journal(feed, tmp_path):
    files = foreign()
    files[named(1, "Eleve")] = document(
        add(
            "Eleve",
            "502",
            {
                **PUPIL,
                "ENTPersonDateNaissance": ["SECRETE"],
                "ENTElevePersRelEleve": ["SECRETE$1"],
                "ENTEleveINE": ["SECRETE"],
            },
        )
    )
    delivery = feed.apply(tgz(tmp_path / f"ENT2D.{TODAY:%Y%m%d}.tgz", files))
    assert len(operations.problems(delivery.id)) >= 3
    assert count("SELECT count(*) FROM feed_problem WHERE feed_problem::text LIKE '%SECRETE%'") == 0
    assert count("SELECT count(*) FROM journal_entry WHERE details::text ~ 'SECRETE|DIAYE|Zoé'") == 0
