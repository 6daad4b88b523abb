"""The words of stored files: extracted once per content by a job, then found through every object that holds it."""

from sqlalchemy import select

from preau.kernel import files, jobs
from preau.kernel.adapters.text_extraction import PurePythonExtraction
from preau.kernel.database import db
from preau.kernel.errors import PreauError
from preau.kernel.ports.text_extraction import Extracted, TextExtraction
from preau.kernel.search_index import SearchDocument, SearchText
from preau.kernel.search_write import LONGEST_BODY
from preau.kernel.transaction import atomic

extraction: TextExtraction = PurePythonExtraction()


@jobs.task("search.extract", queue="default", retry=1)
def extract_job(blob: str) -> None:
    """Extract a content, keep its text, and index again the objects that hold it. UTI-IDO-REC-02."""
    from preau.kernel.search_follow import index_documents

    found = _extracted(blob)
    with atomic() as session:
        session.merge(
            SearchText(
                blob=blob,
                text=found.text.replace("\0", " ")[:LONGEST_BODY],
                metadata_=dict(found.metadata),
                state="done" if found.readable else "unreadable",
            )
        )
        session.flush()
        holders = session.execute(
            select(SearchDocument.kind, SearchDocument.object_id).where(SearchDocument.blob == blob)
        ).all()
        index_documents((kind, key) for kind, key in holders)


def _extracted(blob: str) -> Extracted:
    try:
        with files.opened(blob) as content:
            return extraction.extract(content)
    except PreauError:
        # Gone or in quarantine: there is nothing to read.
        return Extracted(readable=False)


def forget_unused() -> int:
    """Drop the texts of contents that no document holds any more; return how many."""
    from sqlalchemy import delete

    held = select(SearchDocument.blob).where(SearchDocument.blob == SearchText.blob).exists()
    with atomic():
        gone = db.session.execute(
            delete(SearchText).where(~held).execution_options(synchronize_session=False)
        )
    return int(gone.rowcount)  # type: ignore[attr-defined]
