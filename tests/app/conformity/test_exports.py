"""The grid in the forms that people read: terminal, page, spreadsheet."""

import io
from collections import Counter

import pytest
from lxml import html
from odfdo import Document

from preau.conformity.requirements import groups, requirements


@pytest.fixture
def filled(project):
    project.tested("UTI-IDO-GSI-01", "RUL-122")
    project.tested("UTI-IDO-GSI-02", outcome="failed")
    project.document("SOC-SEC-APS-01")
    return project


def test_the_summary_counts_each_service_and_the_whole(filled):
    lines = {line.split()[0]: line.split() for line in filled.conformity().stdout.splitlines() if line}
    assert lines["UTI-IDO-GSI"][-8:] == ["3", "2", "0", "1", "—", "1/2", "—", "1/1"]
    assert lines["SOC-SEC-APS"][-8:] == ["7", "0", "1", "6", "1/3", "0/1", "—", "0/3"]
    assert lines["Exigences"][1:5] == ["324", "1", "1", "322"]
    assert lines["Règles"][1:5] == ["141", "1", "0", "140"]
    assert lines["Ensemble"][1:5] == ["539", "2", "1", "536"]


def test_the_summary_says_which_tests_it_speaks_of(filled):
    first = filled.conformity("--summary").stdout.splitlines()[0]
    assert first.startswith("Preuves\u00a0: 2 tests")
    assert "app" in first
    assert "embedded" in first


def test_the_page_holds_every_id_once_with_its_wording(filled):
    page = html.fromstring(filled.conformity("--html").stdout)
    rows = {row.xpath("string(th[@scope='row'])"): row for row in page.xpath("//tr[th[@scope='row'][@id]]")}
    assert list(rows) == [each.id for group in groups() for each in group.requirements]
    assert all(each.text in rows[id_].text_content() for id_, each in requirements().items())


def test_the_page_names_the_test_the_document_and_the_reason(filled):
    page = html.fromstring(filled.conformity("--html").stdout)
    text = {id_: page.get_element_by_id(id_).getparent().text_content() for id_ in requirements()}
    assert "Prouvée" in text["UTI-IDO-GSI-01"]
    assert "test_some.py::test_UTI-IDO-GSI-01" in text["UTI-IDO-GSI-01"]
    assert "Documentée" in text["SOC-SEC-APS-01"]
    assert "docs/policy.md" in text["SOC-SEC-APS-01"]
    assert "Non couverte" in text["UTI-IDO-GSI-02"]
    assert "en échec" in text["UTI-IDO-GSI-02"]


def test_the_page_is_one_structured_file_without_script(filled):
    page = html.fromstring(filled.conformity("--html").stdout)
    assert page.get("lang") == "fr"
    assert page.xpath("//script | //link | //img | //@onclick") == []
    assert len(page.xpath("//h1")) == 1
    assert all(table.xpath("caption and thead/tr/th[@scope='col']") for table in page.xpath("//table"))
    ids = Counter(page.xpath("//@id"))
    assert [id_ for id_, times in ids.items() if times > 1] == []
    assert set(page.xpath("//a/@href")) <= {f"#{id_}" for id_ in ids}


def test_a_hostile_test_name_stays_text_in_the_page(project):
    project.tested("RUL-122", test="test_some.py::test_<script>alert(1)</script>")
    assert html.fromstring(project.conformity("--html").stdout).xpath("//script") == []


def test_the_spreadsheet_reads_back_with_every_line(filled):
    assert filled.conformity("--ods", "--output", "grid.ods").exit_code == 0
    document = Document(io.BytesIO((filled.root / "grid.ods").read_bytes()))
    assert [table.name for table in document.body.tables] == ["Synthèse", "Grille"]
    headings, *lines = document.body.get_table(name="Grille").get_values()
    assert headings[:3] == ["Service", "Identifiant", "Libellé du projet"]
    by_id = {line[1]: line for line in lines}
    assert set(by_id) == set(requirements())
    assert by_id["RUL-122"][8] == "test_some.py::test_UTI-IDO-GSI-01_RUL-122 (embedded)"
    assert by_id["SOC-SEC-APS-01"][6:8] == ["✔ Documentée", "docs/policy.md, «\u00a0Accès\u00a0»"]
    assert by_id["UTI-IDO-GSI-02"][6] == "✘ Non couverte"
    whole = document.body.get_table(name="Synthèse").get_values()[-1]
    assert (whole[0], whole[2:6]) == ("Ensemble", [539, 2, 1, 536])


def test_a_file_that_cannot_be_written_is_said_so(filled):
    refused = filled.conformity("--html", "--output", "nowhere/grid.html")
    assert refused.exit_code == 1
    assert "nowhere/grid.html" in refused.output


def test_a_file_is_written_where_it_is_asked(filled):
    assert "grid.html écrit" in filled.conformity("--html", "--output", "grid.html").output
    assert "<h1>" in (filled.root / "grid.html").read_text()
