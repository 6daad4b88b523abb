"""What goes wrong in the pages: one file too many, a slip of the hand, somebody else's space."""

import io

import pytest

from preau.kernel import files
from preau.kernel.tenancy import behind
from preau.services.utilities.files import content, names, sharing, spaces, tree
from preau.services.utilities.files.models import Space


def at_home(world, key="teacher"):
    identity = world.identity(key)
    with behind(identity):
        return identity, spaces.own_root(identity)


def send(client, root, *given):
    data = {"files": [(io.BytesIO(body), name) for name, body in given]}
    return client.post(f"/fichiers/dossiers/{root.id}/ajouter", data=data)


@pytest.mark.sdet("UTI-UTL-ESF-07")
def test_the_files_that_fit_are_kept_and_the_others_are_named(browser, world):
    me, root = at_home(world)
    from preau.kernel.database import db

    with behind(me):
        spaces.own_space(me)
        db.session.get_one(Space, root.id).quota = 100
        db.session.commit()
        page = send(browser("teacher"), root, ("petit.txt", b"x" * 10), ("lourd.bin", b"y" * 500))
        shown = page.get_data(as_text=True)
        assert page.status_code == 422
        assert "1 fichier ajouté." in shown
        assert "« lourd.bin » : Il reste 90" in shown
        assert names.child(root.id, "petit.txt") is not None
        assert names.child(root.id, "lourd.bin") is None


@pytest.mark.sdet("UTI-UTL-ESF-04")
def test_a_deletion_is_undone_from_the_page_it_led_to(browser, world):
    me, root = at_home(world)
    with behind(me):
        folder = tree.create_folder(me, root, "Cours")
        node, _new = content.put(me, folder, "plan.txt", files.store(b"le plan"))
    client = browser("teacher")
    gone = client.post("/fichiers/supprimer", data={"nodes": str(node.id)}, follow_redirects=True)
    assert "Annuler la suppression" in gone.get_data(as_text=True)
    assert "Annuler la suppression" not in client.get(f"/fichiers/dossiers/{folder.id}").get_data(
        as_text=True
    )
    back = client.post("/fichiers/corbeille", data={"action": "annuler", "nodes": str(node.id)})
    assert back.location.endswith(f"/fichiers/dossiers/{folder.id}")
    with behind(me):
        assert names.child(folder.id, "plan.txt") is not None


@pytest.mark.sdet("UTI-UTL-ESF-06")
def test_a_shared_folder_says_nothing_of_the_room_of_its_owner(browser, world):
    me, root = at_home(world)
    with behind(me):
        folder = tree.create_folder(me, root, "Cours")
        sharing.share(me, folder, {f"group:{world.groups['6A']}": "read"})
    address = f"/fichiers/dossiers/{folder.id}"
    assert "Place occupée" in browser("teacher").get(address).get_data(as_text=True)
    seen = browser("pupil").get(address)
    assert seen.status_code == 200
    assert "Place occupée" not in seen.get_data(as_text=True)
