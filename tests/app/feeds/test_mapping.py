"""Records of both degrees say the same thing in neutral words."""

# Records are easier to compare on one line.
# ruff: noqa: E501

import io
from datetime import date

import pytest

from preau.socle.integration.feeds.errors import ProblemLog
from preau.socle.integration.feeds.fields import Context
from preau.socle.integration.feeds.mapping import map_records
from preau.socle.integration.feeds.nomenclature import valid_uai
from preau.socle.integration.feeds.reader import RecordReader
from preau.socle.integration.feeds.records import MembershipRecord, RemovalRecord
from tests.support.deliveries import PUPIL, add, delete, document, modify

pytestmark = pytest.mark.sdet("SOC-INT-IED-01")


def mapped(*records: str, degree: str = "2D", prefix: str = ""):
    problems = ProblemLog()
    reader = RecordReader(io.BytesIO(document(*records)), "f.xml", problems)
    return list(map_records(reader, degree, Context(problems, prefix))), [p.code for p in problems.kept]


def pupil(**changes):
    (person,), codes = mapped(add("Eleve", "501", {**PUPIL, **changes}))
    return person, codes


def staff(**attributes):
    base = {"sn": ["A"], "givenName": ["B"], "ENTPersonStructRattach": ["43"]}
    (person,), codes = mapped(add("PersEducNat", "7", {**base, **attributes}))
    return person, codes


def test_a_pupil_of_college():
    person, codes = pupil()
    assert (person.values["last_name"], person.values["birth_date"]) == ("N'DIAYE", date(2012, 3, 12))
    assert [(p.structure_key, p.profile) for p in person.profiles] == [("43", "pupil")]
    assert person.memberships == [MembershipRecord("43", "class", "6EME A")]
    assert [(r.person_key, r.link, r.legal, r.financial) for r in person.relations] == [
        ("900", "mother", 1, True),
        ("901", "father", 2, False),
    ]
    assert not codes


def test_an_empty_value_keeps_what_is_known_except_where_emptiness_erases():
    person, _ = pupil(ENTEleveMEF=[""], ENTPersonVille=[""], ENTEleveRegime=[""])
    assert person.values["mef"] is None
    assert person.values["town"] is None
    assert "mail" not in person.values
    assert "regime" not in person.values


def test_in_a_modification_an_empty_value_erases_and_silence_says_nothing():
    (person,), _ = mapped(modify("Eleve", "501", {"sn": ["ROY"], "mail": [""]}))
    assert person.values == {"last_name": "ROY", "mail": None}
    assert (person.profiles, person.memberships, person.relations) == (None, None, None)


@pytest.mark.parametrize("code", ["1ERE ES2", "-1ERE EA", "6°1", "TLE GÉN. 4", "3$B"])
def test_class_codes_are_free_text(code):
    person, codes = pupil(ENTEleveClasses=[f"43${code}"])
    assert person.memberships[0].code == code
    assert not codes


@pytest.mark.parametrize(
    ("attribute", "value"),
    [("ENTElevePersRelEleve", "900$20$1"), ("ENTEleveClasses", "43"), ("ENTEleveClasses", "$6A")],
)
def test_a_value_with_the_wrong_number_of_fields_is_left_aside_alone(attribute, value):
    person, codes = pupil(**{attribute: [value, *PUPIL[attribute]]})
    assert person.memberships == [MembershipRecord("43", "class", "6EME A")]
    assert len(person.relations) == 2
    assert codes == ["PRE-FED-304"]


def test_old_relations_are_read_when_the_six_fields_are_absent():
    attributes = {name: values for name, values in PUPIL.items() if name != "ENTElevePersRelEleve"}
    (person,), _ = mapped(add("Eleve", "5", {**attributes, "ENTElevePere": ["901"], "ENTEleveMere": ["900"], "ENTEleveAutoriteParentale": ["900"],
                                             "ENTElevePersRelEleve1": ["902"], "ENTEleveQualitePersRelEleve1": ["FINANCIER"]}))  # fmt: skip
    assert {(r.person_key, r.link, r.legal, r.financial) for r in person.relations} == {
        ("901", "father", 0, False),
        ("900", "mother", 1, False),
        ("902", "other", 0, True),
    }


def test_a_pupil_of_age_answers_for_himself():
    person, _ = pupil(ENTElevePersRelEleve=["501$70$1$1$1$1"])
    assert [(r.person_key, r.link) for r in person.relations] == [("501", "self")]


def test_a_pupil_of_ecole():
    (person,), codes = mapped(
        add("Eleve", "61", {"ENTPersonNom": ["LE-GALL"], "ENTPersonPrenom": ["Malo"], "ENTPersonCivilite": ["M."],
                            "ENTEleveNiveau": ["0011$COURS PREPARATOIRE"], "ENTPersonStructRattach": ["31"],
                            "ENTPersonClasses": ["31$$x$14$CP A"], "ENTEleveAutoriteParentale": ["90$2", "91$1"],
                            "ENTEleveGarderieSoir": ["O"]}),
        degree="1D",
    )  # fmt: skip
    assert (person.values["last_name"], person.values["mef"], person.values["level"]) == (
        "LE-GALL",
        "0011",
        "COURS PREPARATOIRE",
    )
    assert person.values["care_evening"] is True
    assert person.memberships == [MembershipRecord("31", "class", "14", "member", "CP A")]
    assert [(r.person_key, r.link, r.legal) for r in person.relations] == [
        ("90", "mother", 1),
        ("91", "father", 1),
    ]
    assert not codes


