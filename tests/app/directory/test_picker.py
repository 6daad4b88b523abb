"""The field that chooses who an object is shared with."""

import pytest


@pytest.mark.parametrize("typed", ["eleve", "ÉLÈVE", "lina éle", "Élève Lina"])
def test_a_person_is_suggested_whatever_accents_capitals_and_order(browser, typed):
    answer = browser("teacher").get("/annuaire/destinataires", query_string={"principals_q": typed})
    assert "Lina Élève" in answer.text


@pytest.mark.parametrize("typed", ["eleves", "élèves"])
def test_a_profile_is_suggested_without_its_accents(browser, typed):
    answer = browser("teacher").get("/annuaire/destinataires", query_string={"principals_q": typed})
    assert "Élèves — " in answer.text


@pytest.mark.parametrize("typed", ["%", "_", "' OR 1=1", "zzz"])
def test_what_names_nobody_suggests_nobody(browser, typed):
    answer = browser("teacher").get("/annuaire/destinataires", query_string={"principals_q": typed})
    assert answer.status_code == 200
    assert "Lina" not in answer.text
