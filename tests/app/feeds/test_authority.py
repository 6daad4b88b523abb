"""A local authority's tables, from the drop to the directory, beside what the academy delivers."""

# Tables and queries are read as they are written.
# ruff: noqa: E501

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from preau.demo.export import requests
from preau.kernel import jobs
from preau.kernel.database import db
from preau.kernel.tenancy import lifted
from preau.socle.integration.feeds import commands, operations
from preau.socle.integration.feeds.authority_columns import TEMPLATES
from preau.socle.integration.feeds.errors import FeedError
from tests.support.deliveries import tgz, zipped

from .conftest import TODAY, count, directory

pytestmark = pytest.mark.sdet("SOC-INT-IED-01")
HOME = "/administration/alimentation/"
A, B = "0630901P", "0630902R"
SCHOOLS = (
    f"UAI;Nom;Type;Commune\n{A};École du Lac;ECOLE PRIMAIRE;Aydat\n{B};École du Puy;ECOLE PRIMAIRE;Orcines\n"
)
PUPILS = f"UAI;Nom;Prénom;Date de naissance;Niveau;Classes\n{A};ROY;Zoé;12/03/2017;CP;CP A\n{A};ROY;Malo;01/09/2016;CE1;CE1\n{B};PETIT;Lou;05/05/2015;CM1;CM1\n"
PARENTS = f"UAI;Civilité;Nom;Prénom;Courriel;Nom enfant;Prénom enfant;Nom enfant;Prénom enfant\n{A};Mme;ROY;Anaïs;a@x.example;ROY;Zoé;ROY;Malo\n"
AGENTS = f"UAI;Nom;Prénom;Date de naissance;Fonction;Classes\n{A};LOPEZ;Inès;21/01/1979;ATSEM;CP A\n{B};BERNARD;Paul;02/02/1970;ATSEM;CM1\n"


@pytest.fixture
def deliver(feed, tmp_path):
    def deliver(files, day=TODAY, name="communes", make=zipped, **options):
        raw = {each: content.encode() for each, content in files.items()}
        path = make(tmp_path / f"{name}.{day:%Y%m%d}{'.zip' if make is zipped else '.tgz'}", raw)
        return feed.apply(path, **options)

    return deliver


WHOLE = {
    "etablissements.csv": SCHOOLS,
    "eleves.csv": PUPILS,
    "responsables.csv": PARENTS,
    "agents.csv": AGENTS,
}


def profiles():
    with lifted():
        rows = db.session.execute(
            text(
                "SELECT p.first_name, t.uai, f.kind, f.source, f.left_on IS NULL FROM profile f JOIN person p ON p.id = f.person_id"
                " JOIN structure t ON t.id = f.structure_id WHERE f.source <> 'manual' ORDER BY 1, 2, 3"
            )
        ).all()
        db.session.rollback()
    return {(name, uai, kind): (source, here) for name, uai, kind, source, here in rows}


def present():
    return {row for row, (_source, here) in profiles().items() if here}


@pytest.mark.parametrize("make", [zipped, tgz])
def test_schools_pupils_families_and_agents_go_in(deliver, make):
    delivery = deliver(WHOLE, make=make)
    assert (delivery.state, delivery.source, delivery.mode) == ("applied", "authority", "complet")
    assert present() == {
        ("Zoé", A, "pupil"), ("Malo", A, "pupil"), ("Lou", B, "pupil"), ("Anaïs", A, "guardian"),
        ("Inès", A, "authority"), ("Paul", B, "authority"),
    }  # fmt: skip
    assert count("SELECT count(*) FROM membership WHERE source = 'authority'") == 5
    assert (
        count("SELECT count(*) FROM structure WHERE uai = :uai AND kind = 'ecole' AND degree = 1", uai=A) == 1
    )
    assert (
        count(
            "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'security.provision' AND status = 'todo'"
        )
        == 1
    )


def test_the_same_tables_again_write_nothing(deliver):
    deliver(WHOLE)
    before = directory()
    delivery = deliver(WHOLE)
    assert not delivery.counts["applied"]
    assert directory() == before
    assert (
        sum(row["kinds"][kind]["change"] for row in delivery.plan["structures"] for kind in row["kinds"]) == 0
    )


