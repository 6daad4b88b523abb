"""The demonstration's academy enters by the same door as a real one: the feed."""

from __future__ import annotations

from pathlib import Path

from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn
from sqlalchemy import select

from preau.demo.commands import generate
from preau.kernel import jobs
from preau.kernel.database import db
from preau.kernel.identity import system
from preau.kernel.tenancy import lifted
from preau.socle.directory.models import Person
from preau.socle.integration.feeds import operations as feeds


def is_empty() -> bool:
    """Whether nobody is in the directory yet."""
    with lifted():  # nobody is signed in while the demonstration is being prepared
        return db.session.scalar(select(Person.id).limit(1)) is None


def generated(folder: Path) -> list[Path]:
    """The invented academy, as archives of the first and second degree."""
    return generate(folder)


def bring(deliveries: list[Path]) -> None:
    """Import deliveries one after the other, then do the jobs that they enqueued."""
    identity = system("demo")
    columns = (TextColumn("{task.description:<44}"), BarColumn(), TaskProgressColumn())
    with lifted(), Progress(*columns) as progress:
        for path in deliveries:
            bar = progress.add_task(path.name, total=None)

            def advance(stage: str, done: int, total: int, bar: int = bar, name: str = path.name) -> None:
                progress.update(bar, description=f"{name} · {stage}", completed=done, total=total or None)

            delivery = feeds.receive(identity, path)
            feeds.prepare(identity, delivery.id, advance)
            feeds.apply(identity, delivery.id, approve=True, progress=advance)
            progress.update(bar, completed=1, total=1, description=path.name)
    jobs.run_pending()