def test_functions_become_profiles():
    person, codes = staff(
        ENTPersonFonctions=[
            "43$ENS$ENSEIGNEMENT$L1000$HISTOIRE GEOGRAPHIE",
            "44$DIR$DIRECTION$D0011$ADJOINT",
            "45$EDU$EDUCATION$-$",
            "46$ZZZ$?$-$",
        ]
    )
    assert [(p.structure_key, p.profile, p.national) for p in person.profiles] == [
        ("43", "teacher", "National_ENS"),
        ("44", "head", "National_DIR"),
        ("45", "staff", "National_EVS"),
        ("46", "staff", "National_ETA"),
    ]
    assert codes == ["PRE-FED-309"]


def test_who_has_no_function_is_told_by_the_category_of_teacher():
    assert staff(ENTPersonCategorieEnseignant=["O"])[0].profiles[0].profile == "teacher"
    assert staff(ENTPersonCategorieEnseignant=["N"])[0].profiles[0].profile == "staff"
    assert [p.profile for p in staff(ENTEnsFonctionDir=["43"])[0].profiles] == ["head"]


def test_teachings_keep_classes_whose_code_has_a_dollar():
    person, _ = staff(
        ENTAuxEnsClassesMatieres=["43$6EME A$030201", "43$3$B$061300"],
        ENTAuxEnsClassesPrincipal=["43$6EME A"],
    )
    assert [(t.code, t.subject_code) for t in person.teachings] == [("6EME A", "030201"), ("3$B", "061300")]
    assert [(m.code, m.role) for m in person.memberships] == [("6EME A", "form_teacher")]


def test_an_unknown_attribute_is_kept_raw_and_said_once():
    records = [add("Eleve", str(n), {**PUPIL, "ENTNouveau": ["x"]}) for n in range(5)]
    people, codes = mapped(*records)
    assert people[0].extra == {"ENTNouveau": ["x"]}
    assert codes == ["PRE-FED-301"]


def test_the_keys_of_each_academy_are_its_own():
    (person,), _ = mapped(add("Eleve", "501", PUPIL), prefix="lyon-")
    assert person.key == "lyon-501"
    assert person.memberships[0].structure_key == "lyon-43"
    assert person.relations[0].person_key == "lyon-900"


def test_structures_of_both_ages_of_the_format():
    recent = {"ENTStructureUAI": ["0850335C"], "ENTStructureNomCourant": ["CLG$TEILHARD$CHAMALIERES"], "ENTStructureTypeStruct": ["COLLEGE"],
              "ENTStructureClasses": ["6EME A$Sixième A$10010012110$10010012111"], "ENTEtablissementStructRattachFctl": ["9"]}  # fmt: skip
    old = {
        "ENTEtablissementUAI": ["0692165D"],
        "ENTStructureNomCourant": ["LYC-PASCAL-ac-LYON"],
        "ENTStructureTypeStruct": ["LYCEE"],
    }
    zone = {
        "ENTStructureUAI": ["1004001V"],
        "ENTStructureNomCourant": ["Z.REMP- LYON"],
        "ENTStructureTypeStruct": ["SANS OBJET"],
    }
    found, codes = mapped(
        *(add("EtabEducNat", str(n), a, "categorieStructure") for n, a in enumerate((recent, old, zone)))
    )
    assert [s.values["kind"] for s in found] == ["college", "lycee", "remplacement"]
    assert found[0].values["name"] == "Collège Teilhard – Chamalieres"
    assert [s.values["name"] for s in found[1:]] == ["Lycée Pascal", "Zone de remplacement Lyon"]
    assert (found[0].classes[0].label, found[0].classes[0].parts, found[0].attached_to) == (
        "Sixième A",
        ("10010012110", "10010012111"),
        ["9"],
    )
    assert codes == ["PRE-FED-306"]


@pytest.mark.parametrize("uai", ["0850335C", "0692165D", "0291595B", "0290009C", "0771991W"])
def test_real_uai_have_a_valid_letter(uai):
    assert valid_uai(uai)
    assert not valid_uai(f"{uai[:7]}{'A' if uai[7] != 'A' else 'B'}")


def test_a_removal_says_what_goes():
    (removal,), _ = mapped(delete("Eleve", "501"))
    assert isinstance(removal, RemovalRecord)
    assert (removal.key, removal.target, removal.category) == ("501", "person", "Eleve")


def test_a_person_without_name_is_left_out_and_the_value_of_nothing_is_said():
    people, codes = mapped(
        add("Eleve", "501", {**PUPIL, "sn": [""]}),
        add("Eleve", "502", {**PUPIL, "ENTPersonDateNaissance": ["SECRET"]}),
    )
    assert [person.key for person in people] == ["502"]
    assert codes == ["PRE-FED-307", "PRE-FED-305"]