def test_a_table_speaks_only_of_its_schools_and_its_profiles(deliver):
    deliver(WHOLE)
    deliver({f"agents_{A}.csv": "Nom;Prénom;Date de naissance\nNOUVEAU;Yves;01/01/1990\n"})
    assert present() == {
        ("Zoé", A, "pupil"), ("Malo", A, "pupil"), ("Lou", B, "pupil"), ("Anaïs", A, "guardian"),
        ("Yves", A, "authority"), ("Paul", B, "authority"),
    }  # fmt: skip


def test_a_pupil_who_is_no_longer_listed_leaves_and_so_does_the_family(deliver):
    deliver(WHOLE)
    deliver(
        {"eleves.csv": "\n".join(line for line in PUPILS.splitlines() if "ROY" not in line or "Malo" in line)}
    )
    assert ("Zoé", A, "pupil") not in present()
    assert ("Anaïs", A, "guardian") in present()
    deliver({"eleves.csv": f"UAI;Nom;Prénom;Date de naissance\n{A};AUTRE;Ana;01/02/2016\n"})
    assert ("Anaïs", A, "guardian") not in present()
    deliver(WHOLE)
    assert {("Zoé", A, "pupil"), ("Anaïs", A, "guardian")} <= present()


def test_a_responsible_no_longer_listed_is_untied(deliver):
    deliver(WHOLE)
    other = PARENTS.replace("ROY;Anaïs;a@", "ROY;Karim;k@")
    deliver({"eleves.csv": PUPILS, "responsables.csv": other})
    assert ("Anaïs", A, "guardian") not in present()
    assert ("Karim", A, "guardian") in present()


