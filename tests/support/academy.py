"""The demonstration's academy on a real server: what the gallery shows and load tests visit."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import text

from preau.app import create_app
from preau.demo import accounts
from preau.demo.run import prepare
from preau.kernel import jobs
from preau.kernel.adapters.postgres import Cluster
from preau.kernel.database import db
from preau.kernel.tenancy import lifted
from preau.settings import Settings
from tests.support.site import Site, free_port, running
from tests.support.world import World


@contextmanager
def academy(cluster: Cluster, name: str, folder: Path) -> Iterator[Site]:
    """Serve the academy; its people are found by what they are ("Élève de maternelle")."""
    cluster.create_database(name)
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    settings = Settings(
        database=cluster.url(name), data=folder, secret_key="site", public_url=url, testing=True, demo=True
    )
    app = create_app(settings)
    prepare(app, folder, None)
    with app.app_context():
        jobs.run_pending()
        with lifted():
            by_login = dict(db.session.execute(text("SELECT login, person_id FROM account")).all())
            people = {row.label: by_login[row.login] for row in db.session.execute(text(accounts.SAMPLES))}
            db.session.rollback()
        people["Administration"] = by_login[accounts.ADMINISTRATOR]
        db.session.close()
        db.engine.dispose()
    with running(app, World({}, people, {}), settings, port) as site:
        yield site
    cluster.drop_database(name)
