"""WebDAV beside Apache mod_dav on this machine, in one run: PROPFIND of 100 files, PUT and GET of 10 kB.

``python -m tests.load.webdav [--seconds 5] [--rounds 5] [--report FILE]``. Needs apache2 and wrk (Debian). Both
servers check Basic passwords; ours keeps its tree, journal and locks in PostgreSQL. Rounds alternate, so that
what else the machine does falls on both.
"""

import argparse
import base64
import contextlib
import hashlib
import os
import re
import shutil
import statistics
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from preau.kernel.adapters.postgres import Cluster
from preau.kernel.tenancy import behind
from preau.socle.security.authentication import basic
from tests.support.site import free_port, serving

GOALS = {"PROPFIND": 1.0, "PUT": 0.5}
FILES = 100
BODY = 10_240
APACHE = """
ServerRoot "{home}"
ServerName 127.0.0.1
Listen 127.0.0.1:{port}
PidFile "{home}/httpd.pid"
ErrorLog "{home}/error.log"
Mutex file:{home}
User {user}
{modules}
TypesConfig /etc/mime.types
DavLockDB "{home}/locks"
KeepAlive On
MaxKeepAliveRequests 0
DocumentRoot "{home}/www"
<Directory "{home}/www">
  Dav On
  AuthType Basic
  AuthName dav
  AuthUserFile "{home}/users"
  Require valid-user
</Directory>
"""
MODULES = (
    "mpm_event",
    "authn_core",
    "authn_file",
    "authz_core",
    "authz_user",
    "auth_basic",
    "dav",
    "dav_fs",
    "mime",
)
PUT = """
local count = 0
local body = string.rep("x", {size})
function setup(thread) thread:set("id", tostring(thread):gsub("%W", "") .. "{salt}") end
request = function()
  count = count + 1
  local name = id .. "-" .. count
  return wrk.format("PUT", "/dav/put/" .. name, {{["Authorization"] = "{authorization}"}}, body .. name)
end
"""
METHOD = """
wrk.method = "{method}"
wrk.headers["Authorization"] = "{authorization}"
wrk.headers["Depth"] = "1"
"""


def main() -> None:
    """Measure, print, and write the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--report", type=Path)
    options = parser.parse_args()
    missing = [name for name in ("apache2", "wrk") if not shutil.which(name)]
    if missing:
        raise SystemExit(f"non mesuré : il manque {', '.join(missing)} (apt-get install apache2 wrk)")
    with tempfile.TemporaryDirectory(prefix="preau-webdav-") as folder:
        home = Path(folder)
        home.chmod(0o755)
        with apache(home / "apache") as peer, ours(home / "preau") as mine:
            figures = measure({"Apache mod_dav": peer, "Préau": mine}, options, home)
    report = worded(figures, options)
    print(report)
    if options.report:
        options.report.write_text(report)


@contextlib.contextmanager
def apache(home: Path) -> Iterator[tuple[int, str]]:
    """Apache with mod_dav_fs; yields its port and the Authorization header."""
    (home / "www" / "dav").mkdir(parents=True)
    port = free_port()
    modules = Path("/usr/lib/apache2/modules")
    loaded = "\n".join(f'LoadModule {name}_module "{modules}/mod_{name}.so"' for name in MODULES)
    user = "www-data" if os.geteuid() == 0 else f"#{os.geteuid()}"
    (home / "httpd.conf").write_text(APACHE.format(home=home, port=port, modules=loaded, user=user))
    # SHA-1 is what mod_authn_file checks fastest: bcrypt at each request would only slow the peer down.
    (home / "users").write_text("teacher:{SHA}" + base64.b64encode(_sha1(b"secret")).decode() + "\n")
    if os.geteuid() == 0:
        for path in (home, *home.rglob("*")):
            shutil.chown(path, "www-data")
    process = subprocess.Popen(["apache2", "-d", str(home), "-f", str(home / "httpd.conf"), "-DFOREGROUND"])
    try:
        _wait(port)
        yield port, _basic("teacher", "secret")
    finally:
        process.terminate()
        process.wait(20)


def _sha1(password: bytes) -> bytes:
    return hashlib.sha1(password).digest()  # noqa: S324 - the form that Apache reads


def _basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


@contextlib.contextmanager
def ours(home: Path) -> Iterator[tuple[int, str]]:
    """Préau on its embedded PostgreSQL, durable, two processes."""
    home.mkdir()
    cluster = Cluster(home / "postgres")
    cluster.start()
    try:
        with serving(cluster, "webdav", home, workers=2) as site:
            with site.app.app_context():
                identity = site.world.identity("teacher")
                with behind(identity):
                    password = basic.create(identity, "mesure")
            yield int(site.url.rpartition(":")[2]), _basic("teacher", password)
    finally:
        cluster.destroy()


def _wait(port: int) -> None:
    for _attempt in range(200):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=1).close()
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise SystemExit("Apache did not start")


def measure(
    servers: dict[str, tuple[int, str]], options: argparse.Namespace, home: Path
) -> dict[str, dict[str, list[float]]]:
    """Requests a second of each server for each method, one figure a round."""
    for port, authorization in servers.values():
        prepare(port, authorization)
    figures: dict[str, dict[str, list[float]]] = {
        method: {name: [] for name in servers} for method in ("PROPFIND", "PUT", "GET")
    }
    for number in range(options.rounds):
        for method, by_server in figures.items():
            for name, (port, authorization) in servers.items():
                rate = run(method, port, authorization, options.seconds, home / f"{number}.lua")
                by_server[name].append(rate)
    return figures


def prepare(port: int, authorization: str) -> None:
    """A folder of a hundred files, and one to put into."""
    for folder in ("list", "put"):
        send(port, authorization, "MKCOL", f"/dav/{folder}")
    for number in range(FILES):
        send(port, authorization, "PUT", f"/dav/list/fichier-{number:03}.txt", b"x" * BODY)


def send(port: int, authorization: str, method: str, path: str, data: bytes | None = None) -> None:
    """One request that must succeed."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{path}", data, {"Authorization": authorization}, method=method
    )
    urllib.request.urlopen(request, timeout=20).close()


