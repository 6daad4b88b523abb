"""Local authority files become the same records."""

# Records are easier to compare on one line.
# ruff: noqa: E501

import pytest

from preau.socle.integration.feeds.authority_csv import profile_of, read_people
from preau.socle.integration.feeds.errors import FeedError, ProblemLog

pytestmark = pytest.mark.sdet("SOC-INT-IED-01")


def read(*files: tuple[str, bytes]):
    problems, index = ProblemLog(), {}
    people = [
        p
        for name, content in files
        for p in read_people(content, name, "31", profile_of(name), index, problems)
    ]
    return people, problems


PUPILS = "\ufeffPrénom*;Nom*;Date de naissance*;Classes*\nZoé;N'DIAYE;12/03/2012;CP A\nMalo;ROY;01/02/2013;CP A,Chorale\n".encode()


def test_the_edifice_model():
    (zoe, malo), problems = read(("Eleves.csv", PUPILS))
    assert (zoe.category, zoe.values["last_name"], zoe.profiles[0].profile) == ("pupil", "N'DIAYE", "pupil")
    assert [m.code for m in malo.memberships] == ["CP A", "Chorale"]
    assert not problems.kept
    assert read(("Eleves.csv", PUPILS))[0][0].key == zoe.key


def test_onde_in_latin_1_by_position_with_repeated_headers():
    pupils = "Nom Elève;Nom d'usage Elève;Prénom Elève;Date naissance;Sexe; Cycle;Niveau;Classe\nROY;;Malo;2013-02-01;M;CYCLE II;CP;CP A\n"
    guardians = (
        "Civilité Responsable;Nom usage responsable;Nom responsable;Prénom responsable;Courriel;"
        "Nom d'usage enfant;Nom de famille enfant;Prénom enfant;Classes enfants;"
        "Nom d'usage enfant;Nom de famille enfant;Prénom enfant;Classes enfants\n"
        "MME;;ROY;Hélène;h@x.example;;ROY;Malo;CP A;;ROY;Inconnu;CE1\n"
    )
    people, problems = read(
        ("CSVExtraction-eleves.csv", pupils.encode("latin-1")),
        ("CSVExtraction-responsables.csv", guardians.encode("latin-1")),
    )
    pupil, tie, guardian = people
    assert (pupil.values["civility"], pupil.values["level"]) == ("M.", "CP")
    assert (tie.operation, tie.key, tie.relations[0].person_key) == ("relate", pupil.key, guardian.key)
    assert guardian.values["civility"] == "Mme"
    assert [problem.code for problem in problems.kept] == ["PRE-FED-406"]


def test_the_agents_of_an_authority():
    (agent,), _ = read(("agents.csv", b"nom;prenom;fonction\nROY;Anne;ATSEM\n"))
    assert (agent.profiles[0].profile, agent.profiles[0].function_code) == ("authority", "ATSEM")


def test_a_line_without_name_is_said_and_the_rest_goes_in():
    people, problems = read(("eleves.csv", b"Nom;Prenom;Groupe sanguin\n;Zoe;A\nROY;Malo;B\n"))
    assert [person.values["first_name"] for person in people] == ["Malo"]
    assert [problem.code for problem in problems.kept] == ["PRE-FED-404", "PRE-FED-402"]


@pytest.mark.parametrize(
    "content", [b"", b"a;b\n1;2\n", b"\x00\xff" * 100, b'nom;prenom\n"' + b"x" * 200_000]
)
def test_what_is_no_list_of_people_is_refused(content):
    with pytest.raises(FeedError):
        read(("eleves.csv", content))
