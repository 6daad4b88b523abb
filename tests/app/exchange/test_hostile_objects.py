"""Objects that no form would take do not come in by an archive either, and nothing of it is kept."""

import hashlib
import io
import json

import pytest

from preau.kernel.errors import Invalid
from preau.kernel.exchange_context import Scope
from preau.kernel.exchange_import import import_archive
from tests.app.exchange.conftest import comparable, members, rezip


def bringing(content: bytes, path: str, data: dict, key: str) -> bytes:
    """The archive with one object more."""
    files = members(content)
    line = {"key": key, "title": "Un objet", "data": data}
    files[path] += json.dumps(line).encode() + b"\n"
    manifest = json.loads(files["MANIFEST.json"])
    for part in manifest["parts"]:
        if part["path"] == path:
            part["sha256"], part["size"] = hashlib.sha256(files[path]).hexdigest(), len(files[path])
            part["count"] += 1
    return rezip({**files, "MANIFEST.json": json.dumps(manifest).encode()})


FREE = "00000000-0000-4000-8000-000000000001"
MARK = {"owner": "W0000003", "title": "Piège"}
ARTICLE = {
    "owner": "W0000003", "structure": "0330001K", "level": "information", "title": "Titre", "body": "Texte",
    "audience": [], "state": "draft", "starts_at": "2026-09-01T00:00:00Z", "ends_at": "2026-09-02T00:00:00Z",
}  # fmt: skip
HOSTILE = {
    "address that runs": ("bookmarks/bookmark-v1", {**MARK, "url": "javascript:alert(1)"}),
    "endless title": ("bookmarks/bookmark-v1", {**MARK, "url": "https://a.test", "title": "x" * 10_000}),
    "site that runs": ("white_pages/white-page-v1", {"person": "W0000003", "website": "javascript:alert(1)"}),
    "no mail": ("white_pages/white-page-v1", {"person": "W0000003", "mail": "a@b.fr\nBcc: c@d.fr"}),
    "page elsewhere": (
        "search/saved_search-v1",
        {"owner": "W0000003", "name": "Piège", "query": {},
         "results": [{"kind": "news", "key": "1", "title": "t", "url": "//ailleurs.test"}]},
    ),
    "unknown state": ("news/news-article-v2", {**ARTICLE, "state": "displayed"}),
    "ends before": ("news/news-article-v2", {**ARTICLE, "ends_at": "2020-01-01T00:00:00Z"}),
    "endless text": ("news/news-article-v2", {**ARTICLE, "body": "x" * 60_000}),
}  # fmt: skip


@pytest.mark.sdet("SOC-INT-IED-16", "SOC-INT-IED-22")
@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_what_no_form_would_take_is_refused_with_nothing_changed(filled, export, name):
    before = export("teacher")
    part, data = HOSTILE[name]
    key = data.get("person", FREE)
    scope = Scope("person", person_id=filled.people["teacher"])
    with pytest.raises(Invalid) as refused:
        content = bringing(before, f"data/{part}.jsonl", data, key)
        import_archive(filled.identity("teacher"), scope, io.BytesIO(content), policy="merge")
    assert refused.value.code == "PRE-ECH-021"
    assert "Rien n’a été modifié" in refused.value.message
    assert comparable(export("teacher")) == comparable(before)


def test_a_minor_publishes_no_contact_by_an_archive(filled, export):
    before = export("pupil")
    data = {"person": "W0000005", "phone": "0600000000"}
    content = bringing(before, "data/white_pages/white-page-v1.jsonl", data, "W0000005")
    scope = Scope("person", person_id=filled.people["pupil"])
    with pytest.raises(Invalid, match="élève"):
        import_archive(filled.identity("pupil"), scope, io.BytesIO(content), policy="merge")
    assert comparable(export("pupil")) == comparable(before)
