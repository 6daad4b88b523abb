"""wapiti: a scanner that injects into every form and parameter it finds, as a visitor and signed in."""

import json
import os
import subprocess
from pathlib import Path

import pytest

WAPITI = Path(__file__).parents[2] / ".cache" / "wapiti" / "bin" / "wapiti"
# All that look at the answers; those left out call a server of wapiti's own on the Internet.
MODULES = "backup,cookieflags,crlf,csp,csrf,exec,file,http_headers,htaccess,methods,permanentxss,redirect,sql,ssti,xss"
# Each ends the session or changes for good the person who scans; the rest of the site is theirs to attack.
LEFT_OUT = ("/deconnexion", "/compte/", "/contexte")
pytestmark = pytest.mark.skipif(
    not WAPITI.exists(), reason="wapiti n’est pas installé (make test l’installe)"
)


@pytest.mark.slow
@pytest.mark.sdet("SOC-SEC-DVS-01")
@pytest.mark.parametrize("key", [None, "teacher"])
def test_the_scanner_finds_nothing(site, tmp_path, key):
    report = tmp_path / "report.json"
    command = [
        *(str(WAPITI), "--url", f"{site.url}/", "--scope", "folder", "--module", MODULES),
        *("--depth", "4", "--max-links-per-page", "40", "--max-scan-time", "90", "--max-attack-time", "12"),
        *("--flush-session", "--store-session", str(tmp_path), "--store-config", str(tmp_path)),
        *(
            "--format",
            "json",
            "--output",
            str(report),
            "--verbose",
            "0",
            "--no-bugreport",
            "--level",
            "1",
            "--tasks",
            "4",
        ),
        *(part for path in LEFT_OUT for part in ("--exclude", f"{site.url}{path}*")),
    ]
    if key:
        command += ["--cookie-value", f"preau={site.cookie(key)}"]
    run = subprocess.run(
        command,
        env={**os.environ, "HOME": str(tmp_path)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )
    assert report.exists(), run.stdout + run.stderr
    found = json.loads(report.read_text())
    assert found["infos"]["crawled_pages_nbr"] > (3 if key is None else 15), found["infos"]
    faults = [
        f"{kind}: {each['method']} {each['path']} {each.get('parameter') or ''} {each['info']}"
        for section in ("vulnerabilities", "anomalies")
        for kind, every in found[section].items()
        # The site is on plain HTTP here; behind HTTPS an operator sets PREAU_SECURE_COOKIES.
        if kind != "Secure Flag cookie"
        for each in every
    ]
    assert not faults, "\n".join(faults[:40])
