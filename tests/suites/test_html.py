"""vnu, the Nu HTML checker of the W3C's validator, on every page that each kind of person can reach."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.browser.crawl import fetch, pages

JAR = Path(__file__).parents[2] / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
VISITORS = [None, "child", "guardian", "teacher", "manager", "admin"]
pytestmark = pytest.mark.skipif(
    shutil.which("java") is None or not JAR.exists(), reason="vnu demande Java et le paquet npm vnu-jar"
)


@pytest.mark.sdet("QUA-ACC-01")
def test_no_page_has_an_error_of_html(site, tmp_path):
    addresses: dict[str, str] = {}
    for key in VISITORS:
        headers = {"Cookie": f"preau={site.cookie(key)}"} if key else {}
        for endpoint, path in pages(site, key).items():
            html, _landed = fetch(f"{site.url}{path}", headers)
            file = tmp_path / f"{key}-{endpoint}.html"
            file.write_text(html)
            addresses[file.name] = f"{key} {path}"
    assert len(addresses) > 50, addresses
    found = json.loads(check(tmp_path))
    faults = {
        f"{addresses[Path(message['url']).name]} line {message.get('lastLine')}: {message['message']}"
        for message in found["messages"]
        if message["type"] != "info"
    }
    assert not faults, "\n".join(sorted(faults)[:60])


def test_the_checker_sees_an_error(tmp_path):
    (tmp_path / "wrong.html").write_text("<!doctype html><html lang=fr><title>x</title><p><div></p>")
    assert json.loads(check(tmp_path))["messages"]


def check(folder: Path) -> str:
    """What vnu says of the files of a folder, as JSON."""
    command = ["java", "-jar", str(JAR), "--format", "json", "--errors-only", "--skip-non-html", str(folder)]
    return subprocess.run(command, capture_output=True, text=True, timeout=240, check=False).stderr
