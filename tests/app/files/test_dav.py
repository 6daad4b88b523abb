"""WebDAV in its corners: rights, groups, shares, versions, and the short way equal to the general one."""

import re
import xml.etree.ElementTree as ET

import pytest

from preau.kernel.tenancy import behind
from preau.services.utilities.files import content, names, sharing, spaces, tree
from preau.services.utilities.files.dav import quick

LOCK = (
    b'<D:lockinfo xmlns:D="DAV:"><D:lockscope><D:exclusive/></D:lockscope><D:locktype><D:write/></D:locktype>'
    b"</D:lockinfo>"
)
QUOTA = b'<D:propfind xmlns:D="DAV:"><D:prop><D:quota-used-bytes/><D:quota-available-bytes/></D:prop></D:propfind>'


def hrefs(answer):
    return [each.text for each in ET.fromstring(answer.data).iter("{DAV:}href")]


def test_nobody_enters_without_a_password(dav):
    for method in ("OPTIONS", "PROPFIND", "GET", "PUT"):
        answer = dav(None, method, "/")
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Basic")


@pytest.mark.sdet("UTI-UTL-ESF-03a", "UTI-UTL-ESF-03b")
def test_windows_sees_a_drive(dav):
    answer = dav("teacher", "OPTIONS", "/")
    assert answer.headers["DAV"] == "1, 2"
    assert answer.headers["MS-Author-Via"] == "DAV"


@pytest.mark.sdet("UTI-UTL-ESF-02")
def test_the_drive_shows_ones_space_ones_groups_and_what_is_shared(dav, world):
    teacher = world.identity("teacher")
    with behind(teacher):
        folder = tree.create_folder(teacher, spaces.own_root(teacher), "Cours")
        sharing.share(teacher, folder, {f"group:{world.groups['6A']}": "read"})
    assert dav("teacher", "PUT", "/Groupes/6e A/plan.txt", b"le plan").status_code == 201
    top = hrefs(dav("pupil", "PROPFIND", "/", Depth="1"))
    assert top == ["/dav/", "/dav/Groupes/", "/dav/Partag%C3%A9s%20avec%20moi/"]
    assert "/dav/Groupes/6e%20A/" in hrefs(dav("pupil", "PROPFIND", "/Groupes", Depth="1"))
    assert dav("pupil", "GET", "/Groupes/6e A/plan.txt").data == b"le plan"
    assert hrefs(dav("pupil", "PROPFIND", "/Partagés avec moi/", Depth="1"))[1].endswith("/Cours/")
    assert dav("pupil", "PUT", "/Partagés avec moi/Cours/x.txt", b"x").status_code == 403
    assert dav("pupil", "DELETE", "/Groupes/6e A/plan.txt").status_code == 403
    assert dav("stranger", "GET", "/Groupes/6e A/plan.txt").status_code == 404


def test_saving_over_a_file_keeps_the_former_version_also_by_a_move(dav, world):
    dav("teacher", "PUT", "/plan.odt", b"un")
    dav("teacher", "PUT", "/plan.odt", b"deux")
    dav("teacher", "PUT", "/~tmp", b"trois")
    moved = dav("teacher", "MOVE", "/~tmp", Destination="http://localhost/dav/plan.odt")
    assert moved.status_code == 204
    me = world.identity("teacher")
    with behind(me):
        node = names.child(spaces.own_root(me).id, "plan.odt")
        assert len(content.versions(node)) == 2
    assert dav("teacher", "GET", "/plan.odt").data == b"trois"


def test_a_lock_holds_against_the_pages_too(dav, browser, world):
    dav("teacher", "PUT", "/plan.txt", b"un")
    token = dav("teacher", "LOCK", "/plan.txt", LOCK).headers["Lock-Token"]
    me = world.identity("teacher")
    with behind(me):
        key = names.child(spaces.own_root(me).id, "plan.txt").id
    refused = browser("teacher").post(f"/fichiers/{key}/renommer", data={"name": "autre.txt"})
    assert "ouvert dans une application" in refused.text
    assert dav("teacher", "PUT", "/plan.txt", b"deux").status_code == 423
    assert dav("teacher", "PUT", "/plan.txt", b"deux", If=f"({token})").status_code == 204
    assert dav("teacher", "UNLOCK", "/plan.txt", Lock_Token=token).status_code == 204
    assert dav("teacher", "PUT", "/plan.txt", b"trois").status_code == 204


