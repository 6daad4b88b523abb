"""The portal's home, a list and a search on a region's directory, beside the same template with nothing behind it.

    python -m tests.load.portal --people 500000 --report docs/exploitation/rapports/portail.md
    python -m tests.load.portal --database postgresql+psycopg://…   # a directory that feed_import.py left

Twenty requests in flight, kept alive, from two processes of ten threads; server and clients share the machine.
The peer is the same server, page and context, with neither session, nor rights, nor database.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import platform
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from flask import render_template, template_rendered
from sqlalchemy import event, select, text

from preau.app import create_app, wsgi
from preau.kernel import migrate
from preau.kernel.adapters.postgres import Cluster
from preau.kernel.database import db
from preau.kernel.identity import AuthenticationLevel
from preau.kernel.tenancy import lifted
from preau.settings import Settings
from preau.socle.directory.models import Profile, Structure
from preau.socle.security.authentication import sessions
from preau.socle.security.models import ProjectRole

IN_FLIGHT = 20
PROCESSES = 2
LIMIT_MS = 100.0
PORT = 8391
SIGNED_IN = 200
SIZE = 1200
DIRECTORY = """
INSERT INTO structure (id, uai, kind, degree, name, short_name, siret, source, key, opened, created_at, updated_at)
SELECT n, to_char(n, 'FM0000000') || 'X', 'college', 2, 'Collège ' || n, '', '', 'aaf2d', n::text, true, now(), now()
FROM generate_series(1, :schools) n;
INSERT INTO person (id, uid, last_name, first_name, birth_date, mail, open_to, created_at, updated_at)
SELECT n, 'L' || to_char(n, 'FM0000000'),
  (ARRAY['Martin','Bernard','Nguyen','Diallo','Petit','Garcia','Lefèvre','Moreau','Benali','Rossi'])[1 + n % 10]
    || chr(97 + (n / 10) % 26) || chr(97 + (n / 260) % 26),
  (ARRAY['Adam','Aïcha','Chloé','Élise','Hugo','Inès','Jade','Léa','Maël','Noé','Rose'])[1 + n % 11],
  DATE '2010-01-01' + n % 2000, '', ARRAY[1 + (n - 1) / :size], now(), now()
FROM generate_series(1, :people) n;
INSERT INTO profile (person_id, structure_id, kind, source)
SELECT n, 1 + (n - 1) / :size, CASE WHEN (n - 1) % :size < :size * 46 / 100 THEN 'pupil'
  WHEN (n - 1) % :size < :size * 46 / 100 * 2 THEN 'guardian' WHEN (n - 1) % :size < :size - 12 THEN 'teacher'
  ELSE 'head' END, 'aaf2d'
FROM generate_series(1, :people) n;
INSERT INTO grouping (uid, structure_id, kind, code, name, source, open_to, created_at, updated_at)
SELECT 'C' || s || 'x' || c, s, 'class', 'C' || c, c || 'e A', 'aaf2d', ARRAY[s], now(), now()
FROM generate_series(1, :schools) s, generate_series(1, 22) c;
INSERT INTO membership (group_id, person_id, role, source)
SELECT g.id, f.person_id, CASE f.kind WHEN 'pupil' THEN 'member' ELSE 'teacher' END, 'aaf2d'
FROM profile f JOIN grouping g ON g.structure_id = f.structure_id
  AND g.code = 'C' || (1 + f.person_id % 22)
WHERE f.kind IN ('pupil', 'teacher');
INSERT INTO relation (guardian_id, pupil_id, link, legal, source)
SELECT person_id, person_id - :size * 46 / 100, '20', 1, 'aaf2d' FROM profile WHERE kind = 'guardian';
INSERT INTO account (person_id, login, state, created_at)
SELECT n, 'l' || n, 'active', now() FROM generate_series(1, :people) n;
SELECT setval('structure_id_seq', :schools), setval('person_id_seq', :people)
"""


def build(people: int) -> None:
    """A directory of that many people: schools of 1,200 one after the other, as a feed writes them."""
    values = {"people": people // SIZE * SIZE, "schools": max(1, people // SIZE), "size": SIZE}
    with lifted():
        for statement in DIRECTORY.split(";\n"):
            db.session.execute(text(statement), values)
        db.session.add(ProjectRole(person_id=1, name="project_admin"))
        db.session.commit()
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))


def application() -> Any:
    """What the server loads: the ENT, or the peer when ``PORTAL_PEER`` names a session's token."""
    app = wsgi()
    token = os.environ.get("PORTAL_PEER")
    return peer(app, token) if token else app


