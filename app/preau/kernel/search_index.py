"""The index: one row per found object, kept by the session itself so that no service can forget.

Principals and the words of the title are lexemes of the row's own text vector, marked by signs that no text
yields (:mod:`preau.kernel.search_words`): one scan of one GIN index then answers "these words, and open to
me". Row-level security is the second wall.
"""

from typing import Any

from sqlalchemy import DDL, BigInteger, Index, event, literal_column
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from preau.kernel.database import Created, Ids, Model, Moment
from preau.kernel.search import Searchable
from preau.kernel.tenancy import ME, MINE

# In `open_to`: seen from everywhere.
EVERYWHERE = 0
# New entries wait in a list that is merged at this size (kB): a write costs a third, a search reads it whole.
PENDING = 256


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
        Index(
            "ix_search_document_tsv",
            "tsv",
            postgresql_using="gin",
            postgresql_with={"gin_pending_list_limit": PENDING},
        ),
        Index("ix_search_document_at", literal_column("at DESC NULLS LAST")),
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
