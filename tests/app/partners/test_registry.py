"""Partners are registered with their reasons, opened by schools, and each person sees what left."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preau.kernel.errors import Refused
from preau.kernel.tenancy import behind
from preau.socle.security.authorisation import choices
from preau.socle.security.propagation import registering
from preau.socle.security.propagation.addresses import begins_with
from tests.app.partners.populate import partner_in

SERVICE = "https://copies.exemple.fr/entrer"
FORM = {
    "name": "Manuels",
    "owner": "Éditeur",
    "category": "5",
    "agreement": "Convention 12",
    "landing": "https://manuels.exemple.fr/",
    "addresses": "https://manuels.exemple.fr/\nhttps://manuels.exemple.fr:8443/app",
    "identifier": "opaque",
    "layout": "cas3",
    "level": "20",
    "released": ["ENTPersonNom"],
    "reason_ENTPersonNom": "Tenir le carnet",
    "as_ENTPersonNom": "nom",
}


@pytest.mark.sdet("SOC-INT-ASE-04", "SOC-SEC-AUT-03")
def test_the_project_registers_and_the_school_opens(browser, world):
    admin, head = browser("admin"), browser("head")
    assert admin.post("/administration/services-exterieurs/nouveau", data=FORM).status_code == 303
    page = head.get("/administration/services-exterieurs/").text
    assert "Manuels" in page
    action = re.search(r'action="([^"]+/ouvrir)"', page).group(1)
    head.post(action, data={"profiles": ["teacher"], "school": world.structures["college"]})
    assert "Manuels" in browser("teacher").get("/services-exterieurs/").text
    assert "Manuels" not in browser("pupil").get("/services-exterieurs/").text
    assert "Manuels" not in browser("school_teacher").get("/services-exterieurs/").text


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"category": "3"}, "ne permet pas de transmettre"),
        ({"reason_ENTPersonNom": ""}, "Dites pourquoi"),
        ({"agreement": ""}, "quelle convention"),
        ({"category": "4", "released": [], "identifier": "login"}, "seul l’identifiant opaque"),
        ({"landing": "javascript:alert(1)"}, "adresse complète"),
        ({"addresses": "manuels.exemple.fr"}, "début d’adresse"),
        ({"name": ""}, "Remplissez ce champ"),
        ({"level": "99"}, "valeurs proposées"),
        ({"starts_on": "2026-09-01", "ends_on": "2026-01-01"}, "La fin vient avant"),
    ],
)
def test_a_form_that_would_tell_too_much_comes_back_with_what_was_typed(browser, change, words):
    answer = browser("admin").post("/administration/services-exterieurs/nouveau", data=FORM | change)
    assert answer.status_code == 422
    assert words in answer.text
    assert "Éditeur" in answer.text
    assert "manuels.exemple.fr" in answer.text


def test_two_services_do_not_share_a_name(browser):
    admin = browser("admin")
    admin.post("/administration/services-exterieurs/nouveau", data=FORM)
    answer = admin.post("/administration/services-exterieurs/nouveau", data=FORM)
    assert answer.status_code == 422
    assert "porte déjà ce nom" in answer.text


def test_a_service_is_changed_suspended_and_removed(browser, register, ticket_of):
    partner = register()
    admin, teacher = browser("admin"), browser("teacher")
    path = f"/administration/services-exterieurs/{partner.id}"
    assert "copies.exemple.fr" in admin.get(path).text
    admin.post(path, data=FORM | {"suspended": "1", "addresses": "https://copies.exemple.fr/"})
    assert teacher.get("/cas/login", query_string={"service": SERVICE}).status_code == 403
    assert "Retirer Manuels" in admin.post(path + "/retirer").text
    admin.post(path + "/retirer", data={"confirmed": "1"})
    assert admin.get(path).status_code == 404


@pytest.mark.sdet("SOC-SEC-PII-04")
def test_each_person_sees_who_received_what(browser, register, ticket_of, check):
    register()
    check("serviceValidate", service=SERVICE, ticket=ticket_of("teacher", SERVICE))
    page = browser("teacher").get("/services-exterieurs/").text
    assert "Qui a reçu quoi" in page
    assert "Éditeur de copies" in page
    assert "Qui a reçu quoi" not in browser("pupil").get("/services-exterieurs/").text


def test_only_the_project_registers_and_a_school_opens_to_itself_alone(world, register):
    partner = register()
    head, teacher = world.identity("head"), world.identity("teacher")
    with behind(head), pytest.raises(Refused):
        registering.register_partner(head, partner_in(name="Pirate"))
    with behind(head), pytest.raises(Refused):
        registering.open_partner(head, partner, world.structures["ecole"], ["pupil"])
    with behind(teacher), pytest.raises(Refused):
        registering.open_partner(teacher, partner, world.structures["college"], ["pupil"])


@given(st.text(max_size=60))
def test_no_text_after_the_host_makes_it_another_host(tail):
    registered = "https://copies.exemple.fr/app/"
    address = "https://copies.exemple.fr" + tail
    if begins_with(address, registered):
        assert tail.startswith("/app")
        assert not set(tail) & set("\\\r\n\t #")


def test_a_registered_path_is_a_folder_not_a_beginning_of_letters():
    assert begins_with("https://a.fr/app/x?y=1", "https://a.fr/app")
    assert begins_with("https://A.fr:443/app", "https://a.fr/app")
    assert not begins_with("https://a.fr/application", "https://a.fr/app")
    assert not begins_with("https://a.fr/app/../admin", "https://a.fr/app")


@pytest.mark.sdet("SOC-SEC-AUT-01")
def test_a_school_may_close_all_partners_to_a_profile(browser, register, world):
    register()
    head = world.identity("head")
    with behind(head):
        choices.choose_permissions(head, world.structures["college"], {("partners.use", "pupil"): False})
    pupil = browser("pupil")
    assert pupil.get("/services-exterieurs/").status_code == 403
    assert pupil.get("/cas/login", query_string={"service": SERVICE}).status_code == 403
    assert browser("teacher").get("/services-exterieurs/").status_code == 200


@pytest.mark.sdet("SOC-SEC-APS-03")
def test_the_journal_of_security_shows_who_entered_where(browser, register, ticket_of, check):
    register()
    check("serviceValidate", service=SERVICE, ticket=ticket_of("teacher", SERVICE))
    assert "Entrée dans un service extérieur" in browser("admin").get("/administration/securite/journal").text
