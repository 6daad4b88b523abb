"""From the partner's door to the partner, through the ENT's sign-in page, as a browser goes."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import urlsplit

import pytest

from preau.kernel.tenancy import behind
from preau.socle.security.propagation import registering
from preau.socle.security.propagation.schemas import PartnerIn
from tests.browser.conftest import PHONE
from tests.support.world import PASSWORD


@pytest.fixture
def partner(site) -> Iterator[str]:
    """A service of somebody else's, opened to the teachers of the collège."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/plain; charset=utf-8")
            self.end_headers()
            self.wfile.write(f"Chez le partenaire : {self.path}".encode())

        def log_message(self, *_arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    # Another name than the ENT's: for a browser it is another site.
    address = f"http://localhost:{server.server_port}/"
    Thread(target=server.serve_forever, daemon=True).start()
    with site.app.app_context():
        admin = site.world.identity("admin")
        data = PartnerIn(
            name=f"Exercices {server.server_port}",
            description="Des exercices corrigés tout de suite.",
            owner="Éditeur d’exercices",
            category=5,
            agreement="Convention d’essai",
            landing=address,
            addresses=[address],
            released=[
                {"name": "ENTPersonPrenom", "reason": "Dire bonjour"},
                {"name": "ENTClasse", "reason": "Ranger les exercices"},
            ],
        )
        with behind(admin):
            made = registering.register_partner(admin, data)
            registering.open_partner(admin, made, site.world.structures["college"], ["teacher"])
    yield address
    server.shutdown()
    server.server_close()


@pytest.mark.sdet("SOC-SEC-PII-01", "SOC-INT-ASE-03")
@pytest.mark.parametrize("script", [True, False])
def test_a_browser_goes_from_the_partner_through_the_sign_in_and_back(site, visit, partner, script):
    page = visit(None, f"/cas/login?service={partner}", script=script, viewport=PHONE)
    page.locator("input[name=login]").fill("teacher")
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("main button[type=submit]").first.click()
    page.wait_for_url(f"{partner}?ticket=ST-*")
    assert "Chez le partenaire" in page.content()


@pytest.mark.sdet("SOC-SEC-PII-01", "SOC-SEC-PII-04")
def test_a_teacher_finds_the_partner_and_what_it_learns(visit, partner):
    page = visit("teacher", "/accueil")
    page.get_by_role("link", name="Services extérieurs").first.click()
    assert page.get_by_text("Prénom").first.is_visible()
    page.get_by_role("link", name=f"Ouvrir Exercices {urlsplit(partner).port}").click()
    page.wait_for_url(f"{partner}**")
