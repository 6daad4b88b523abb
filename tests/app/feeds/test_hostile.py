"""Archives made to break the import: each is refused whole, or costs the records that are wrong."""

# Records are read as they are written.
# ruff: noqa: E501

from __future__ import annotations

import os
import re

import pytest
from sqlalchemy import text

from preau.kernel.database import db
from preau.kernel.tenancy import lifted
from preau.socle.integration.feeds import operations
from preau.socle.integration.feeds.errors import FeedError
from tests.support.deliveries import PUPIL, add, delete, document, modify, tgz

from .conftest import TODAY, count, directory
from .test_foreign_archive import FATHER, MOTHER, SCHOOL, named

pytestmark = pytest.mark.sdet("SOC-INT-IED-01", "SOC-INT-IED-16", "SOC-INT-IED-22")


@pytest.fixture
def deliver(feed, tmp_path):
    def deliver(**files):
        content = {named(0, "EtabEducNat"): document(SCHOOL)}
        for name, raw in files.items():
            category, _, rank = name.partition("_")
            content[named(int(rank or 0), category)] = raw
        return feed.apply(tgz(tmp_path / f"ENT2D.{TODAY:%Y%m%d}.tgz", content), approve=True)

    return deliver


def pupil(key="501", **changes):
    return add("Eleve", key, {**PUPIL, "ENTPersonJointure": [key], **changes})


def names() -> dict[str, tuple[str, str]]:
    with lifted():
        rows = db.session.execute(
            text("SELECT k.key, p.first_name, p.last_name FROM source_key k JOIN person p ON p.id = k.person_id WHERE k.source = 'aaf2d'")
        ).all()  # fmt: skip
        db.session.rollback()
    return {key: (first, last) for key, first, last in rows}


def codes(delivery) -> set[str]:
    return {problem.code for problem in operations.problems(delivery.id)}


def noise(length: int) -> str:
    """Text that no compression shortens: an index entry of that size does not fit."""
    return os.urandom(length).hex()[:length]


@pytest.mark.parametrize(
    "changes",
    [
        {"sn": [noise(9000)]},
        {"ENTEleveINE": [noise(9000)]},
        {"ENTEleveClasses": ["43$" + noise(9000)]},
        {"ENTPersonStructRattach": [noise(9000)]},
        {"ENTElevePersRelEleve": [noise(9000) + "$1$1$1$1$1"]},
        {"ENTPersonAdresse": [noise(200_000)]},
        {"ENTEleveMEF": [noise(9000)]},
        {"ENTPersonDateNaissance": ["99/99/9999"]},
        {"ENTPersonDateNaissance": ["01/01/0001"]},
        {"ENTNouveau": [noise(300_000)]},
    ],
)
def test_a_value_of_any_size_stops_nobody_else(deliver, changes):
    delivery = deliver(Eleve=document(pupil(**changes), pupil("502", givenName=["Après"])))
    assert delivery.state == "applied"
    assert names()["502"] == ("Après", "N'DIAYE")


def test_a_key_or_a_code_of_any_size_stops_nobody_else(deliver):
    long = noise(9000)
    delivery = deliver(
        Eleve=document(pupil(long), delete("Eleve", long), modify("Eleve", long, {"sn": ["A"]}), pupil("502")),
        EtabEducNat_1=document(
            SCHOOL.replace("6EME A$6EME A", f"{long}$6EME A").replace(">43<", ">44<"),
            SCHOOL.replace("0850335C", long).replace(">43<", ">45<"),
        ),
        MatiereEducNat=document(add("MatEducNat", long, {"ENTLibelleMatiere": [long]}, "categorieMatiere")),
        PersEducNat=document(add("PersEducNat", "7", {
            "sn": ["A"], "givenName": ["B"], "ENTPersonStructRattach": ["43"],
            "ENTAuxEnsClassesMatieres": [f"43$6EME A${long}"], "ENTPersonFonctions": [f"43${long}$x$-$"]})),
    )  # fmt: skip
    assert set(names()) == {"502", "7"}
    assert "PRE-FED-315" in codes(delivery)


def test_a_record_of_ten_megabytes_refuses_the_delivery(deliver):
    before = directory()
    with pytest.raises(FeedError) as refused:
        deliver(Eleve=document(pupil(ENTPersonAdresse=["x" * 10_000_000])))
    assert refused.value.code == "PRE-FED-203"
    assert directory() == before