def test_conditions_keep_two_writers_from_erasing_each_other(dav):
    etag = dav("teacher", "PUT", "/plan.txt", b"un").headers["ETag"]
    assert dav("teacher", "PUT", "/plan.txt", b"deux", If_None_Match="*").status_code == 412
    assert dav("teacher", "PUT", "/plan.txt", b"deux", If_Match=etag).status_code == 204
    assert dav("teacher", "PUT", "/plan.txt", b"trois", If_Match=etag).status_code == 412


@pytest.mark.sdet("UTI-UTL-ESF-07")
def test_the_drive_says_how_much_room_is_left(dav):
    dav("teacher", "PUT", "/a", b"x" * 1000)
    answer = dav("teacher", "PROPFIND", "/", QUOTA, Depth="0").text
    assert "<D:quota-used-bytes>1000</D:quota-used-bytes>" in answer


def test_a_part_of_a_file_is_sent_alone(dav):
    dav("teacher", "PUT", "/a", bytes(range(100)))
    part = dav("teacher", "GET", "/a", Range="bytes=10-19")
    assert (part.status_code, part.data) == (206, bytes(range(10, 20)))
    assert part.headers["Content-Range"] == "bytes 10-19/100"


def test_the_front_server_is_handed_the_content(app, dav):
    dav("teacher", "PUT", "/a", b"contenu")
    settings = app.config["SETTINGS"]
    app.config["SETTINGS"] = settings.model_copy(update={"sendfile": "x-accel-redirect"})
    try:
        answer = dav("teacher", "GET", "/a")
    finally:
        app.config["SETTINGS"] = settings
    assert re.fullmatch(r"/_blobs/\w\w/\w{64}", answer.headers["X-Accel-Redirect"])
    assert answer.data == b""


@pytest.mark.parametrize(
    "body",
    [
        b"<a",
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
        b'<D:propfind xmlns:D="DAV:"><D:prop>&x;</D:prop></D:propfind>',
        b"<autre/>",
        b"\xff\xfe",
    ],
)
def test_hostile_xml_is_refused(dav, body):
    assert dav("teacher", "PROPFIND", "/", body, Depth="0").status_code == 400


@pytest.mark.parametrize("path", ["/../secret", "/a/../../b", "/./a"])
def test_dots_lead_nowhere(dav, path):
    assert dav("teacher", "GET", path).status_code in {400, 404}


def test_the_short_way_answers_as_the_general_one(dav, monkeypatch):
    dav("teacher", "MKCOL", "/l")
    for name in ("a & b.txt", "é<>.odt", "c%20d"):
        dav("teacher", "PUT", f"/l/{name.replace('%', '%25')}", name.encode())
    prop = b'<D:prop><x xmlns="urn:y">1</x></D:prop>'
    patch = b'<D:propertyupdate xmlns:D="DAV:"><D:set>' + prop + b"</D:set></D:propertyupdate>"
    dav("teacher", "PROPPATCH", "/l/a & b.txt", patch)
    asked = [
        ("PROPFIND", "/l", {"Depth": "1"}),
        ("PROPFIND", "/l/a & b.txt", {"Depth": "0"}),
        ("PROPFIND", "/l/absent", {"Depth": "0"}),
        ("GET", "/l/a & b.txt", {}),
        ("GET", "/absent", {}),
        ("PUT", "/absent/a", {}),
        ("PUT", "/l", {}),
    ]
    short = [dav("teacher", method, path, **headers) for method, path, headers in asked]
    monkeypatch.setattr(quick, "answer", lambda *_: None)
    general = [dav("teacher", method, path, **headers) for method, path, headers in asked]
    for mine, other in zip(short, general, strict=True):
        assert (mine.status_code, mine.data) == (other.status_code, other.data)


def test_what_is_put_by_the_short_way_is_written_as_by_the_general_one(dav, world, monkeypatch):
    dav("teacher", "PUT", "/court.txt", b"meme contenu")
    monkeypatch.setattr(quick, "answer", lambda *_: None)
    dav("teacher", "PUT", "/long.txt", b"meme contenu")
    me = world.identity("teacher")
    with behind(me):
        root = spaces.own_root(me)
        short, full = names.child(root.id, "court.txt"), names.child(root.id, "long.txt")
        same = ("owner_id", "space_id", "parent_id", "blob", "size", "media_type", "open_to", "created_by_id")
        assert {name: getattr(short, name) for name in same} == {name: getattr(full, name) for name in same}
        assert short.path == [root.id, short.id]
        assert spaces.own_space(me).used == 24