def peer(app: Any, token: str) -> Any:
    """The home's template with its context already made, and nothing else of the request's work."""
    kept: dict[str, Any] = {}

    @app.get("/_rendu")
    def rendered() -> str:
        return render_template("portal/home.html", **kept)

    def keep(_app: Any, template: Any, context: dict[str, Any], **_rest: Any) -> None:
        kept.update(
            {name: value for name, value in context.items() if name not in {"g", "request", "session"}}
        )

    client = app.test_client()
    client.set_cookie(sessions.COOKIE, token)
    with template_rendered.connected_to(keep, app):
        client.get("/")
    for functions in (app.before_request_funcs, app.after_request_funcs, app.template_context_processors):
        functions.clear()
    return app


def serve(environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """One granian process, as in production, answering before this returns."""
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", PORT)) == 0:
            raise SystemExit(f"something already answers on port {PORT}")
    code = (
        "from granian import Granian; from granian.constants import Interfaces;"
        f"Granian('tests.load.portal:application', factory=True, address='127.0.0.1', port={PORT},"
        f"interface=Interfaces.WSGI, workers={os.cpu_count()}, blocking_threads=4, websockets=False,"
        "log_access=False).serve()"
    )
    server = subprocess.Popen([sys.executable, "-c", code], env=environment, stdout=subprocess.DEVNULL)
    for _attempt in range(600):
        try:
            fetch(http.client.HTTPConnection("127.0.0.1", PORT), "/plan-du-site", "")
        except OSError:
            time.sleep(0.1)
        else:
            return server
    raise SystemExit("the server does not answer")


def fetch(connection: http.client.HTTPConnection, path: str, token: str) -> float:
    """Seconds that one request takes; anything but 200 stops the run."""
    started = time.perf_counter()
    connection.request("GET", path, headers={"Cookie": f"{sessions.COOKIE}={token}"})
    answer = connection.getresponse()
    answer.read()
    if answer.status != http.client.OK:
        raise RuntimeError(f"{path}: {answer.status}")
    return time.perf_counter() - started


def half(requests: list[tuple[str, str]], threads: int) -> list[float]:
    """Latencies of these requests, spread over threads that each keep a connection."""
    found: list[float] = []

    def run(mine: list[tuple[str, str]]) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", PORT)
        found.extend([fetch(connection, path, token) for path, token in mine])
        connection.close()

    workers = [threading.Thread(target=run, args=(requests[n::threads],)) for n in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    if len(found) != len(requests):
        raise SystemExit("requests were lost")
    return found


def measure(requests: list[tuple[str, str]]) -> dict[str, float]:
    """Median and p95 in milliseconds, requests a second, with twenty in flight."""
    with ProcessPoolExecutor(PROCESSES) as pool:
        list(pool.map(half, [[requests[0]]] * PROCESSES, [1] * PROCESSES))
        started = time.perf_counter()
        parts = [requests[n::PROCESSES] for n in range(PROCESSES)]
        found = [
            each for part in pool.map(half, parts, [IN_FLIGHT // PROCESSES] * PROCESSES) for each in part
        ]
        elapsed = time.perf_counter() - started
    ordered = sorted(found)
    return {
        "p50": statistics.median(ordered) * 1000,
        "p95": ordered[int(len(ordered) * 0.95)] * 1000,
        "rate": len(ordered) / elapsed,
    }


def count_statements(app: Any, token: str) -> tuple[int, int]:
    """Statements of a home that was never asked for, then of the same again; the walls' own included."""
    sent: list[str] = []
    for engine in db.engines.values():
        event.listen(engine, "before_cursor_execute", lambda *arguments: sent.append(arguments[2]))
    client = app.test_client()
    client.set_cookie(sessions.COOKIE, token)
    counts = []
    for _turn in range(2):
        sent.clear()
        client.get("/")
        counts.append(len(sent))
    return counts[0], counts[1]


def run(database: str, data: Path, rounds: int) -> dict[str, Any]:
    """Every figure of the report."""
    app = create_app(Settings(database=database, data=data, secret_key="load"))
    with app.app_context():
        with lifted():
            people = db.session.scalar(text("SELECT count(*) FROM person"))
            chosen = db.session.scalars(
                select(Profile.person_id)
                .join(Structure)
                .where(Profile.kind != "pupil", Profile.left_on.is_(None))
                .order_by(Profile.id % 997, Profile.id)
                .limit(SIGNED_IN)
            ).all()
            admin = db.session.scalar(
                select(ProjectRole.person_id).where(ProjectRole.name == "project_admin")
            )
            db.session.rollback()
        tokens = [sessions.open_session(each, AuthenticationLevel.PASSWORD)[0] for each in chosen]
        admin_token = sessions.open_session(admin, AuthenticationLevel.SECOND_FACTOR)[0]
        cold, warm = count_statements(app, tokens[-1])
        db.session.close()
    environment = os.environ | {
        "PREAU_DATABASE": database,
        "PREAU_DATA": str(data),
        "PREAU_SECRET_KEY": "load",
    }
    names = ("martinb", "bernardc", "benalia", "hugo rossi", "lefevred", "nguyenc", "diallo noe", "garciab")
    figures: dict[str, Any] = {
        "load": os.getloadavg()[1],
        "people": people,
        "cold_statements": cold,
        "warm_statements": warm,
    }
    server = serve(environment)
    try:
        figures["first"] = measure([("/", token) for token in tokens])
        figures["home"] = measure([("/", token) for token in tokens] * rounds)
        figures["list"] = measure([("/annuaire/", token) for token in tokens] * max(1, rounds // 4))
        search = [
            (f"/annuaire/?q={names[n % len(names)].replace(' ', '+')}", token)
            for n, token in enumerate(tokens)
        ]
        figures["search"] = measure(search * max(1, rounds // 4))
        figures["region"] = measure([(path, admin_token) for path, _token in search])
    finally:
        server.terminate()
        server.wait()
    server = serve(environment | {"PORTAL_PEER": tokens[0]})
    try:
        figures["peer"] = measure([("/_rendu", "")] * len(tokens) * rounds)
    finally:
        server.terminate()
        server.wait()
    return figures


LINES = (
    ("first", "Accueil, première visite de chacun"),
    ("home", "Accueil, visites suivantes"),
    ("list", "Annuaire de l’école, liste"),
    ("search", "Annuaire de l’école, recherche par nom"),
    ("region", "Annuaire de la région, recherche par nom (administrateur)"),
    ("peer", "Même gabarit, sans rien derrière"),
)


def verdict(key: str, p95: float) -> str:
    """Whether the page keeps the limit; the peer and the very first visits have none."""
    if key in {"first", "peer"}:
        return "–"
    return "tenue" if p95 <= LIMIT_MS else "**dépassée**"


def report(figures: dict[str, Any]) -> str:
    """The figures in French, each beside its limit."""
    ratio = figures["home"]["rate"] / figures["peer"]["rate"]
    rows = [
        f"| {label} | {figures[key]['p50']:.1f} | {figures[key]['p95']:.1f} | {figures[key]['rate']:.0f}"
        f" | {verdict(key, figures[key]['p95'])} |"
        for key, label in LINES
    ]
    load = figures["load"]
    python = "celui du système" if sys.base_prefix == "/usr" else "autre que celui du système"
    people = f"{figures['people']:,}".replace(",", "\u202f")
    return "\n".join(
        [
            "# Portail : temps de réponse sur un annuaire régional",
            "",
            f"{people} personnes, {IN_FLIGHT} requêtes en vol, {os.cpu_count()} cœurs partagés entre le serveur (un",
            "processus granian par cœur), PostgreSQL et les clients ; charge moyenne de la machine :",
            f"{load:.1f} au départ. Python {platform.python_version()}, {python}. Produit par",
            "`python -m tests.load.portal`.",
            "",
            "| Page | médiane (ms) | 95 % (ms) | par seconde | limite de 100 ms |",
            "|---|---:|---:|---:|---|",
            *rows,
            "",
            "- La limite vaut au 95ᵉ centile pour l’accueil, une liste et une recherche. À vingt requêtes en",
            "  vol sur deux cœurs, elle demande à peu près 300 pages par seconde, soit 7 ms de processeur par",
            "  page, tout compris : serveur, base et client.",
            f"- Accueil rapporté au gabarit seul : {ratio:.0%} (au moins 50 % attendus).",
            (
                f"- Requêtes SQL de l’accueil : {figures['cold_statements']} à froid (10 au plus),"
                f" {figures['warm_statements']} ensuite (3 au plus), celles qui dressent les murs comprises."
            ),
            "",
        ]
    )


def main() -> None:
    """Build or take a directory, measure, write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--people", type=int, default=500_000)
    parser.add_argument("--rounds", type=int, default=20, help="homes asked for by each person")
    parser.add_argument("--database", help="an existing directory, left as it is but for sessions")
    parser.add_argument("--report", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="preau-portal-") as folder:
        if options.database:
            figures = run(options.database, Path(folder), options.rounds)
        else:
            cluster = Cluster(Path(folder) / "postgres", durable=False)
            cluster.start()
            try:
                cluster.create_database("region")
                app = create_app(
                    Settings(database=cluster.url("region"), data=Path(folder), secret_key="load")
                )
                with app.app_context():
                    migrate.create_from_models()
                    build(options.people)
                    db.session.close()
                    db.engine.dispose()
                figures = run(cluster.url("region"), Path(folder), options.rounds)
            finally:
                cluster.destroy()
    if options.report:
        options.report.parent.mkdir(parents=True, exist_ok=True)
        options.report.write_text(report(figures))
    print(report(figures))
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
