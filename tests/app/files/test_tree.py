"""Folders and files: made, moved, copied, never lost."""

import pytest

from preau.kernel import files, rights
from preau.kernel.database import db
from preau.kernel.errors import Conflict, Invalid, NotFound, Refused
from preau.kernel.tenancy import behind
from preau.services.utilities.files import content, names, operations, sharing, spaces, trash, tree
from preau.services.utilities.files.models import Node


def read(identity, node):
    with operations.opened(identity, node.id) as file:
        return file.read()


def put(identity, parent, name, octets=b"bonjour"):
    node, _new = content.put(identity, parent, name, files.store(octets))
    return node


@pytest.mark.sdet("UTI-UTL-ESF-01")
def test_everybody_has_a_tree_of_folders(world):
    me = world.identity("pupil")
    with behind(me):
        root = spaces.own_root(me)
        maths = tree.create_folder(me, root, "Maths")
        chapter = tree.create_folder(me, maths, "Chapitre 1")
        put(me, chapter, "exercice.txt")
        tree.rename(me, maths, "Mathématiques")
        assert [each.name for each in db.session.scalars(tree.children(me, root))] == ["Mathématiques"]
        assert [each.name for each in tree.above(me, chapter)] == ["", "Mathématiques"]


def test_a_folder_never_goes_into_itself(world):
    me = world.identity("teacher")
    with behind(me):
        outer = tree.create_folder(me, spaces.own_root(me), "Dehors")
        inner = tree.create_folder(me, outer, "Dedans")
        for act in (tree.move, tree.copy):
            with pytest.raises(Invalid):
                act(me, outer, inner)


def test_a_subtree_moves_with_all_it_holds_and_the_room_is_counted_in_its_new_space(world):
    me = world.identity("teacher")
    with behind(me):
        root, group = spaces.own_root(me), spaces.group_root(me, world.groups["6A"])
        outer = tree.create_folder(me, root, "Cours")
        inner = tree.create_folder(me, outer, "Séance")
        put(me, inner, "leçon.txt", b"x" * 100)
        assert spaces.own_space(me).used == 100
        tree.move(me, outer, group)
        assert spaces.own_space(me).used == 0
        lesson = names.child(inner.id, "leçon.txt")
        assert lesson.path[0] == group.id
        assert lesson.owner_id is None
    with behind(pupil := world.identity("pupil")):
        assert rights.may(pupil, "read", db.session.get(Node, lesson.id))


def test_a_copy_holds_the_same_contents_once(world):
    me = world.identity("teacher")
    with behind(me):
        root = spaces.own_root(me)
        folder = tree.create_folder(me, root, "Cours")
        original = put(me, folder, "leçon.txt")
        twin = tree.copy(me, folder, root, "Cours (copie)")
        copied = names.child(twin.id, "leçon.txt")
        assert copied.blob == original.blob
        assert copied.id != original.id


@pytest.mark.parametrize("name", ["", " ", ".", "..", "a/b", "a\0b", "a\nb", "é" * 200])
def test_names_that_no_disk_takes_are_refused(world, name):
    me = world.identity("teacher")
    with behind(me), pytest.raises(Invalid):
        tree.create_folder(me, spaces.own_root(me), name)


def test_two_things_of_one_name_do_not_live_in_one_folder(world):
    me = world.identity("teacher")
    with behind(me):
        root = spaces.own_root(me)
        tree.create_folder(me, root, "Cours")
        with pytest.raises(Conflict):
            tree.create_folder(me, root, "Cours")
        first = put(me, root, "a.txt", b"1")
        renamed, new = content.put(me, root, "a.txt", files.store(b"2"), on_conflict="rename")
        assert (renamed.name, new) == ("a (2).txt", True)
        with pytest.raises(Conflict):
            tree.rename(me, renamed, "a.txt")
        assert db.session.get(Node, first.id).name == "a.txt"


@pytest.mark.sdet("UTI-UTL-ESF-04")
def test_any_service_saves_a_file_as_simply_as_on_a_disk(world):
    me = world.identity("pupil")
    with behind(me):
        node = operations.save(me, "bulletin.pdf", b"%PDF-1.7", folder="Bulletins/Trimestre 1")
        again = operations.save(me, "bulletin.pdf", b"%PDF-1.7 bis", folder="Bulletins/Trimestre 1")
        assert [each.name for each in tree.above(me, node)] == ["", "Bulletins", "Trimestre 1"]
        assert again.name == "bulletin (2).pdf"
        assert read(me, node) == b"%PDF-1.7"


def test_versions_are_kept_up_to_the_setting_and_come_back(world):
    me = world.identity("teacher")
    with behind(me):
        root = spaces.own_root(me)
        node = put(me, root, "plan.txt", b"0")
        for number in range(1, 14):
            put(me, root, "plan.txt", str(number).encode())
        kept = content.versions(node)
        assert len(kept) == 10
        content.restore_version(me, node, kept[-1].id)
        assert read(me, node) == b"3"


def test_the_trash_gives_back_what_was_thrown_away_with_its_sharing(world):
    me, pupil = world.identity("teacher"), world.identity("pupil")
    with behind(me):
        root = spaces.own_root(me)
        folder = tree.create_folder(me, root, "Cours")
        lesson = put(me, folder, "leçon.txt")
        sharing.share(me, folder, {f"group:{world.groups['6A']}": "read"})
        trash.throw_away(me, folder)
        assert list(db.session.scalars(tree.children(me, root))) == []
    with behind(pupil):
        assert sharing.shared_with(pupil) == []
        with pytest.raises(NotFound):
            rights.fetch(pupil, Node, lesson.id)
    with behind(me):
        assert [each.name for each in db.session.scalars(trash.thrown_away(me))] == ["Cours"]
        trash.restore(me, db.session.get(Node, folder.id))
    with behind(pupil):
        assert [each.name for each in sharing.shared_with(pupil)] == ["Cours"]


def test_a_thing_whose_folder_is_gone_comes_back_at_the_top(world):
    me = world.identity("teacher")
    with behind(me):
        root = spaces.own_root(me)
        folder = tree.create_folder(me, root, "Cours")
        lesson = put(me, folder, "leçon.txt")
        trash.throw_away(me, lesson)
        trash.throw_away(me, folder)
        assert trash.restore(me, db.session.get(Node, lesson.id)).id == root.id
        assert names.child(root.id, "leçon.txt").path == [root.id, lesson.id]


def test_emptying_the_trash_gives_the_room_back(world):
    me = world.identity("teacher")
    with behind(me):
        root = spaces.own_root(me)
        node = put(me, root, "a.txt", b"x" * 50)
        put(me, root, "a.txt", b"y" * 70)
        assert spaces.own_space(me).used == 120
        trash.throw_away(me, node)
        assert spaces.own_space(me).used == 120
        assert trash.empty(me) == 1
        assert spaces.own_space(me).used == 0


def test_the_top_of_a_space_is_neither_renamed_nor_thrown_away(world):
    me = world.identity("teacher")
    with behind(me):
        root = spaces.own_root(me)
        for act in (lambda: tree.rename(me, root, "x"), lambda: trash.throw_away(me, root)):
            with pytest.raises(Refused):
                act()
