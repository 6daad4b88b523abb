"""Real services sign on to the ENT, unmodified: Apache's mod_auth_cas and phpCAS, from the ticket to the sign-out."""

import http.cookiejar
import os
import shutil
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from preau.kernel import jobs
from preau.kernel.tenancy import behind
from preau.socle.security.authentication import sessions
from preau.socle.security.propagation import registering
from preau.socle.security.propagation.schemas import PartnerIn
from tests.support.site import Site, free_port

ROOT = os.geteuid() == 0
MODULES = Path("/usr/lib/apache2/modules")
PHPCAS = Path("/usr/share/php/CAS.php")
APACHE = """
ServerName 127.0.0.1
{user}
Listen 127.0.0.1:{port}
PidFile {home}/apache.pid
ErrorLog {home}/error.log
DocumentRoot {home}/pages
{modules}
TypesConfig /etc/mime.types
CASCookiePath {home}/cas/
CASVersion 2
CASLoginURL {ent}/cas/login
CASValidateURL {ent}/cas/{check}
CASValidateSAML {saml}
CASSSOEnabled On
CASRootProxiedAs http://127.0.0.1:{port}
<Location />
  AuthType CAS
  CASAuthNHeader CAS-User
  Require valid-user
  RequestHeader set Accept-Encoding identity
  Header set X-User "expr=%{{REMOTE_USER}}"
  Header set X-Name "expr=%{{req:CAS-nom}}"
</Location>
"""
NEEDED = ("mpm_event", "authn_core", "authz_core", "authz_user", "headers", "mime", "dir", "auth_cas")
PAGE = """<?php
require_once '{library}';
session_save_path('{home}');
phpCAS::client({version}, '127.0.0.1', {ent_port}, '/cas', '{own}');
phpCAS::setServerLoginURL('{ent}/cas/login?service=' . urlencode('{own}/index.php'));
phpCAS::setServerServiceValidateURL('{ent}/cas/{check}');
phpCAS::setNoCasServerValidation();
phpCAS::handleLogoutRequests(false);
phpCAS::forceAuthentication();
header('X-User: ' . phpCAS::getUser());
header('X-Name: ' . (phpCAS::getAttributes()['nom'] ?? ''));
"""


class Browser:
    """Cookies, redirections, and the pages that send on by themselves."""

    def __init__(self, site: Site, key: str) -> None:
        self.jar = http.cookiejar.CookieJar()
        self.jar.set_cookie(_cookie("preau", site.cookie(key)))
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    def open(self, address: str) -> "urllib.request._UrlopenRet":
        answer = self.opener.open(address, timeout=20)
        for _hop in range(5):
            _wait, _sep, target = answer.headers.get("Refresh", "").partition("url=")
            if not target:
                break
            answer = self.opener.open(target, timeout=20)
        return answer


def _cookie(name: str, value: str) -> http.cookiejar.Cookie:
    return http.cookiejar.Cookie(
        version=0,
        name=name,
        value=value,
        port=None,
        port_specified=False,
        domain="127.0.0.1",
        domain_specified=False,
        domain_initial_dot=False,
        path="/",
        path_specified=True,
        secure=False,
        expires=None,
        discard=True,
        comment=None,
        comment_url=None,
        rest={},
    )


def register(site: Site, address: str, name: str) -> None:
    """The partner, known and opened to the teachers of the collège."""
    released = [{"name": "ENTPersonNom", "sent_as": "nom", "reason": "Essai"}]
    with site.app.app_context():
        admin = site.world.identity("admin")
        data = PartnerIn(
            name=name,
            owner="Essai",
            category=5,
            agreement="Essai",
            landing=address,
            addresses=[address],
            identifier="login",
            released=released,
            layout="cas2",
        )
        with behind(admin):
            partner = registering.register_partner(admin, data)
            registering.open_partner(admin, partner, site.world.structures["college"], ["teacher"])