def test_thresholds_hold_a_table_that_lost_its_end(deliver, feed, tmp_path):
    many = "UAI;Nom;Prénom;Date de naissance\n" + "".join(f"{A};ROY{n};Zoé;12/03/2017\n" for n in range(30))
    deliver({"etablissements.csv": SCHOOLS, "eleves.csv": many})
    before = directory()
    with pytest.raises(FeedError) as held:
        deliver({"eleves.csv": many[: len(many) // 2].rpartition("\n")[0]})
    assert held.value.code == "PRE-FED-508"
    assert directory() == before


def test_older_tables_of_the_same_school_are_refused_and_another_school_s_are_not(deliver):
    deliver(WHOLE)
    late = TODAY - timedelta(days=1)
    with pytest.raises(FeedError) as refused:
        deliver({"agents.csv": AGENTS}, day=late)
    assert refused.value.code == "PRE-FED-501"
    deliver({"personnels.csv": f"UAI;Nom;Prénom\n{B};X;Y\n"}, day=late)
    assert ("Y", B, "staff") in present()


def test_beside_the_academy_s_feed_nobody_is_doubled_and_its_word_prevails(load, feed, deliver, academy):
    load()
    school = next(s for s in academy.schools if s.key == "3101")
    child = next(p for p in academy.pupils if p.school == "3101" and p.classroom == "14")
    people = count("SELECT count(*) FROM person")
    pupil = f"{school.uai};{child.last_name};{child.first_name.upper()};{child.birth_date:%d/%m/%Y};CP A"
    deliver({
        "etablissements.csv": f"UAI;Nom\n{school.uai};Un autre nom\n",
        "eleves.csv": f"UAI;Nom;Prénom;Date de naissance;Classes\n{pupil}\n",
        "agents.csv": f"UAI;Nom;Prénom;Fonction;Classes\n{school.uai};LOPEZ;Inès;ATSEM;cp a\n",
    })  # fmt: skip
    assert count("SELECT count(*) FROM person") == people + 1
    assert profiles()[child.first_name, school.uai, "pupil"] == ("aaf1d", True)
    assert count("SELECT count(*) FROM structure WHERE name = 'Un autre nom'") == 0
    assert count("SELECT count(*) FROM grouping g JOIN structure t ON t.id = g.structure_id AND t.uai = :uai WHERE g.kind = 'class'", uai=school.uai) == len(school.classes)  # fmt: skip
    assert (
        count(
            "SELECT count(*) FROM membership m JOIN grouping g ON g.id = m.group_id WHERE m.source = 'authority' AND g.code = '14'"
        )
        == 1
    )
    again = feed.apply(feed.write(list(requests(academy, "1D")), degree="1D"))
    assert not again.counts["applied"]


def test_what_is_wrong_is_said_by_file_line_reason_and_school(deliver):
    delivery = deliver(WHOLE | {
        "eleves.csv": PUPILS + f"{A};;Sans;01/01/2016;CP;CP A\n0639999Z;X;Y;01/01/2016;CP;CP\n",
        "LISEZMOI.pdf": "x",
    })  # fmt: skip
    said = {(p.code, p.file, p.position, p.structure_key) for p in operations.problems(delivery.id)}
    assert ("PRE-FED-402", "eleves.csv", 5, "") in said
    assert ("PRE-FED-409", "eleves.csv", 6, "") in said
    assert ("PRE-FED-113", "LISEZMOI.pdf", 0, "") in said
    assert ("Lou", B, "pupil") in present()
    assert count("SELECT count(*) FROM feed_problem WHERE feed_problem::text ~ 'ROY|Zoé|PETIT'") == 0


def test_a_file_that_does_not_say_whom_it_lists_is_refused(deliver):
    before = directory()
    with pytest.raises(FeedError) as refused:
        deliver({"liste.csv": f"UAI;Nom;Prénom\n{A};ROY;Zoé\n"})
    assert refused.value.code == "PRE-FED-414"
    assert "eleves.csv" in str(refused.value)
    assert directory() == before
    deliver(
        {
            "etablissements.csv": SCHOOLS,
            "liste.csv": f"UAI;Nom;Prénom;Profil\n{A};ROY;Zoé;Enseignant\n{A};X;Y;Invité\n",
        }
    )
    assert present() == {("Zoé", A, "teacher"), ("Y", A, "external")}


def test_a_delta_only_adds_and_changes(deliver):
    deliver(WHOLE)
    deliver(
        {"eleves.csv": f"UAI;Nom;Prénom;Date de naissance;Classes\n{A};ROY;Zoé;12/03/2017;CE1\n"},
        name="communes.Delta",
    )
    assert ("Malo", A, "pupil") in present()


def test_a_lone_table_is_dropped_on_the_page_with_its_school(browser, deliver, tmp_path):
    deliver({"etablissements.csv": SCHOOLS})
    client = browser("admin")
    table = "Nom Elève;Prénom Elève;Date naissance;Classe\nROY;Zoé;2017-03-12;CP A\n;Sans;2017-03-12;CP A\n"
    data = {
        "archive": (io.BytesIO(table.encode("windows-1252")), "CSVExtraction-eleves.csv"),
        "uai": A.lower(),
    }
    answer = client.post(HOME, data=data)
    assert answer.status_code == 303
    jobs.run_pending()
    page = client.get(answer.location)
    assert "CSVExtraction-eleves.csv, ligne 3" in page.text
    assert "École du Lac" in page.text
    assert client.post(answer.location + "/appliquer").status_code == 303
    jobs.run_pending()
    assert present() == {("Zoé", A, "pupil")}


def test_the_models_of_the_page_are_tables_that_go_in(browser, feed, tmp_path):
    answer = browser("admin").get(HOME + "modeles.zip")
    assert answer.mimetype == "application/zip"
    (tmp_path / "modeles.zip").write_bytes(answer.data)
    delivery = feed.apply(tmp_path / "modeles.zip")
    assert not operations.problems(delivery.id)
    assert {kind for _name, _uai, kind in present()} == {
        "pupil", "guardian", "head", "staff", "authority", "external",
    }  # fmt: skip


def test_the_format_s_page_names_every_column_of_the_models():
    page = Path("docs/formats/collectivite.md").read_text()
    for template in TEMPLATES:
        assert f"`{template.name}`" in page
        assert {f"`{column}`" for column in template.columns if f"`{column}`" not in page} == set()


def test_the_terminal_takes_a_table_and_says_its_lines(app, deliver, tmp_path):
    deliver({"etablissements.csv": SCHOOLS})
    path = tmp_path / "agents.csv"
    path.write_text("Nom;Prénom\nROY;Anne\n;Sans\n")
    runner = app.test_cli_runner()
    planned = runner.invoke(commands.feed, ["plan", str(path), "--uai", A])
    assert planned.exit_code == 0
    assert "agents.csv ligne 3" in " ".join(planned.output.split())
    assert not present()
    assert runner.invoke(commands.feed, ["apply", str(path), "--uai", A]).exit_code == 0
    assert present() == {("Anne", A, "authority")}