def run(method: str, port: int, authorization: str, seconds: int, script: Path) -> float:
    """One round of wrk with four kept connections."""
    if method == "PUT":
        script.write_text(PUT.format(size=BODY - 20, authorization=authorization, salt=time.time_ns()))
    else:
        script.write_text(METHOD.format(method=method, authorization=authorization))
    path = {"PROPFIND": "/dav/list/", "PUT": "/dav/put/", "GET": "/dav/list/fichier-000.txt"}[method]
    said = subprocess.run(
        ["wrk", "-t1", "-c4", f"-d{seconds}", "-s", str(script), f"http://127.0.0.1:{port}{path}"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    if "Non-2xx" in said or "Socket errors" in said:
        raise SystemExit(said)
    found = re.search(r"Requests/sec:\s+([\d.]+)", said)
    assert found is not None
    return float(found[1])


def worded(figures: dict[str, dict[str, list[float]]], options: argparse.Namespace) -> str:
    """The report, in French, as Markdown."""
    lines = [
        "# WebDAV à côté d’Apache mod_dav",
        "",
        f"Mesuré le {datetime.now(UTC):%d/%m/%Y} par `python -m tests.load.webdav --seconds {options.seconds}"
        f" --rounds {options.rounds}` sur {os.cpu_count()} cœurs, charge moyenne {os.getloadavg()[0]:.1f}. wrk, "
        "quatre connexions gardées, manches alternées ; médiane (minimum à maximum), en requêtes par seconde.",
        "",
        "| Requête | Apache mod_dav | Préau | Rapport | But |",
        "|---|---|---|---|---|",
    ]
    for method, by_server in figures.items():
        peer, mine = by_server["Apache mod_dav"], by_server["Préau"]
        ratio = statistics.median(m / p for m, p in zip(mine, peer, strict=True))
        goal = f"≥ {GOALS[method]:.1f} ×" if method in GOALS else "remis au serveur frontal"
        lines.append(f"| {LABELS[method]} | {spread(peer)} | {spread(mine)} | **{ratio:.2f} ×** | {goal} |")
    lines += ["", *NOTES, ""]
    return "\n".join(lines)


LABELS = {
    "PROPFIND": "PROPFIND, profondeur 1, 100 fichiers",
    "PUT": "PUT d’un nouveau fichier de 10 ko",
    "GET": "GET de 10 ko, sans serveur frontal",
}
NOTES = (
    "Apache (mod_dav_fs, mpm_event) écrit sur le disque, sans droits partagés, ni quota, ni journal. Préau "
    "(deux processus granian) vérifie le mot de passe, le mur entre écoles, les verrous et le quota, inscrit le "
    "fichier et une ligne de journal dans PostgreSQL.",
    "",
    "En production les téléchargements sont remis au serveur frontal (`PREAU_SENDFILE`) : leur débit est le sien.",
)


def spread(rates: list[float]) -> str:
    """Median, with the extremes."""
    return f"{statistics.median(rates):.0f} ({min(rates):.0f} à {max(rates):.0f})"


if __name__ == "__main__":
    main()
