"""Files as people use them in pages, with and without script."""

import io
import zipfile

import pytest
from PIL import Image
from sqlalchemy import select

from preau.kernel import jobs
from preau.kernel.database import db
from preau.kernel.tenancy import behind, lifted
from preau.services.utilities.files import names, spaces
from preau.services.utilities.files.models import Node


def root_of(world, key):
    identity = world.identity(key)
    with behind(identity):
        return spaces.own_root(identity).id


def upload(client, folder, *given, **fields):
    data = {"files": [(io.BytesIO(content), name) for name, content in given], **fields}
    return client.post(f"/fichiers/dossiers/{folder}/ajouter", data=data)


def node(name):
    with lifted():
        return db.session.scalars(select(Node).where(Node.name == name)).one()


def picture():
    made = io.BytesIO()
    Image.new("RGB", (900, 600), "teal").save(made, "JPEG")
    return made.getvalue()


@pytest.mark.sdet("UTI-UTL-ESF-01", "UTI-UTL-ESF-05")
def test_a_person_adds_arranges_and_throws_away_without_script(browser, world):
    client, root = browser("pupil"), root_of(world, "pupil")
    client.post(f"/fichiers/dossiers/{root}/nouveau", data={"name": "Maths"})
    assert upload(client, root, ("a.txt", b"un"), ("b.txt", b"deux")).status_code == 303
    page = client.get("/fichiers/").text
    assert all(name in page for name in ("Maths", "a.txt", "b.txt"))
    moved = {"nodes": [node("a.txt").id, node("b.txt").id], "target": node("Maths").id}
    assert client.post("/fichiers/ranger", data=moved).status_code == 303
    inside = client.get(f"/fichiers/dossiers/{node('Maths').id}").text
    assert "a.txt" in inside
    client.post(f"/fichiers/{node('a.txt').id}/renommer", data={"name": "devoir.txt"})
    client.post("/fichiers/supprimer", data={"nodes": node("devoir.txt").id})
    assert "devoir.txt" in client.get("/fichiers/corbeille").text
    client.post("/fichiers/corbeille", data={"action": "restaurer", "nodes": node("devoir.txt").id})
    assert "devoir.txt" in client.get(f"/fichiers/dossiers/{node('Maths').id}").text


@pytest.mark.sdet("UTI-UTL-ESF-05")
def test_a_dropped_folder_keeps_its_shape(browser, world):
    client, root = browser("pupil"), root_of(world, "pupil")
    data = {"files": (io.BytesIO(b"x"), "c.txt"), "path": "Voyage/Jour 1/c.txt"}
    headers = {"X-Requested-With": "fetch"}
    assert client.post(f"/fichiers/dossiers/{root}/ajouter", data=data, headers=headers).json == {"count": 1}
    identity = world.identity("pupil")
    with behind(identity):
        day = names.child(names.child(root, "Voyage").id, "Jour 1")
        assert names.child(day.id, "c.txt").size == 1


def test_a_refused_name_is_kept_in_the_form_with_the_reason(browser, world):
    answer = browser("pupil").post(
        f"/fichiers/dossiers/{root_of(world, 'pupil')}/nouveau", data={"name": "Maths/6e"}
    )
    assert answer.status_code == 422
    assert 'value="Maths/6e"' in answer.text
    assert "barre oblique" in answer.text


def test_a_folder_downloads_as_an_archive_of_all_it_holds(browser, world):
    client, root = browser("pupil"), root_of(world, "pupil")
    for path in ("Cours/a.txt", "Cours/Dedans/b.txt"):
        data = {"files": (io.BytesIO(path.encode()), path.rpartition("/")[2]), "path": path}
        client.post(f"/fichiers/dossiers/{root}/ajouter", data=data, headers={"X-Requested-With": "fetch"})
    answer = client.get(f"/fichiers/dossiers/{node('Cours').id}/telecharger")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert archive.testzip() is None
        assert {"Cours/a.txt", "Cours/Dedans/b.txt"} <= set(archive.namelist())
        assert archive.read("Cours/Dedans/b.txt") == b"Cours/Dedans/b.txt"


def test_a_picture_gets_a_thumbnail_and_a_preview(browser, world):
    client = browser("pupil")
    upload(client, root_of(world, "pupil"), ("plage.jpg", picture()))
    jobs.run_pending()
    found = node("plage.jpg")
    thumbnail = client.get(f"/fichiers/fichier/{found.id}/vignette", buffered=True)
    with Image.open(io.BytesIO(thumbnail.data)) as small:
        assert max(small.size) == 320
    assert f"/fichiers/fichier/{found.id}/contenu" in client.get(f"/fichiers/fichier/{found.id}").text


