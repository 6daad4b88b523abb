"""The index: one row per found object, kept by the session itself so that no service can forget.

Principals are lexemes of the row's own text vector, marked by a sign that no text yields: one scan of one
GIN index then answers "these words, and open to me". Row-level security is the second wall.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import (
    DDL,
    BigInteger,
    Index,
    Text,
    bindparam,
    delete,
    event,
    func,
    literal_column,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, REGCONFIG, TSVECTOR, insert
from sqlalchemy.orm import Mapped, mapped_column

from preau.kernel.database import Created, Ids, Model, Moment, Words, db, now
from preau.kernel.search import Document, Searchable
from preau.kernel.tenancy import ME, MINE

MARK = "§"
# A vector may not pass 1 MB; this many characters never make one that does.
LONGEST_BODY = 200_000
LONGEST_TITLE = 500
# In `open_to`: seen from everywhere.
EVERYWHERE = 0
FRENCH: Any = literal_column("'public.fr'::regconfig", REGCONFIG)


class SearchDocument(Model):
    """What is found. ``body`` is kept for excerpts; ``blob`` is the stored file whose text is added to it."""

    __tablename__ = "search_document"
    # The last arm is for the trigger that forgets what is deleted: in a cascade no role can be taken.
    __wall__ = (
        f"owner_id = {ME} OR open_to && {MINE} OR open_to @> ARRAY[{EVERYWHERE}]::bigint[]"
        " OR (SELECT pg_trigger_depth() > 0)"
    )

    kind: Mapped[str] = mapped_column(primary_key=True)
    object_id: Mapped[str] = mapped_column(primary_key=True)
    owner_id: Mapped[int | None] = mapped_column(BigInteger, index=True)
    open_to: Mapped[Ids]
    principals: Mapped[Words]
    title: Mapped[str]
    body: Mapped[str] = mapped_column(default="", server_default="")
    author: Mapped[str] = mapped_column(default="", server_default="")
    metadata_: Mapped[dict[str, str]] = mapped_column("metadata", JSONB, default=dict, server_default="{}")
    url: Mapped[str] = mapped_column(default="", server_default="")
    at: Mapped[Moment | None]
    blob: Mapped[str] = mapped_column(default="", server_default="")
    tsv: Mapped[Any] = mapped_column(TSVECTOR, deferred=True)
    indexed_at: Mapped[Created]

    __table_args__ = (
        # Without the pending list a write costs a little more and no search pays for it.
        Index("ix_search_document_tsv", "tsv", postgresql_using="gin", postgresql_with={"fastupdate": "off"}),
        Index(
            "ix_search_document_title",
            "title",
            postgresql_using="gin",
            postgresql_ops={"title": "gin_trgm_ops"},
        ),
        Index("ix_search_document_blob", "blob", postgresql_where=literal_column("blob <> ''")),
    )


class SearchText(Model):
    """The text of a stored file, extracted once whatever the number of objects that hold it."""

    __tablename__ = "search_text"
    __wall__ = "false"

    blob: Mapped[str] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(default="", server_default="")
    metadata_: Mapped[dict[str, str]] = mapped_column("metadata", JSONB, default=dict, server_default="{}")
    state: Mapped[str]  # done, unreadable
    created_at: Mapped[Created]


FORGET = """
CREATE OR REPLACE FUNCTION search_forget() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM search_document WHERE kind = TG_ARGV[0] AND object_id = to_jsonb(OLD) ->> TG_ARGV[1];
  RETURN OLD;
END $$
"""
event.listen(Model.metadata, "before_create", DDL(FORGET.replace("%", "%%")))  # type: ignore[no-untyped-call]


def key_column(model: type[Any]) -> Any:
    """The single primary key column of a searchable model."""
    (column,) = model.__mapper__.primary_key
    return column


def forget_with(searchable: Searchable) -> None:
    """Make the database forget what is deleted from the model's table, also by a cascade."""
    table = searchable.model.__table__
    if f"search:{searchable.name}" in table.info:
        return
    table.info[f"search:{searchable.name}"] = True
    event.listen(table, "after_create", DDL(forget_ddl(searchable)))  # type: ignore[no-untyped-call]


