"""Writing the index: one statement for a batch of documents, whatever their number."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import delete, text

from preau.kernel.database import db, now
from preau.kernel.search import Document
from preau.kernel.search_index import EVERYWHERE, SearchDocument
from preau.kernel.search_words import of_principals, of_title

# A vector may not pass 1 MB; this many characters never make one that does.
LONGEST_BODY = 200_000
LONGEST_TITLE = 500
# Characters sent at once, so that a thousand long texts do not become one parameter of 200 MB.
BATCH = 4_000_000

# In the order of the key: two transactions that write the same documents wait, and never for each other.
UPSERT = text("""
INSERT INTO search_document AS kept
  (kind, object_id, owner_id, open_to, title, body, author, metadata, url, at, blob, indexed_at, tsv)
SELECT new.kind, new.object_id, new.owner_id, new.open_to, new.title, new.body, new.author, new.metadata,
  new.url, new.at, new.blob, :now,
  setweight(to_tsvector('public.fr', new.title), 'A')
    || setweight(to_tsvector('public.fr', new.facts), 'B')
    || setweight(to_tsvector('public.fr', new.body), 'D')
    || to_tsvector('public.fr', coalesce(
         file.text || ' ' || jsonb_path_query_array(file.metadata, '$.*')::text, ''))
    || array_to_tsvector(new.marks)
FROM json_to_recordset(CAST(:documents AS json)) AS new
  (kind text, object_id text, owner_id bigint, open_to bigint[], title text, body text, author text,
   metadata jsonb, url text, at timestamptz, blob text, facts text, marks text[])
LEFT JOIN search_text file ON file.blob = new.blob AND new.blob <> ''
ORDER BY new.kind, new.object_id
ON CONFLICT (kind, object_id) DO UPDATE SET
  owner_id = excluded.owner_id, open_to = excluded.open_to, title = excluded.title, body = excluded.body,
  author = excluded.author, metadata = excluded.metadata, url = excluded.url, at = excluded.at,
  blob = excluded.blob, indexed_at = excluded.indexed_at, tsv = excluded.tsv
""")


def row_of(kind: str, key: Any, document: Document) -> dict[str, Any]:
    """A document as :func:`write` takes it."""
    principals = {each for each in document.principals if each}
    open_to = {EVERYWHERE} if "all" in principals else set(document.structures)
    if document.owner_id:
        principals.add(f"person:{document.owner_id}")
    metadata = {_clean(str(name)): _clean(str(value)) for name, value in document.metadata.items() if value}
    title = _clean(document.title)[:LONGEST_TITLE]
    return {
        "kind": kind,
        "object_id": str(key),
        "owner_id": document.owner_id,
        "open_to": sorted(open_to),
        "marks": sorted(of_principals(principals) | of_title(title)),
        "title": title,
        "body": _clean(document.body)[:LONGEST_BODY],
        "facts": _clean(" ".join([document.author, *metadata.values()]))[:LONGEST_BODY],
        "author": _clean(document.author),
        "metadata": metadata,
        "url": _clean(document.url),
        "at": document.at.isoformat() if document.at else None,
        "blob": document.blob,
    }


def _clean(text: str) -> str:
    return text.replace("\0", " ")


def write(rows: Iterable[dict[str, Any]]) -> None:
    """Write documents, the last one of each key; joins the transaction."""
    last = {(row["kind"], row["object_id"]): row for row in rows}
    for documents in _parameters(last.values()):
        db.session.connection().execute(UPSERT, {"documents": documents, "now": now()})


def _parameters(rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    batch: list[str] = []
    size = 0
    for row in rows:
        batch.append(json.dumps(row, ensure_ascii=False))
        size += len(batch[-1])
        if size > BATCH:
            yield f"[{','.join(batch)}]"
            batch, size = [], 0
    if batch:
        yield f"[{','.join(batch)}]"


def forget(kind: str, keys: Iterable[Any]) -> None:
    """Take objects out of the index."""
    gone = [str(key) for key in keys]
    if gone:
        db.session.execute(
            delete(SearchDocument).where(SearchDocument.kind == kind, SearchDocument.object_id.in_(gone))
        )
