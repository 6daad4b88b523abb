"""The repository's own tools say what is wrong, and never call green what did not run."""

import sys
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def tools(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tools import each other by name, as scripts do."""
    monkeypatch.syspath_prepend(str(ROOT / "tools"))
    yield
    for name in ("messages", "report", "system", "environment"):
        sys.modules.pop(name, None)


def outcome(**changes: object):
    from report import Outcome

    values = {"name": "app", "title": "Noyau", "succeeded": True, "seconds": 1.0, "passed": 3, "failed": 0}
    return Outcome(**values | {"skipped": Counter()} | changes)


def test_a_run_ends_with_the_sum_of_its_stages_alone_on_a_line(tools, capsys) -> None:
    from report import write

    assert write([outcome(), outcome(name="browser", passed=4)], []) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "7 passed, 0 failed"


def test_one_stage_that_fails_fails_the_run(tools, capsys) -> None:
    from report import write

    assert write([outcome(), outcome(succeeded=False, failed=1)], []) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "6 passed, 1 failed"


def test_what_did_not_run_is_listed_with_its_reason(tools, capsys) -> None:
    from report import write

    skipped = outcome(skipped=Counter({"pas d’antivirus ici": 2}))
    absent = outcome(title="Navigateur", succeeded=None, passed=0)
    write([skipped, absent], ["litmus : la suite WebDAV"])
    told = capsys.readouterr().out
    assert "Noyau (× 2) : pas d’antivirus ici" in told
    assert "Navigateur : programme absent" in told
    assert "paquet du système : litmus : la suite WebDAV" in told


def test_a_stage_of_tests_that_ran_none_has_failed(tools, tmp_path, monkeypatch) -> None:
    import report

    class Stage:
        name, title, counts_tests, commands = "app", "Noyau", True, [[]]

        def junit(self) -> Path:
            return tmp_path / "app.xml"

    (tmp_path / "app.xml").write_text("<testsuites><testsuite tests='0'/></testsuites>")
    counted = report.Outcome.of(Stage(), succeeded=True, seconds=1.0)
    assert (counted.succeeded, counted.failed) == (False, 1)


@pytest.mark.parametrize(
    ("page", "forgotten"),
    [
        ("<p>Bonjour</p>", ["Bonjour"]),
        ('<p>{{ _("Bonjour") }}</p>', []),
        ("<p>{% trans %}Bonjour{% endtrans %}</p>", []),
        ('<img alt="Un chat">', ["Un chat"]),
        ('<img alt="{{ _("Un chat") }}">', []),
        ("{# une remarque #}<script nonce=x>let mot = 1</script><b>2026</b>", []),
    ],
)
def test_a_text_outside_gettext_is_seen(
    tools, tmp_path, monkeypatch, page: str, forgotten: list[str]
) -> None:
    import messages

    monkeypatch.setattr(messages, "ROOT", tmp_path)
    (tmp_path / "page.html").write_text(page)
    found = [line.rpartition(" : ")[2] for line in messages.untranslated(tmp_path / "page.html")]
    assert found == forgotten


def test_each_system_package_says_what_is_left_out_without_it(tools) -> None:
    import system

    for scope in ("demo", "test"):
        for package in system.packages(scope):
            assert package.left_out
            assert package.probe.split()[0] in ("cmd", "lib", "file", "php"), package