def forget_ddl(searchable: Searchable) -> str:
    """The trigger of a searchable model's table."""
    table, key = searchable.model.__tablename__, key_column(searchable.model).name
    return (
        f"CREATE TRIGGER search_forget_{searchable.name} AFTER DELETE ON {table}"
        f" FOR EACH ROW EXECUTE FUNCTION search_forget('{searchable.name}', '{key}')"
    )


def _vector() -> Any:
    facts = literal_column("jsonb_path_query_array(search_text.metadata, '$.*')::text", Text)
    extracted = (
        select(SearchText.text + " " + facts).where(SearchText.blob == bindparam("b_blob")).scalar_subquery()
    )
    marked = func.array_to_tsvector(bindparam("b_marks", type_=ARRAY(Text)))
    weighted = [
        func.setweight(
            func.to_tsvector(FRENCH, bindparam(f"b_{name}", type_=Text)), literal_column(f"'{weight}'")
        )
        for name, weight in (("title", "A"), ("facts", "B"), ("body", "D"))
    ]
    found = func.to_tsvector(FRENCH, func.coalesce(extracted, ""))
    return weighted[0].op("||")(weighted[1]).op("||")(weighted[2]).op("||")(found).op("||")(marked)


def _statement() -> Any:
    names = (
        "kind",
        "object_id",
        "owner_id",
        "open_to",
        "principals",
        "title",
        "body",
        "author",
        "url",
        "at",
        "blob",
    )
    values: dict[str, Any] = {name: bindparam(f"b_{name}") for name in names}
    values |= {
        "metadata_": bindparam("b_metadata", type_=JSONB),
        "tsv": _vector(),
        "indexed_at": bindparam("b_now"),
    }
    statement = insert(SearchDocument).values(values)
    kept = {column: statement.excluded[column] for column in (*names[2:], "metadata", "tsv", "indexed_at")}
    return statement.on_conflict_do_update(index_elements=["kind", "object_id"], set_=kept)


UPSERT = _statement()


def row_of(kind: str, key: Any, document: Document) -> dict[str, Any]:
    """The parameters that write a document."""
    principals = {each for each in document.principals if each}
    open_to = {EVERYWHERE} if "all" in principals else set(document.structures)
    if document.owner_id:
        principals.add(f"person:{document.owner_id}")
    metadata = {str(name): str(value) for name, value in document.metadata.items() if value}
    return {
        "b_kind": kind,
        "b_object_id": str(key),
        "b_owner_id": document.owner_id,
        "b_open_to": sorted(open_to),
        "b_principals": sorted(principals),
        "b_marks": sorted(marked(principals)),
        "b_title": _clean(document.title)[:LONGEST_TITLE],
        "b_body": _clean(document.body)[:LONGEST_BODY],
        "b_facts": _clean(" ".join([document.author, *metadata.values()]))[:LONGEST_BODY],
        "b_author": _clean(document.author),
        "b_metadata": metadata,
        "b_url": document.url,
        "b_at": document.at,
        "b_blob": document.blob,
        "b_now": now(),
    }


def _clean(text: str) -> str:
    return text.replace("\0", " ")


def marked(principals: Iterable[str]) -> set[str]:
    """Principals as lexemes of the vector."""
    return {MARK + principal for principal in principals}


def write(rows: Sequence[dict[str, Any]]) -> None:
    """Write documents."""
    if rows:
        db.session.connection().execute(UPSERT, list(rows))


def forget(kind: str, keys: Iterable[Any]) -> None:
    """Take objects out of the index."""
    gone = [str(key) for key in keys]
    if gone:
        db.session.execute(
            delete(SearchDocument).where(SearchDocument.kind == kind, SearchDocument.object_id.in_(gone))
        )
