"""The public page: partners' logos, RGPD notice, messages by profile, legal pages the project may rewrite."""

import io
import re

import pytest
from PIL import Image

from preau.kernel.errors import Invalid
from preau.kernel.tenancy import behind
from preau.socle.portal import logos, messages
from preau.socle.portal.messages import MessageIn


def png(size=(900, 300), colour="navy"):
    sent = io.BytesIO()
    Image.new("RGB", size, colour).save(sent, "PNG")
    return sent.getvalue()


PROJECT = "/administration/apparence/project/0"


@pytest.mark.sdet("SOC-POR-PPO-01")
def test_the_academy_s_logo_is_on_the_public_page_and_in_the_banner(browser):
    admin = browser("admin")
    assert "doit figurer sur la page" in admin.get(f"{PROJECT}/logos").text
    sent = {"academy_name": "Académie de Bordeaux", "logo": (io.BytesIO(png()), "logo.png")}
    assert admin.post(f"{PROJECT}/logos", data=sent).status_code == 303
    page = browser().get("/").text
    address = page.split('<section class="pr-partners"')[1].split('src="')[1].split('"')[0]
    assert 'alt="Académie de Bordeaux"' in page
    served = browser().get(address)
    assert served.content_type == "image/png"
    with Image.open(io.BytesIO(served.data)) as picture:
        assert picture.size == (480, 160)
    assert address in browser("pupil").get("/").text


@pytest.mark.sdet("SOC-POR-PPO-01")
def test_authorities_choose_to_show_their_logo_or_not(browser):
    admin = browser("admin")
    sent = {"authority_name": "Région Nouvelle-Aquitaine", "logo": (io.BytesIO(png()), "r.png")}
    assert admin.post(f"{PROJECT}/logos", data=sent).status_code == 303
    page = browser().get("/").text
    assert 'alt="Région Nouvelle-Aquitaine"' in page
    address = page.split('alt="Région')[0].rsplit('src="', 1)[1].split('"')[0]
    admin.post(f"{PROJECT}/logos", data={"remove": address})
    assert "Région" not in browser().get("/").text
    assert browser().get(address).status_code == 404


@pytest.mark.parametrize("content", [b"", b"<svg onload=alert(1)>", b"\x89PNG\r\n\x1a\nbroken"])
def test_what_is_not_a_picture_is_refused_and_the_name_typed_is_kept(browser, content):
    sent = {"authority_name": "Département", "logo": (io.BytesIO(content), "logo.svg")}
    answer = browser("admin").post(f"{PROJECT}/logos", data=sent)
    assert answer.status_code == 422
    assert 'value="Département"' in answer.text


def test_a_picture_too_heavy_or_too_large_is_refused(app):
    for content in (b"x" * (2 * 1024**2 + 1), png((6000, 5000))):
        with app.test_request_context(), pytest.raises(Invalid):
            logos.reduced(content)


@pytest.mark.sdet("SOC-POR-PPO-08")
def test_the_rgpd_notice_is_on_the_public_page_and_the_project_may_rewrite_it(browser):
    assert "trois mois" in browser().get("/").text
    admin = browser("admin")
    admin.post(f"{PROJECT}/textes/rgpd", data={"body": "Nos engagements\n\n<script>x</script>"})
    page = browser().get("/").text
    assert "Nos engagements" in page
    assert "<script>x" not in page
    admin.post(f"{PROJECT}/textes/rgpd", data={"body": ""})
    assert "trois mois" in browser().get("/").text


@pytest.mark.sdet("SOC-POR-PPO-02")
def test_public_messages_are_those_of_the_profile_that_the_visitor_chose(world, browser):
    admin = world.identity("admin")
    with behind(admin):
        for title, audience in (("Pour les parents", ["guardian"]), ("Pour tous", [])):
            messages.write_message(admin, None, MessageIn(title=title, audience=audience, public=True))
        messages.write_message(admin, None, MessageIn(title="Interne"))
    everybody = browser().get("/").text
    assert ("Pour tous" in everybody, "Pour les parents" in everybody) == (True, False)
    assert "Pour les parents" in browser().get("/?profil=guardian").text
    assert "Interne" not in browser().get("/?profil=guardian").text
    assert browser().get("/?profil=" + "x" * 3000).status_code == 200


@pytest.mark.parametrize(
    "path", ["/", "/mentions-legales", "/donnees-personnelles", "/accessibilite", "/plan-du-site"]
)
def test_public_pages_answer_to_nobody_and_to_somebody(browser, path):
    assert browser().get(path).status_code == 200
    assert browser("pupil").get(path).status_code == 200


def test_the_site_map_lists_the_services_that_are_open_to_the_person(browser):
    assert 'href="/signets/"' not in browser().get("/plan-du-site").text
    assert 'href="/signets/"' in browser("teacher").get("/plan-du-site").text


def test_only_the_project_s_administrator_changes_public_pages(browser):
    for key in ("head", "manager", "teacher", "pupil"):
        assert browser(key).get(f"{PROJECT}/textes").status_code == 403
        assert browser(key).post(f"{PROJECT}/textes/rgpd", data={"body": "x"}).status_code == 403
        assert browser(key).post(f"{PROJECT}/logos", data={"academy_name": "x"}).status_code == 403


def test_two_administrators_rewriting_one_text_are_told_of_each_other(browser):
    admin = browser("admin")
    address = f"{PROJECT}/textes/accueil"
    admin.post(address, data={"body": "Bonjour"})
    seen = re.search(r'name="seen" value="(\w+)"', admin.get(address).text)[1]
    assert admin.post(address, data={"body": "Bonsoir à tous", "seen": seen}).status_code == 303
    late = admin.post(address, data={"body": "Bienvenue à chacune", "seen": seen})
    assert late.status_code == 422
    assert "Bonsoir à tous" in late.text
    assert "Bienvenue à chacune" in late.text
    assert "Bonsoir à tous" in browser().get("/").text