@contextmanager
def started(command: list[str], address: str, log: Path) -> Iterator[str]:
    """A server of the partner's, until the block ends."""
    with log.open("w") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output)
    try:
        deadline = time.monotonic() + 20
        while True:
            assert process.poll() is None, log.read_text()
            try:
                urllib.request.build_opener(_Stay()).open(address, timeout=2).close()
            except urllib.error.HTTPError:
                break
            except OSError:
                assert time.monotonic() < deadline, log.read_text()
                time.sleep(0.05)
            else:
                break
        yield address
    finally:
        process.terminate()
        process.wait(20)


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follow nothing."""

    def redirect_request(self, *_arguments: object) -> None:
        return None


@contextmanager
def mod_auth_cas(site: Site, home: Path, *, saml: bool) -> Iterator[str]:
    """Apache with its CAS module."""
    port = free_port()
    (home / "pages").mkdir()
    (home / "cas").mkdir()
    (home / "pages" / "index.html").write_text("entré")
    modules = "\n".join(f"LoadModule {name}_module {MODULES}/mod_{name}.so" for name in NEEDED)
    text = APACHE.format(
        port=port,
        home=home,
        modules=modules,
        ent=site.url,
        check="samlValidate" if saml else "serviceValidate",
        saml="On" if saml else "Off",
        # Apache refuses to work as root: it takes the user that Debian made for it, who owns its tickets.
        user="User www-data\nGroup www-data" if ROOT else "",
    )
    (home / "httpd.conf").write_text(text)
    if ROOT:
        shutil.chown(home / "cas", "www-data")
    command = ["apache2", "-d", str(home), "-f", str(home / "httpd.conf"), "-DFOREGROUND"]
    address = f"http://127.0.0.1:{port}/"
    register(site, address, f"Apache {port}")
    with started(command, address, home / "apache.log"):
        yield address


@contextmanager
def phpcas(site: Site, home: Path, version: str, check: str) -> Iterator[str]:
    """PHP's own server with a page that phpCAS guards."""
    port = free_port()
    own = f"http://127.0.0.1:{port}"
    page = PAGE.format(
        library=PHPCAS,
        home=home,
        version=version,
        ent=site.url,
        ent_port=site.url.rpartition(":")[2],
        own=own,
        check=check,
    )
    (home / "index.php").write_text(page)
    register(site, f"{own}/", f"PHP {port}")
    with started(["php", "-S", f"127.0.0.1:{port}", "-t", str(home)], f"{own}/absent", home / "php.log"):
        yield f"{own}/index.php"


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that another user may walk through, which pytest's own is not."""
    with tempfile.TemporaryDirectory(prefix="preau-apache-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


@pytest.mark.skipif(not (MODULES / "mod_auth_cas.so").exists(), reason="mod_auth_cas is not installed")
@pytest.mark.sdet("SOC-SEC-PII-01", "SOC-SEC-PII-02", "SOC-INT-ASE-01", "SOC-INT-ASE-03")
@pytest.mark.parametrize("saml", [False, True])
def test_apache_knows_who_enters_and_hears_the_sign_out(site, open_folder, saml):
    with mod_auth_cas(site, open_folder, saml=saml) as address:
        browser = Browser(site, "teacher")
        answer = browser.open(address)
        assert answer.headers["X-User"] == "teacher", (open_folder / "error.log").read_text()[-3000:]
        if saml:
            assert answer.headers["X-Name"] == "Professeur"
        kept = list((open_folder / "cas").iterdir())
        assert kept
        sign_out(site)
        assert not [path for path in kept if path.exists() and not path.name.startswith(".")]


@pytest.mark.skipif(not (PHPCAS.exists() and shutil.which("php")), reason="phpCAS is not installed")
@pytest.mark.sdet("SOC-SEC-PII-01", "SOC-SEC-PII-02", "SOC-INT-ASE-01", "SOC-INT-ASE-03")
@pytest.mark.parametrize(
    ("version", "check"),
    [("CAS_VERSION_2_0", "serviceValidate"), ("CAS_VERSION_3_0", "p3/serviceValidate")],
)
def test_phpcas_knows_who_enters_and_hears_the_sign_out(site, tmp_path, version, check):
    with phpcas(site, tmp_path, version, check) as address:
        answer = Browser(site, "teacher").open(address)
        assert answer.headers["X-User"] == "teacher", (tmp_path / "php.log").read_text()[-3000:]
        assert answer.headers["X-Name"] == "Professeur"
        kept = [path for path in tmp_path.glob("sess_*") if "phpCAS" in path.read_text()]
        assert kept
        sign_out(site)
        assert not [path for path in kept if path.exists() and "teacher" in path.read_text()]


def sign_out(site: Site) -> None:
    """Close the teacher's sessions, as « déconnecter partout » does, and let the jobs tell the partners."""
    with site.app.app_context():
        assert sessions.close_all(site.world.people["teacher"])
        jobs.run_pending()
