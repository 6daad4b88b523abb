"""A content that is no longer on the disk: said plainly by each door, never a failure of the server."""

import pytest

from preau.kernel import files
from preau.kernel.tenancy import behind
from preau.services.utilities.files import content, spaces


@pytest.fixture
def lost(world):
    """A file whose content somebody took from the disk."""
    me = world.identity("teacher")
    with behind(me):
        node, _new = content.put(me, spaces.own_root(me), "perdu.txt", files.store(b"parti"))
    files.path_of(node.blob).unlink()
    return node


@pytest.mark.sdet("QUA-INT-05")
@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    "path",
    ["/api/v1/files/{id}/content", "/fichiers/fichier/{id}/telecharger", "/fichiers/fichier/{id}/contenu"],
)
def test_a_lost_content_is_not_found(browser, lost, method, path):
    answer = browser("teacher").open(path.format(id=lost.id), method=method)
    assert answer.status_code == 404
    if method == "GET":
        assert "est plus l" in answer.get_data(as_text=True)


def test_a_drive_is_told_too(dav, lost):
    del lost
    answer = dav("teacher", "GET", "/perdu.txt")
    assert (answer.status_code, answer.headers["X-Preau-Code"]) == (404, "PRE-FIC-001")


def test_what_a_crashed_process_left_stops_no_upload(app, tmp_path):
    store = files.BlobDirectory(tmp_path)
    (tmp_path / "incoming" / "reste").write_bytes(b"coupe")
    other = files.BlobDirectory(tmp_path)
    with app.app_context():
        names = {each._incoming() for each in (store, other) for _turn in range(3)}
    assert len(names) == 6