@pytest.mark.parametrize("name", ["page.html", "dessin.svg", "page.xhtml", "flux.xml", "sans type"])
def test_nothing_that_could_act_in_our_origin_is_shown_in_it(browser, world, name):
    client = browser("pupil")
    upload(
        client, root_of(world, "pupil"), (name, b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>")
    )
    answer = client.get(f"/fichiers/fichier/{node(name).id}/contenu", buffered=True)
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_text_is_shown_as_text_whatever_it_says(browser, world):
    client = browser("pupil")
    upload(client, root_of(world, "pupil"), ("notes.txt", b"<script>alert(1)</script>"))
    answer = client.get(f"/fichiers/fichier/{node('notes.txt').id}/contenu", buffered=True)
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_a_download_gives_ranges_and_says_when_nothing_changed(browser, world):
    client = browser("pupil")
    upload(client, root_of(world, "pupil"), ("a.bin", bytes(range(100))))
    url = f"/fichiers/fichier/{node('a.bin').id}/telecharger"
    part = client.get(url, headers={"Range": "bytes=10-19"}, buffered=True)
    assert (part.status_code, part.data) == (206, bytes(range(10, 20)))
    assert client.get(url, headers={"If-None-Match": part.headers["ETag"]}, buffered=True).status_code == 304


@pytest.mark.sdet("UTI-UTL-ESF-06")
def test_a_share_opens_exactly_what_its_level_says(browser, world):
    teacher, pupil = browser("teacher"), browser("pupil")
    root = root_of(world, "teacher")
    teacher.post(f"/fichiers/dossiers/{root}/nouveau", data={"name": "Cours"})
    folder = node("Cours")
    upload(teacher, folder.id, ("leçon.txt", b"la lecon"))
    lesson = f"/fichiers/fichier/{node('leçon.txt').id}/telecharger"
    group = f"group:{world.groups['6A']}"

    def share(level):
        fields = {"principals": group, "level": level, f"level-{group}": level}
        assert teacher.post(f"/fichiers/{folder.id}/partager", data=fields).status_code == 303

    assert pupil.get(lesson, buffered=True).status_code == 404
    share("read")
    assert pupil.get(lesson, buffered=True).data == b"la lecon"
    assert "Cours" in pupil.get("/fichiers/partages").text
    assert upload(pupil, folder.id, ("moi.txt", b"x")).status_code == 403
    share("write")
    assert upload(pupil, folder.id, ("moi.txt", b"x")).status_code == 303
    assert pupil.post("/fichiers/supprimer", data={"nodes": node("leçon.txt").id}).status_code == 403
    share("manage")
    assert pupil.post("/fichiers/supprimer", data={"nodes": node("leçon.txt").id}).status_code == 303
    teacher.post(f"/fichiers/{folder.id}/partager", data={"level": "read"})
    assert pupil.get(f"/fichiers/dossiers/{folder.id}").status_code == 404


@pytest.mark.sdet("UTI-UTL-ESF-08")
def test_the_manager_of_a_group_decides_what_members_do_in_its_space(browser, world):
    teacher, pupil, stranger = browser("teacher"), browser("pupil"), browser("school_teacher")
    group = world.groups["6A"]
    place = teacher.get(f"/fichiers/groupes/{group}").headers["Location"]
    folder = place.rpartition("/")[2]
    assert upload(teacher, folder, ("plan.txt", b"le plan")).status_code == 303
    assert "plan.txt" in pupil.get(place).text
    assert upload(pupil, folder, ("x.txt", b"x")).status_code == 403
    settings = f"/fichiers/groupes/{group}/reglages"
    assert teacher.post(settings, data={"members_level": "write", "quota": "100"}).status_code == 303
    assert upload(pupil, folder, ("x.txt", b"x")).status_code == 303
    assert pupil.post(settings, data={"members_level": "none"}).status_code == 422
    assert teacher.post(settings, data={"members_level": "none"}).status_code == 303
    assert pupil.get(place).status_code == 404
    assert teacher.get(place).status_code == 200
    assert stranger.get(place).status_code == 404


def test_a_young_pupil_sees_pictures_first_and_may_choose(browser, world):
    client = browser("child")
    upload(client, root_of(world, "child"), ("a.txt", b"un"))
    assert "pr-files-grid" in client.get("/fichiers/").text
    client.post("/fichiers/vue", data={"vue": "liste"})
    assert "pr-files-grid" not in client.get("/fichiers/").text


def test_another_service_offers_to_attach_from_ones_files(browser, world):
    client = browser("pupil")
    upload(client, root_of(world, "pupil"), ("a.txt", b"un"))
    fragment = client.get("/fichiers/choisir?nom=pieces").text
    assert f'name="pieces" value="{node("a.txt").id}"' in fragment
