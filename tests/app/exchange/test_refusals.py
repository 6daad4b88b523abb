"""What is refused, in words, with nothing changed."""

import io
import json
import zipfile

import pytest
from sqlalchemy import select

from preau.kernel.database import db
from preau.kernel.errors import Invalid
from preau.kernel.exchange_context import Scope
from preau.kernel.exchange_import import import_archive
from preau.kernel.tenancy import lifted
from preau.services.information.bookmarks.models import Bookmark
from tests.app.exchange.conftest import members, rezip


def state() -> list[tuple]:
    with lifted():
        return sorted(db.session.execute(select(Bookmark.id, Bookmark.title, Bookmark.updated_at)).all())


def attempt(world, content: bytes, key="teacher", policy="merge", **options):
    scope = Scope("person", person_id=world.people[key])
    return import_archive(world.identity(key), scope, io.BytesIO(content), policy=policy, **options)


def edited(content: bytes, **changes) -> bytes:
    """The archive with its manifest changed."""
    files = members(content)
    manifest = json.loads(files["MANIFEST.json"]) | changes
    return rezip({**files, "MANIFEST.json": json.dumps(manifest).encode()})


def with_line(content: bytes, change, *, every=False) -> bytes:
    """The archive with the first bookmark's line changed, or every one, and checksums made again."""
    import hashlib

    files = members(content)
    path = "data/bookmarks/bookmark-v1.jsonl"
    lines = files[path].splitlines(keepends=True)
    lines = [change(line) if every or number == 0 else line for number, line in enumerate(lines)]
    files[path] = b"".join(lines)
    manifest = json.loads(files["MANIFEST.json"])
    for part in manifest["parts"]:
        if part["path"] == path:
            part["sha256"], part["size"] = hashlib.sha256(files[path]).hexdigest(), len(files[path])
    return rezip({**files, "MANIFEST.json": json.dumps(manifest).encode()})


def renamed(content: bytes, name: str) -> bytes:
    return rezip({**members(content), name: b"x"})


def bomb(content: bytes) -> bytes:
    return rezip({**members(content), "schemas/bomb.json": bytes(300 * 1024**2)})


def link(content: bytes) -> bytes:
    out = io.BytesIO(content)
    with zipfile.ZipFile(out, "a") as archive:
        info = zipfile.ZipInfo("schemas/link.json")
        info.external_attr = 0o120777 << 16
        archive.writestr(info, "/etc/passwd")
    return out.getvalue()