def test_one_wrong_byte_costs_one_name_and_garbles_no_other(deliver):
    raw = document(pupil(givenName=["Zoé"]), pupil("502", givenName=["Zoé"]), pupil("503", givenName=["Zoé"]))
    second = raw.index("Zoé".encode(), raw.index("Zoé".encode()) + 4)
    delivery = deliver(Eleve=raw[: second + 2] + b"\xff" + raw[second + 4 :])
    assert names()["501"][0] == names()["503"][0] == "Zoé"
    assert names()["502"][0] == "Zoÿ"
    assert "PRE-FED-206" in codes(delivery)


def test_what_calls_itself_latin_1_and_is_windows_1252_keeps_its_ligatures(deliver):
    raw = document(pupil(sn=["LECŒUR"]), encoding="windows-1252").replace(b"windows-1252", b"ISO-8859-1")
    deliver(Eleve=raw)
    assert names()["501"][1] == "LECŒUR"


def test_control_characters_and_nul_leave_the_names(deliver):
    raw = document(pupil(givenName=["Zoé"])).replace("Zoé".encode(), b"Z\x00o\x07\xc3\xa9")
    delivery = deliver(Eleve=raw)
    assert names()["501"][0] == "Zoé"
    assert "PRE-FED-208" in codes(delivery)


def test_the_same_key_in_two_files_is_applied_once_said_and_stays_put(deliver):
    files = {
        "Eleve": document(pupil(givenName=["Premier"])),
        "Eleve_1": document(pupil(givenName=["Second"], ENTEleveClasses=["43$6EME B"])),
    }
    delivery = deliver(**files)
    assert names()["501"][0] == "Premier"
    assert "PRE-FED-313" in codes(delivery)
    before = directory()
    deliver(**files)
    assert directory() == before


def test_the_same_key_twice_in_one_file_is_applied_once_too(deliver):
    files = {"Eleve": document(pupil(givenName=["Premier"]), pupil(givenName=["Second"]))}
    assert "PRE-FED-313" in codes(deliver(**files))
    assert names()["501"][0] == "Premier"
    before = directory()
    assert not deliver(**files).counts["applied"]
    assert directory() == before


def test_a_child_with_forty_parents_has_them_all(deliver):
    ties = [f"{900 + n}$10$0$1$1$0" for n in range(40)]
    parents = [
        add("PersRelEleve", str(900 + n), {**FATHER, "ENTPersonJointure": [str(900 + n)]}) for n in range(40)
    ]
    deliver(Eleve=document(pupil(ENTElevePersRelEleve=[*ties, *ties])), PersRelEleve=document(*parents))
    assert count("SELECT count(*) FROM relation WHERE source = 'aaf2d'") == 40


def test_two_hundred_thousand_empty_records_are_counted_not_kept(deliver):
    empty = b"<addRequest></addRequest>" * 200_000
    delivery = deliver(Eleve=document(pupil()).replace(b"<ficAlimMENESR>", b"<ficAlimMENESR>" + empty))
    assert delivery.counts["problems"] >= 200_000
    assert count("SELECT count(*) FROM feed_problem WHERE delivery_id = :id", id=delivery.id) < 1000
    assert "501" in names()


@pytest.mark.parametrize(
    "content",
    [
        b"<?xml version='1.0'?><html><body>ficAlimMENESR</body></html>",
        document(pupil()).replace(b"ficAlimMENESR>", b"ficAlim>"),
        document(pupil(), encoding="utf-32", doctype=False),
        document(pupil(), encoding="utf-16", doctype=False)[2:],
        document(pupil()).replace(b"utf-8", b"utf-7"),
        b"",
        re.sub(b"\n", b"", document(pupil()))[:-1],
    ],
)
def test_what_is_no_aaf_file_refuses_the_delivery_and_writes_nothing(deliver, content):
    before = directory()
    with pytest.raises(FeedError) as refused:
        deliver(Eleve=content)
    assert refused.value.code.startswith("PRE-FED-2")
    assert directory() == before


