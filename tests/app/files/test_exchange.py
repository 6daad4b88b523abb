"""An archive carries all of a space: former versions, the trash, lockers and what was handed in and given back."""

import io
import json

import pytest
from sqlalchemy import delete, select

from preau.kernel import files
from preau.kernel.database import db
from preau.kernel.exchange_context import Scope
from preau.kernel.exchange_import import import_archive
from preau.kernel.identity import system
from preau.kernel.tenancy import behind, lifted
from preau.kernel.transaction import atomic
from preau.services.utilities.files import content, hand_ins, lockers, names, spaces, trash, tree
from preau.services.utilities.files.models import HandIn, Locker, Node
from tests.app.exchange.conftest import comparable, export, members, rezip  # noqa: F401 - a fixture
from tests.app.files.populate import populate


@pytest.fixture
def filled(world):
    """A file of three contents, a folder in the trash, a locker with work handed in and given back."""
    populate(world)
    me = world.identity("teacher")
    with behind(me):
        root = spaces.own_root(me)
        for text in (b"un", b"deux", b"trois"):
            content.put(me, root, "plan.txt", files.store(text))
        folder = tree.create_folder(me, root, "Vieux")
        content.put(me, folder, "dedans.txt", files.store(b"dedans"))
        content.put(me, root, "seul.txt", files.store(b"seul"))
        trash.throw_away(me, names.child(root.id, "seul.txt"))
        trash.throw_away(me, folder)
        made = db.session.scalars(select(HandIn).where(HandIn.open_to.overlap(list(me.structures)))).first()
        hand_ins.give_back(me, made, [("exposé annoté.txt", files.store(b"bravo"))], "Très bien")
    return me


def lose_everything():
    with lifted(), atomic() as session:
        session.execute(delete(Locker))
        roots = session.scalars(select(Node.id).where(Node.parent_id.is_(None))).all()
        for node in session.scalars(select(Node).where(Node.parent_id.in_(roots))).all():
            trash._erase(system("essai"), node)


def restore(identity, scope, archive, policy="merge"):
    return import_archive(identity, scope, io.BytesIO(archive), policy=policy)


@pytest.mark.sdet("UTI-UTL-ESF-10", "SOC-INT-IED-05", "SOC-INT-IED-06")
@pytest.mark.parametrize("policy", ["refuse", "replace", "merge"])
def test_versions_trash_and_lockers_come_back_after_a_loss(filled, export, policy):  # noqa: F811
    archive = export("teacher")
    used = _used(filled)
    lose_everything()
    restore(filled, Scope("person", person_id=filled.person_id), archive, policy)
    assert comparable(export("teacher")) == comparable(archive)
    assert _used(filled) == used
    with behind(filled):
        plan = names.child(spaces.own_root(filled).id, "plan.txt")
        contents = [files.path_of(each.blob).read_bytes() for each in content.versions(plan)]
        assert contents == [b"deux", b"un"]
        thrown = list(db.session.scalars(trash.thrown_away(filled)))
        assert {node.name for node in thrown} == {"Vieux", "seul.txt"}
        trash.restore(filled, next(node for node in thrown if node.is_folder))
        folder = names.child(spaces.own_root(filled).id, "Vieux")
        assert names.child(folder.id, "dedans.txt") is not None


def _used(identity):
    with behind(identity):
        return spaces.own_space(identity).used


@pytest.mark.sdet("UTI-UTL-ESF-11", "SOC-INT-IED-06")
@pytest.mark.parametrize("structure", ["college", None])
@pytest.mark.parametrize("policy", ["replace", "merge"])
def test_a_school_comes_back_with_its_lockers(world, filled, export, structure, policy):  # noqa: F811
    archive = export(structure=structure)
    lose_everything()
    scope = Scope("structure", structure_id=world.structures[structure]) if structure else Scope("everything")
    restore(system("essai"), scope, archive, policy)
    assert comparable(export(structure=structure)) == comparable(archive)
    pupil = world.identity("pupil")
    with behind(pupil):
        ((locker, made),) = lockers.waiting_for(pupil)
        assert (locker.title, made.answer) == ("Exposé", "Très bien")
        held = [(each.name, each.returned) for each in hand_ins.files_of(made)]
        assert held == [("exposé.txt", False), ("exposé annoté.txt", True)]


@pytest.mark.parametrize("policy", ["replace", "merge"])
def test_an_archive_over_itself_changes_nothing(filled, export, policy):  # noqa: F811
    archive = export("teacher")
    restore(filled, Scope("person", person_id=filled.person_id), archive, policy)
    assert comparable(export("teacher")) == comparable(archive)


def test_a_pupils_archive_holds_the_work_and_writes_nothing_in_the_locker(world, filled, export):  # noqa: F811
    archive = export("pupil")
    (line,) = members(archive)["data/files/hand-in-v1.jsonl"].splitlines()
    forged = json.loads(line)
    forged["data"]["handed_at"], forged["data"]["answer"] = "2020-01-01T00:00:00Z", "20/20"
    found = members(archive)
    pupil = world.identity("pupil")
    with lifted(), atomic() as session:
        before = session.scalars(select(HandIn).where(HandIn.owner_id == pupil.person_id)).one()
        kept = (before.handed_at, before.answer)
    found["data/files/hand-in-v1.jsonl"] = (json.dumps(forged, ensure_ascii=False) + "\n").encode()
    restore(pupil, Scope("person", person_id=pupil.person_id), _signed(found))
    with lifted():
        db.session.expire_all()
        after = db.session.scalars(select(HandIn).where(HandIn.owner_id == pupil.person_id)).one()
        assert (after.handed_at, after.answer) == kept


def test_naming_a_hash_gives_no_right_to_the_content(world, filled, export):  # noqa: F811
    secret = "".join(members(export("teacher"))["MANIFEST.json"].decode().split())
    sha256 = json.loads(secret)["files"][0]["sha256"]
    camille = world.identity("camille")
    with behind(camille):
        content.put(camille, spaces.own_root(camille), "à moi.txt", files.store(b"propre"))
    found = members(export("camille"))
    line = json.loads(found["data/files/file-v1.jsonl"])
    line["data"]["content"] = sha256
    line["data"]["versions"] = [{"content": sha256, "written_at": "2020-01-01T00:00:00Z"}]
    found["data/files/file-v1.jsonl"] = (json.dumps(line, ensure_ascii=False) + "\n").encode()
    restore(camille, Scope("person", person_id=camille.person_id), _signed(found))
    with behind(camille):
        node = names.child(spaces.own_root(camille).id, "à moi.txt")
        assert (node.blob != sha256, content.versions(node)) == (True, [])


def _signed(found):
    """The archive with a manifest that says what its parts now are."""
    from hashlib import sha256

    manifest = json.loads(found["MANIFEST.json"])
    for part in manifest["parts"]:
        if "sha256" in part:
            part["sha256"] = sha256(found[part["path"]]).hexdigest()
        if "size" in part:
            part["size"] = len(found[part["path"]])
    return rezip({**found, "MANIFEST.json": json.dumps(manifest).encode()})
