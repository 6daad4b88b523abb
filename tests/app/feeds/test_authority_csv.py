"""The tables of a local authority are read whatever the spreadsheet did to them."""

# Tables are read as they are written.
# ruff: noqa: E501

from __future__ import annotations

import pytest

from preau.socle.integration.feeds.authority_columns import kind_of, uai_of
from preau.socle.integration.feeds.authority_csv import read_table
from preau.socle.integration.feeds.authority_people import People
from preau.socle.integration.feeds.errors import FeedError, ProblemLog

pytestmark = pytest.mark.sdet("SOC-INT-IED-01")
UAI = "0630101T"


def read(*files: tuple[str, str | bytes]):
    problems = ProblemLog()
    people = People(problems, frozenset({UAI, "0630102U"}))
    for name, content in files:
        raw = content if isinstance(content, bytes) else content.encode()
        for line in read_table(raw, name, kind_of(name), problems).lines:
            people.add(line, name, uai_of(name) or UAI, kind_of(name))
    return list(people.found.values()), [(p.code, p.file, p.position) for p in problems.kept]


PUPILS = "Prénom*;Nom*;Date de naissance*;Classes*\nZoé;N'DIAYE;12/03/2012;CP A\nMalo;ROY;01/02/2013;CP A,Chorale\n"


def test_the_edifice_model():
    (zoe, malo), problems = read(("Eleves.csv", "\ufeff" + PUPILS))
    assert (zoe.category, zoe.values["last_name"], zoe.profiles[0].profile) == ("pupil", "N'DIAYE", "pupil")
    assert [m.code for m in malo.memberships] == ["CP A", "Chorale"]
    assert not problems
    assert read(("Eleves.csv", PUPILS))[0][0].key == zoe.key


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "windows-1252", "utf-16"])
@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_encoding_the_separator_and_the_ends_of_line_do_not_matter(encoding, separator, end):
    text = PUPILS.replace("CP A,Chorale", "CP A").replace(";", separator).replace("\n", end)
    people, problems = read(("eleves.csv", text.encode(encoding)))
    assert [(p.values["first_name"], p.values["last_name"]) for p in people] == [
        ("Zoé", "N'DIAYE"),
        ("Malo", "ROY"),
    ]
    assert not problems


def test_ligatures_and_the_euro_come_out_of_windows_1252():
    people, _ = read(("agents.csv", "Nom;Prénom;Fonction\nLECŒUR;Anaïs;Régie €\n".encode("windows-1252")))
    assert (people[0].values["last_name"], people[0].profiles[0].function_code) == ("LECŒUR", "Régie €")


def test_a_bytes_order_mark_that_lies_is_said():
    raw = b"\xef\xbb\xbf" + "Nom;Prénom\nROY;Zoé\n".encode("windows-1252")
    people, problems = read(("agents.csv", raw))
    assert people[0].values["first_name"] == "Zoé"
    assert problems == [("PRE-FED-206", "agents.csv", 0)]


def test_newlines_inside_quotes_are_one_cell_and_lines_keep_their_number():
    people, problems = read(
        ("agents.csv", 'Nom;Prénom;Adresse\nROY;Anne;"1 rue du Lac\nbâtiment B"\n;Sans;nom\nPETIT;Lou;x\n')
    )
    assert [p.values["address_lines"] for p in people] == ["1 rue du Lac bâtiment B", "x"]
    assert problems == [("PRE-FED-402", "agents.csv", 4)]


def test_onde_by_position_with_repeated_headers():
    pupils = "Nom Elève;Nom d'usage Elève;Prénom Elève;Date naissance;Sexe;Adresse1;Cp1;Commune1;Pays1;Adresse2;Cp2;Commune2;Pays2; Cycle;Niveau;Classe;Attestation fournie\nROY;;Malo;2013-02-01;M;;;;;;;;;CYCLE II;CP;CP A;Oui\n"
    guardians = (
        "Civilité Responsable;Nom usage responsable;Nom responsable;Prénom responsable;Courriel;"
        "Nom d'usage enfant;Nom de famille enfant;Prénom enfant;Classes enfants;"
        "Nom d'usage enfant;Nom de famille enfant;Prénom enfant;Classes enfants\n"
        "MME;;ROY;Hélène;h@x.example;;ROY;Malo;CP A;;ROY;Inconnu;CE1\n"
        "M.;;ROY;Paul;p@x.example;;ROY;Malo;CP A\n"
    )
    (pupil, mother, father), problems = read(
        ("CSVExtraction-eleves.csv", pupils.encode("latin-1")),
        ("CSVExtraction-responsables.csv", guardians.encode("latin-1")),
    )
    assert (pupil.values["civility"], pupil.values["level"]) == ("M.", "CP")
    assert [tie.person_key for tie in pupil.relations] == [mother.key, father.key]
    assert mother.values["civility"] == "Mme"
    assert problems == [("PRE-FED-406", "CSVExtraction-responsables.csv", 2)]