def test_a_file_of_the_first_degree_in_a_delivery_of_the_second_is_read_as_its_header_says(deliver):
    first = add("Eleve", "61", {"ENTPersonNom": ["LE GALL"], "ENTPersonPrenom": ["Malo"], "ENTPersonStructRattach": ["43"],
                                "ENTPersonClasses": ["43$$x$14$CP A"], "ENTEleveNiveau": ["0011$CP"]})  # fmt: skip
    delivery = deliver(
        Eleve=document('<!--degre="1D"-->\n', first), Eleve_1=document('<!--degre="2D"-->\n', pupil())
    )
    assert names() == {"61": ("Malo", "LE GALL"), "501": ("Zoé", "N'DIAYE")}
    assert not codes(delivery) & {"PRE-FED-301", "PRE-FED-307"}


def test_modifying_and_deleting_somebody_unknown_changes_nothing(deliver):
    before = directory()
    deliver(
        Eleve=document(
            modify("Eleve", "nobody", {"sn": ["ROY"]}),
            delete("Eleve", "nobody"),
            delete("EtabEducNat", "999"),
        )
    )
    after = directory()
    assert [row for row in after if row not in before and row[0] not in ("structure", "group")] == []


def test_a_structure_another_source_feeds_is_said(feed, deliver, tmp_path):
    deliver(Eleve=document(pupil()), PersRelEleve=document(add("PersRelEleve", "900", MOTHER)))
    files = {f"ENT_SAPIA_Complet_{TODAY:%Y%m%d}_EtabEducNat_0000.xml": document(SCHOOL.replace(">43<", ">77<")),
             f"ENT_SAPIA_Complet_{TODAY:%Y%m%d}_Eleve_0000.xml": document(pupil("601", ENTPersonStructRattach=["77"], ENTEleveClasses=["77$6EME A"]))}  # fmt: skip
    delivery = feed.apply(tgz(tmp_path / f"SAPIA.{TODAY:%Y%m%d}.tgz", files))
    assert "PRE-FED-316" in codes(delivery)
    again = directory()
    deliver(Eleve=document(pupil()), PersRelEleve=document(add("PersRelEleve", "900", MOTHER)))
    assert directory() == again


def test_a_school_whose_key_changed_keeps_its_people(deliver):
    deliver(Eleve=document(pupil()))
    moved = document(pupil(ENTPersonStructRattach=["4300"], ENTEleveClasses=["4300$6EME A"]))
    deliver(EtabEducNat=document(SCHOOL.replace(">43<", ">4300<")), Eleve=moved)
    here = "JOIN structure t ON t.id = f.structure_id WHERE t.uai = '0850335C' AND t.key = '4300'"
    assert count(f"SELECT count(*) FROM profile f {here} AND f.left_on IS NULL") == 1  # noqa: S608
    assert count("SELECT count(*) FROM structure WHERE uai = '0850335C'") == 1


def test_a_class_declared_twice_is_one_class(deliver):
    deliver(
        EtabEducNat=document(
            SCHOOL.replace(
                "</value></attr></attributes>", "</value><value>6EME A$autre$</value></attr></attributes>"
            )
        ),
        Eleve=document(pupil()),
    )
    assert (
        count(
            "SELECT count(*) FROM grouping g JOIN structure t ON t.id = g.structure_id WHERE t.uai = '0850335C'"
        )
        == 1
    )


def test_two_schools_may_have_a_class_of_the_same_name(deliver):
    other = SCHOOL.replace(">43<", ">44<").replace("0850335C", "0692165D")
    deliver(
        EtabEducNat_1=document(other),
        Eleve=document(pupil(), pupil("502", ENTPersonStructRattach=["44"], ENTEleveClasses=["44$6EME A"])),
    )
    assert count("SELECT count(*) FROM grouping WHERE code = '6EME A' AND source = 'aaf2d'") == 2
    assert count("SELECT count(DISTINCT group_id) FROM membership WHERE source = 'aaf2d'") == 2


def test_a_pupil_of_age_is_nobody_s_guardian(deliver):
    deliver(Eleve=document(pupil(ENTElevePersRelEleve=["501$70$1$1$1$1"])))
    assert count("SELECT count(*) FROM profile WHERE kind = 'guardian' AND source = 'aaf2d'") == 0
    assert count("SELECT count(*) FROM relation WHERE link = 'self' AND guardian_id = pupil_id") == 1