def doubled(content: bytes) -> bytes:
    out = io.BytesIO(content)
    with zipfile.ZipFile(out, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("MANIFEST.json", "{}")
    return out.getvalue()


def without(content: bytes, name: str) -> bytes:
    return rezip({key: value for key, value in members(content).items() if key != name})


def altered(content: bytes) -> bytes:
    files = members(content)
    path = "data/bookmarks/bookmark-v1.jsonl"
    return rezip({**files, path: files[path].replace(b"Racine", b"Autre!")})


HOSTILE = {
    "not a zip": (lambda content: b"%PDF-1.7", "PRE-ECH-001"),
    "empty": (lambda content: b"", "PRE-ECH-001"),
    "cut": (lambda content: content[: len(content) // 2], "PRE-ECH-001"),
    "climbing": (lambda content: renamed(content, "../../etc/passwd"), "PRE-ECH-004"),
    "absolute": (lambda content: renamed(content, "/etc/passwd"), "PRE-ECH-004"),
    "windows": (lambda content: renamed(content, "C:\\windows"), "PRE-ECH-004"),
    "deep": (lambda content: renamed(content, "/".join("abcdefgh")), "PRE-ECH-004"),
    "long name": (lambda content: renamed(content, "x" * 400), "PRE-ECH-004"),
    "unlisted": (lambda content: renamed(content, "data/extra.txt"), "PRE-ECH-004"),
    "link": (link, "PRE-ECH-004"),
    "doubled": (doubled, "PRE-ECH-004"),
    "bomb": (bomb, "PRE-ECH-003"),
    "no manifest": (lambda content: without(content, "MANIFEST.json"), "PRE-ECH-005"),
    "missing part": (lambda content: without(content, "data/bookmarks/bookmark-v1.jsonl"), "PRE-ECH-005"),
    "not json": (lambda content: rezip({"MANIFEST.json": b"{"}), "PRE-ECH-006"),
    "nested json": (lambda content: rezip({"MANIFEST.json": b"[" * 200_000}), "PRE-ECH-006"),
    "wrong manifest": (lambda content: edited(content, parts="x"), "PRE-ECH-006"),
    "other format": (lambda content: edited(content, format="moodle-backup"), "PRE-ECH-007"),
    "other version": (lambda content: edited(content, version=99), "PRE-ECH-008"),
    "altered": (altered, "PRE-ECH-009"),
    "line that is no object": (lambda content: with_line(content, lambda line: b"[]\n"), "PRE-ECH-011"),
    "nested line": (
        lambda content: with_line(content, lambda line: b'{"data":' * 50_000 + b"\n"),
        "PRE-ECH-011",
    ),
    "wrong data": (
        lambda content: with_line(content, lambda line: line.replace(b'"title":"', b'"title":1,"was":"')),
        ("PRE-ECH-011", "PRE-ECH-021"),
    ),
    "wrong key": (
        lambda content: with_line(
            content, lambda line: json.dumps(json.loads(line) | {"key": "nobody"}).encode() + b"\n"
        ),
        "PRE-ECH-021",
    ),
}


@pytest.mark.sdet("SOC-INT-IED-16", "SOC-INT-IED-22")
@pytest.mark.parametrize("kind", HOSTILE)
def test_an_archive_that_is_not_right_is_refused_and_nothing_changes(filled, export, kind):
    make, code = HOSTILE[kind]
    content = make(export("teacher"))
    before = state()
    with pytest.raises(Invalid) as refusal:
        attempt(filled, content, policy="replace")
    assert refusal.value.code in (code if isinstance(code, tuple) else (code,)), refusal.value.message
    assert "Rien n’a été modifié." in refusal.value.message
    assert state() == before


@pytest.mark.sdet("SOC-INT-IED-16", "SOC-INT-IED-20")
def test_a_format_or_version_that_is_not_read_here_is_named_and_the_rest_goes_in(filled, export):
    files = members(export("teacher"))
    manifest = json.loads(files["MANIFEST.json"])
    for part in manifest["parts"]:
        if part["name"] == "bookmark":
            part["version"] = 42
    content = rezip({**files, "MANIFEST.json": json.dumps(manifest).encode()})
    report = attempt(filled, content)
    assert report.unsupported == ["Signets (bookmark-v42)"]
    assert "bookmark" not in {part.name for part in report.parts}
    assert "bookmark-folder" in {part.name for part in report.parts}


@pytest.mark.sdet("SOC-INT-IED-14")
def test_refusing_names_what_is_there_already(filled, export):
    before = state()
    with pytest.raises(Invalid) as refusal:
        attempt(filled, export("teacher"), policy="refuse")
    assert refusal.value.code == "PRE-ECH-020"
    assert "existent déjà" in refusal.value.message
    assert state() == before
    dry = attempt(filled, export("teacher"), policy="refuse", dry_run=True)
    assert not dry.possible
    assert sum(part.conflicts for part in dry.parts) == 4


@pytest.mark.sdet("SOC-INT-IED-14", "SOC-INT-IED-15")
def test_merging_keeps_the_newest_and_removes_nothing(filled, export):
    def older(line: bytes) -> bytes:
        content = json.loads(line)
        content["data"]["title"] += " (avant)"
        content["updated_at"] = "2020-01-01T00:00:00+00:00"
        return json.dumps(content).encode() + b"\n"

    def newer(line: bytes) -> bytes:
        return older(line).replace(b"2020-01-01", b"2036-01-01").replace(b"avant", b"apr\\u00e8s")

    before = state()
    attempt(filled, with_line(export("teacher"), older))
    assert state() == before
    attempt(filled, with_line(export("teacher"), newer))
    assert sum("(après)" in title for _id, title, _at in state()) == 1
    assert len(state()) == len(before)


def test_an_archive_naming_people_unknown_here_is_taken_without_them(filled, export):
    content = with_line(export("teacher"), lambda line: line.replace(b"G0000001", b"G9999999"), every=True)
    report = attempt(filled, content, policy="replace")
    assert report.absent == ["group:G9999999"]
    assert b"G0000001" not in members(export("teacher"))["data/bookmarks/bookmark-v1.jsonl"]


def test_what_cannot_be_exported_in_a_version_is_said(filled, export):
    with pytest.raises(Invalid) as refusal:
        export("teacher", versions={"bookmark": 7})
    assert refusal.value.code == "PRE-ECH-010"
    assert "Versions possibles : 1" in refusal.value.message.replace("\u00a0", " ")


def test_importing_somebody_elses_archive_never_touches_their_objects(filled, export):
    before = [row for row in state() if row.title in ("Étna", "Racine")]
    attempt(filled, export("teacher"), key="pupil", policy="replace")
    assert len(before) == 2
    assert [row for row in state() if row in before] == before
