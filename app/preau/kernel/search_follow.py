"""How the index follows the session: what a transaction wrote is indexed at its commit, in it.

Bulk statements of the ORM (``update(Model)``) are followed by a job that reads the model again; what goes
round the ORM altogether calls :func:`reindex` itself.
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from sqlalchemy import event, select
from sqlalchemy.orm import ORMExecuteState, Session
from sqlalchemy.orm.util import identity_key

from preau.kernel import jobs
from preau.kernel.contract import registry
from preau.kernel.database import db
from preau.kernel.search import Document, Searchable
from preau.kernel.search_index import SearchDocument, SearchText, forget_with, key_column
from preau.kernel.search_write import forget, row_of, write
from preau.kernel.tenancy import lifted
from preau.kernel.traits.shared import Share, Shareable
from preau.kernel.transaction import atomic

# Beyond this many objects in one transaction, the rest is indexed by a job enqueued with it.
AT_ONCE = 1000
BATCH = 500

_followed: dict[type[Any], list[tuple[Searchable, Any]]] = {}
_named: dict[str, Searchable] = {}


def follow(searchables: Iterable[Searchable]) -> None:
    """Index these models from now on; the composition root calls it with every service's declaration."""
    for searchable in searchables:
        _named[searchable.name] = searchable
        key = key_column(searchable.model).key
        _add(searchable.model, searchable, lambda obj, key=key: getattr(obj, key))
        for model, key_of in searchable.through.items():
            _add(model, searchable, key_of)
        if issubclass(searchable.model, Shareable):
            _add(Share, searchable, _shared_object(searchable))
        forget_with(searchable)


def _add(model: type[Any], searchable: Searchable, key_of: Any) -> None:
    followers = [each for each in _followed.get(model, []) if each[0].name != searchable.name]
    _followed[model] = [*followers, (searchable, key_of)]


def _shared_object(searchable: Searchable) -> Any:
    table = searchable.model.__tablename__
    return lambda share: share.object_id if share.kind == table else None


def searchables() -> dict[str, Searchable]:
    """Every followed model by the name of its results."""
    return dict(_named)


@event.listens_for(Session, "after_flush")
def _note(session: Session, _context: Any) -> None:
    if not _followed:
        return
    waiting = session.info.setdefault("search", set())
    for obj in (*session.new, *session.dirty, *session.deleted):
        for searchable, key_of in _followed.get(type(obj), ()):
            if (key := key_of(obj)) is not None:
                waiting.add((searchable.name, key))


@event.listens_for(Session, "do_orm_execute")
def _note_bulk(state: ORMExecuteState) -> None:
    if not (state.is_update or state.is_insert) or state.bind_mapper is None:
        return
    for searchable, _key_of in _followed.get(state.bind_mapper.class_, ()):
        state.session.info.setdefault("search_bulk", set()).add(searchable.name)


@event.listens_for(Session, "before_commit")
def _index_what_was_written(session: Session) -> None:
    if not _followed:
        return
    if session.new or session.dirty or session.deleted:
        session.flush()
    waiting: set[tuple[str, Any]] = session.info.pop("search", set())
    bulk: set[str] = session.info.pop("search_bulk", set())
    for name in sorted(bulk):
        jobs.defer(reindex_job, name=name, unique=f"search:{name}")
    if waiting:
        ordered = sorted(waiting, key=str)
        with lifted():  # an index row holds principals of every school that may read it
            index(ordered[:AT_ONCE])
        for batch in batches(ordered[AT_ONCE:], AT_ONCE):
            jobs.defer(index_job, keys=[[name, str(key)] for name, key in batch])


@event.listens_for(Session, "after_rollback")
def _forget_what_was_undone(session: Session) -> None:
    session.info.pop("search", None)
    session.info.pop("search_bulk", None)


def batches(values: Iterable[Any], size: int) -> Iterator[list[Any]]:
    """Lists of at most ``size`` values."""
    rest = iter(values)
    while batch := list(islice(rest, size)):
        yield batch


def index(keys: Iterable[tuple[str, Any]]) -> None:
    """Index objects again, or forget those that are gone or no longer to be found; joins the transaction."""
    by_kind: dict[str, list[Any]] = {}
    for name, key in keys:
        by_kind.setdefault(name, []).append(key)
    rows: list[dict[str, Any]] = []
    for name, wanted in by_kind.items():
        searchable = _named[name]
        found = {key: searchable.document(obj) for key, obj in _read(searchable.model, wanted).items()}
        documents = {key: document for key, document in found.items() if document is not None}
        rows += [row_of(name, key, document) for key, document in documents.items()]
        forget(name, [key for key in wanted if key not in documents])
        extract_later(documents.values())
    write(rows)


def _read(model: type[Any], keys: list[Any]) -> dict[Any, Any]:
    """Objects by their keys: those that the session holds, the others in one query."""
    held = db.session.identity_map
    absent = [key for key in keys if identity_key(model, key) not in held]
    column = key_column(model)
    found = {key: db.session.get(model, key) for key in set(keys).difference(absent)}
    if absent:
        found |= {
            getattr(obj, column.key): obj
            for obj in db.session.scalars(select(model).where(column.in_(absent)))
        }
    return {key: obj for key, obj in found.items() if obj is not None}


def extract_later(documents: Iterable[Document]) -> None:
    """Have the texts of documents' files extracted, unless they are known."""
    blobs = {document.blob for document in documents if document.blob}
    if not blobs:
        return
    from preau.kernel.search_files import extract_job

    known = set(db.session.scalars(select(SearchText.blob).where(SearchText.blob.in_(blobs))))
    for blob in sorted(blobs - known):
        jobs.defer(extract_job, blob=blob, unique=f"search:blob:{blob}")


@jobs.task("search.index")
def index_job(keys: list[list[str]]) -> None:
    """Index objects that one transaction wrote in great number."""
    with atomic():
        index_documents((name, key) for name, key in keys)


def index_documents(keys: Iterable[tuple[str, str]]) -> None:
    """Index objects again, named by the keys of their documents."""
    index([(name, _typed(_named[name], key)) for name, key in keys if name in _named])


def _typed(searchable: Searchable, key: str) -> Any:
    return key_column(searchable.model).type.python_type(key)


@jobs.task("search.reindex", lock="search.reindex")
def reindex_job(name: str) -> None:
    """Read a model again after a bulk change."""
    reindex(name)


def reindex(name: str) -> int:
    """Index every object of a kind again, by batches; forget those that are gone; return how many were read."""
    searchable = _named[name]
    column = key_column(searchable.model)
    count, last = 0, None
    with lifted():  # the whole index, every school
        while True:
            keys = select(column).order_by(column).limit(BATCH)
            found = list(db.session.scalars(keys if last is None else keys.where(column > last)))
            with atomic() as session:
                index([(name, key) for key in found])
                session.expunge_all()
            count += len(found)
            if len(found) < BATCH:
                break
            last = found[-1]
        with atomic():
            _forget_orphans(searchable)
    return count


def _forget_orphans(searchable: Searchable) -> None:
    from sqlalchemy import Text, cast, delete

    column = key_column(searchable.model)
    there = select(cast(column, Text)).where(cast(column, Text) == SearchDocument.object_id).exists()
    db.session.execute(
        delete(SearchDocument)
        .where(SearchDocument.kind == searchable.name, ~there)
        .execution_options(synchronize_session=False)
    )


def follow_registry() -> None:
    """Follow what every service of the running application declares."""
    follow(each for service in registry for each in service.search if isinstance(each, Searchable))
