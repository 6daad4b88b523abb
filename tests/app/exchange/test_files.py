"""Spaces of files saved and restored: one's own, and a school's in bulk."""

import io

import pytest
from sqlalchemy import select

from preau.kernel import files
from preau.kernel.database import db
from preau.kernel.exchange_context import Scope
from preau.kernel.exchange_import import import_archive
from preau.kernel.identity import system
from preau.kernel.tenancy import behind, lifted
from preau.services.utilities.files import content, names, operations, sharing, spaces, trash, tree
from preau.services.utilities.files.models import Node
from tests.app.exchange.conftest import comparable


@pytest.fixture
def filled(world):
    """A space of some depth, shared, and a group's."""
    me = world.identity("teacher")
    with behind(me):
        root = spaces.own_root(me)
        folder = tree.create_folder(me, root, "Cours")
        inner = tree.create_folder(me, folder, "Séance 1")
        content.put(me, inner, "leçon.txt", files.store(b"la lecon"))
        content.put(me, inner, "copie.txt", files.store(b"la lecon"))
        content.put(me, root, "leçon.txt", files.store(b"une autre"))
        sharing.share(me, folder, {f"group:{world.groups['6A']}": "read"})
        content.put(me, spaces.group_root(me, world.groups["6A"]), "plan.txt", files.store(b"le plan"))
    return me


def purge_all(identity):
    with behind(identity):
        for node in list(db.session.scalars(tree.children(identity, spaces.own_root(identity)))):
            trash.throw_away(identity, node)
        trash.empty(identity)


@pytest.mark.sdet("UTI-UTL-ESF-10")
def test_a_person_saves_and_restores_a_space_with_its_sharing(world, filled, export):
    archive = export("teacher")
    purge_all(filled)
    with behind(filled):
        assert spaces.own_space(filled).used == 0
        import_archive(
            filled, Scope("person", person_id=filled.person_id), io.BytesIO(archive), policy="merge"
        )
        restored = names.child(names.child(spaces.own_root(filled).id, "Cours").id, "Séance 1")
        lesson = names.child(restored.id, "leçon.txt")
        with operations.opened(filled, lesson.id) as file:
            assert file.read() == b"la lecon"
        assert spaces.own_space(filled).used == len(b"la lecon" * 2 + b"une autre")
    assert comparable(export("teacher")) == comparable(archive)
    pupil = world.identity("pupil")
    with behind(pupil):
        assert [node.name for node in sharing.shared_with(pupil)] == ["Cours"]


@pytest.mark.sdet("UTI-UTL-ESF-11")
@pytest.mark.parametrize("structure", ["college", None])
def test_an_administrator_saves_and_restores_every_space_and_those_of_groups(
    world, filled, export, structure
):
    archive = export(structure=structure)
    with lifted():
        names_before = sorted(db.session.scalars(select(Node.name).where(Node.parent_id.is_not(None))))
        for root in db.session.scalars(select(Node).where(Node.parent_id.is_(None))).all():
            for node in db.session.scalars(select(Node).where(Node.parent_id == root.id)).all():
                trash._erase(system("essai"), node)
    scope = Scope("structure", structure_id=world.structures[structure]) if structure else Scope("everything")
    import_archive(system("essai"), scope, io.BytesIO(archive), policy="merge")
    with lifted():
        assert (
            sorted(db.session.scalars(select(Node.name).where(Node.parent_id.is_not(None)))) == names_before
        )
    assert comparable(export(structure=structure)) == comparable(archive)


def test_a_personal_archive_touches_nothing_of_a_group(world, filled, export):
    archive = export("teacher")
    with lifted():
        before = db.session.scalars(select(Node).where(Node.name == "plan.txt")).one().updated_at
    with behind(filled):
        import_archive(
            filled, Scope("person", person_id=filled.person_id), io.BytesIO(archive), policy="replace"
        )
    with lifted():
        assert db.session.scalars(select(Node).where(Node.name == "plan.txt")).one().updated_at == before
