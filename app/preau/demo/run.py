"""`preau demo`: the whole ENT on one port, on the embedded PostgreSQL, fed by a real delivery."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import click

from preau.kernel.adapters.postgres import Cluster
from preau.settings import Settings

if TYPE_CHECKING:
    from flask import Flask

HOST = "127.0.0.1"
THREADS = 4


def run(port: int, feed: Path | None, host: str = HOST) -> None:
    """Prepare what is not there yet, say where it is and who may enter, and serve until stopped."""
    started = time.monotonic()
    settings = Settings()
    home = settings.data.resolve() / "demo"
    home.mkdir(parents=True, exist_ok=True)
    url = settings.database
    # Reading the programme takes as long as starting the database: both at once.
    loading = threading.Thread(target=import_module, args=("preau.app",))
    loading.start()
    if not url:
        cluster = Cluster(home / "postgres")
        cluster.start()
        url = cluster.url()
    loading.join()
    os.environ |= {
        "PREAU_DATABASE": url,
        "PREAU_DATA": str(home),
        "PREAU_PUBLIC_URL": f"http://localhost:{port}",
        "PREAU_DEMO": "1",
    }
    app = _application()
    prepare(app, home, feed)
    _welcome(app, port, time.monotonic() - started)
    # Its output is the worker's journal: a demonstration shows pages, not log lines.
    with (home / "worker.log").open("a") as log:
        worker = subprocess.Popen([sys.executable, "-m", "preau", "worker"], stdout=log, stderr=log)
    try:
        from preau.kernel.serving import serve

        serve(host, port, workers=1, threads=THREADS)
    finally:
        worker.terminate()
        worker.wait()


def _application() -> Flask:
    from preau.app import create_app

    return create_app(Settings())


def prepare(app: Flask, home: Path, feed: Path | None) -> None:
    """Schema, academy, accounts and contents; each only when it is not there yet."""
    from preau.demo import academy_in, accounts, contents
    from preau.kernel import migrate

    with app.app_context():
        migrate.upgrade()
        if feed:
            academy_in.bring([feed])
            accounts.open_administrator(home)
        elif academy_in.is_empty():
            click.echo("Première fois : une académie est inventée, livrée au format AAF, puis importée.")
            academy_in.bring(academy_in.generated(home / "livraisons"))
            accounts.open_all()
            contents.write()


def _welcome(app: Flask, port: int, seconds: float) -> None:
    from preau.demo import accounts

    with app.app_context():
        accounts.show(port, seconds, Path(app.config["SETTINGS"].data))
