"""Archives in memory, and how to compare them."""

import io
import json
import zipfile

import pytest

from preau.kernel.exchange_context import Scope
from preau.kernel.exchange_export import export_archive
from preau.kernel.identity import system
from preau.kernel.tenancy import behind
from preau.kernel.traits.shared import share
from preau.services.information.bookmarks import operations
from preau.services.information.bookmarks.schemas import BookmarkIn, FolderIn


def members(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def comparable(content: bytes) -> dict[str, object]:
    """Everything but the manifest's date and export id."""
    found: dict[str, object] = dict(members(content))
    manifest = json.loads(members(content)["MANIFEST.json"])
    del manifest["exported_at"], manifest["export_id"]
    return {**found, "MANIFEST.json": manifest}


def rezip(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


@pytest.fixture
def export(world):
    """``export("teacher")``, ``export(structure="college")`` or ``export()``: the bytes of an archive."""

    def write(key: str | None = None, *, structure: str | None = None, **options) -> bytes:
        if key:
            identity, scope = world.identity(key), Scope("person", person_id=world.people[key])
        else:
            identity = system("tests")
            scope = (
                Scope("structure", structure_id=world.structures[structure])
                if structure
                else Scope("everything")
            )
        out = io.BytesIO()
        export_archive(identity, scope, out, **options)
        return out.getvalue()

    return write


@pytest.fixture
def filled(world):
    """Bookmarks of two people, some in folders, one shared."""
    teacher = world.identity("teacher")
    with behind(teacher):
        folder = operations.create_folder(teacher, FolderIn(name="Sciences"))
        inner = operations.create_folder(teacher, FolderIn(name="Volcans", parent_id=folder.id))
        made = operations.create_bookmark(
            teacher, BookmarkIn(title="Étna", url="https://etna.test/", note="Éruption", folder_id=inner.id)
        )
        operations.create_bookmark(teacher, BookmarkIn(title="Racine", url="https://racine.test/"))
        share(teacher, made, {f"group:{world.groups['6A']}": "read"})
    pupil = world.identity("pupil")
    with behind(pupil):
        operations.create_bookmark(pupil, BookmarkIn(title="Jeux", url="https://jeux.test/"))
    return world
