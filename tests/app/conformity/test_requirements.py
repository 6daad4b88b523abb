"""The grid holds every id of the SDET, at its level, in our own words."""

import hashlib
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from preau.conformity.requirements import groups, requirements

SOURCE = Path(__file__).parents[3].parent / "shared" / "sdet" / "requirements.yaml"
LEVELS = "1951dcf32331e4ff3f9279b65047fb22a83032ecd66a2c14fc3962fc522aeffe"


@pytest.fixture(scope="module")
def source() -> dict[str, Any]:
    if not SOURCE.is_file():
        pytest.skip("the SDET as data is not beside the project")
    return yaml.safe_load(SOURCE.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def source_texts(source: dict[str, Any]) -> dict[str, str]:
    texts = {
        each["id"]: each["text_fr"] for service in source["services"] for each in service["requirements"]
    }
    texts |= {rule["id"]: rule["text_fr"] for rule in source["rules"]}
    for quality in source["qualities"]:
        statements = enumerate(quality["text_fr"], 1)
        texts |= {f"{quality['id']}-{number:02d}": text for number, text in statements}
    return texts


def test_the_grid_holds_324_requirements_141_rules_and_74_statements():
    kinds = [re.match(r"RUL|QUA|", id_)[0] for id_ in requirements()]
    assert [kinds.count(kind) for kind in ("", "RUL", "QUA")] == [324, 141, 74]
    assert sum(len(group.requirements) for group in groups()) == len(requirements()) == 539


def test_ids_and_levels_are_those_that_were_checked_against_the_sdet():
    lines = sorted(f"{each.id} {each.d1} {each.d2}" for each in requirements().values())
    assert hashlib.sha256("\n".join(lines).encode()).hexdigest() == LEVELS


def test_ids_levels_and_sections_are_those_of_the_source(source):
    ours = {(each.id, each.d1, each.d2, each.section) for each in requirements().values()}
    theirs = {
        (each["id"], each["d1"], each["d2"], service["section"])
        for service in source["services"]
        for each in service["requirements"]
    }
    theirs |= {(rule["id"], None, None, rule["section"]) for rule in source["rules"]}
    theirs |= {
        (f"{quality['id']}-{number:02d}", None, None, quality["section"])
        for quality in source["qualities"]
        for number in range(1, len(quality["text_fr"]) + 1)
    }
    assert ours == theirs


def test_every_service_of_the_source_has_its_group(source):
    ours = {group.code: group.section for group in groups()}
    assert {each["code"]: each["section"] for each in source["services"]}.items() <= ours.items()


def test_no_wording_repeats_seven_words_of_the_sdet(source_texts):
    copied = [
        each.id
        for each in requirements().values()
        if any(run in f" {words(source_texts[each.id])} " for run in runs(words(each.text), 7))
    ]
    assert copied == []


@pytest.mark.parametrize("group", groups(), ids=lambda group: group.code)
def test_each_wording_is_one_short_line_of_well_set_french(group):
    texts = [each.text for each in group.requirements]
    assert len(set(texts)) == len(texts), "two ids of a service say the same"
    for text in texts:
        assert 10 <= len(text) <= 120, text
        assert not re.search(r"['\"\n]| [:;?!»]|« |  |\.$", text), text


def words(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))


def runs(text: str, length: int) -> list[str]:
    each = text.split()
    return [f" {' '.join(each[start : start + length])} " for start in range(len(each) - length + 1)]