def test_a_responsible_of_nobody_does_not_enter():
    people, problems = read(
        ("eleves.csv", PUPILS), ("responsables.csv", "Nom;Prénom;Nom enfant;Prénom enfant\nX;Y;Z;T\nU;V;;\n")
    )
    assert {p.category for p in people} == {"pupil"}
    assert [p[0] for p in problems] == ["PRE-FED-406", "PRE-FED-406"]


def test_the_same_agent_on_two_lines_is_one_person_with_both_classes():
    (agent,), problems = read(
        ("agents.csv", "Nom;Prénom;Fonction;Classes\nROY;Anne;ATSEM;PS\nRoy;ANNE;ATSEM;MS\n")
    )
    assert [m.code for m in agent.memberships] == ["PS", "MS"]
    assert (agent.profiles[0].profile, agent.profiles[0].function_code) == ("authority", "ATSEM")
    assert problems == [("PRE-FED-411", "agents.csv", 3)]


def test_two_pupils_of_one_name_need_something_to_tell_them_apart():
    people, problems = read(("eleves.csv", "Nom;Prénom;Classes\nROY;Malo;CP\nROY;Malo;CE1\n"))
    assert [m.code for p in people for m in p.memberships] == ["CP"]
    assert problems == [("PRE-FED-408", "eleves.csv", 3)]
    people, problems = read(("eleves.csv", "Identifiant;Nom;Prénom;Classes\n1;ROY;Malo;CP\n2;ROY;Malo;CE1\n"))
    assert len(people) == 2
    assert not problems


def test_the_school_is_told_by_the_line_the_file_or_the_folder():
    for name, line in (
        ("agents.csv", "0630102U;ROY;Anne"),
        ("agents_0630102U.csv", ";ROY;Anne"),
        ("École du Lac@12_0630102u/agents.csv", ";ROY;Anne"),
    ):
        people, problems = read((name, f"UAI;Nom;Prénom\n{line}\n"))
        assert people[0].profiles[0].structure_key == "0630102U"
        assert not problems


@pytest.mark.parametrize(
    ("table", "code"),
    [
        ("Nom;Prenom;Groupe sanguin\n;Zoe;A\nROY;Malo;B\n", ["PRE-FED-404", "PRE-FED-402"]),
        ("Nom;Prenom\nROY;Zoe;x\nROY;Malo\n", ["PRE-FED-403"]),
        ("Nom;Prenom;INE\nROY;Zo\nROY;Malo;\n", ["PRE-FED-403"]),
        (
            "Nom;Prenom;Courriel;INE;Date de naissance\nROY;Malo;pas un courriel;12;32/13/2015\n",
            ["PRE-FED-305", "PRE-FED-311", "PRE-FED-413"],
        ),
        ("UAI;Nom;Prenom\n0000000A;X;Y\n0630101T;ROY;Malo\n", ["PRE-FED-409"]),
        ("Nom;Prenom\n" + "x" * 600 + ";Y\nROY;Malo\n", ["PRE-FED-315"]),
        ("Nom;Prenom\nROY;Ma\x00l\x1bo\n", ["PRE-FED-208"]),
    ],
)
def test_a_wrong_line_or_value_is_said_and_the_rest_goes_in(table, code):
    people, problems = read(("eleves.csv", table))
    assert [person.values["first_name"] for person in people] == ["Malo"]
    assert [problem[0] for problem in problems] == code


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "PRE-FED-401"),
        (b"a;b\n1;2\n", "PRE-FED-401"),
        (b"\x00\xff" * 100, "PRE-FED-401"),
        (b'nom;prenom\n"' + b"x" * 200_000, "PRE-FED-407"),
        (b'nom;prenom\nROY;Anne\n"ROY;Malo\nPETIT;Lou\n', "PRE-FED-407"),
        (b'nom;prenom\nROY;"An"ne\n', "PRE-FED-407"),
    ],
)
def test_what_is_no_list_of_people_is_refused(content, code):
    with pytest.raises(FeedError) as refused:
        read(("eleves.csv", content))
    assert refused.value.code == code
