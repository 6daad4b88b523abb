"""Contents are looked at by the antivirus that the installation has, and set aside when it finds something."""

import base64
import hashlib
import json
import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest
from sqlalchemy import select

from preau.kernel import files, jobs
from preau.kernel.adapters.antivirus import NoAntivirus, antivirus_of
from preau.kernel.database import db
from preau.kernel.errors import Refused
from preau.kernel.files import Blob
from preau.kernel.notify_models import NotificationRow
from preau.kernel.ports.antivirus import AntivirusDownError
from preau.kernel.tenancy import behind, lifted
from preau.services.utilities.files import content, operations, spaces

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
CLAMD = shutil.which("clamd")


@pytest.fixture(scope="session")
def clamd(tmp_path_factory):
    """A clamd with a base of one line: EICAR, and what it is wrapped in."""
    if CLAMD is None:
        pytest.skip("clamav-daemon is not installed")
    home = tmp_path_factory.mktemp("clamd")
    base = home / "base"
    base.mkdir()
    signature = hashlib.md5(EICAR, usedforsecurity=False).hexdigest()
    (base / "test.hdb").write_text(f"{signature}:{len(EICAR)}:Eicar-Test-Signature\n")
    address = home / "clamd.ctl"
    (home / "clamd.conf").write_text(
        f"LocalSocket {address}\nDatabaseDirectory {base}\nForeground yes\nUser {os.environ.get('USER', 'root')}\n"
    )
    with (home / "log").open("w") as log:
        process = subprocess.Popen([CLAMD, "-c", home / "clamd.conf"], stdout=log, stderr=log)
    deadline = time.monotonic() + 30
    while not address.exists() and time.monotonic() < deadline:
        assert process.poll() is None, (home / "log").read_text()
        time.sleep(0.05)
    yield f"clamd:{address}"
    process.terminate()
    process.wait(10)


@pytest.fixture
def scanned(app, clamd):
    """The application with that clamd."""
    settings = app.config["SETTINGS"]
    app.config["SETTINGS"] = settings.model_copy(update={"antivirus": clamd})
    yield
    app.config["SETTINGS"] = settings


def put(world, name, octets):
    me = world.identity("pupil")
    with behind(me):
        node, _new = content.put(me, spaces.own_root(me), name, files.store(octets))
    jobs.run_pending()
    with lifted():
        return me, node, db.session.get(Blob, node.blob)


@pytest.mark.sdet("UTI-UTL-ESF-09")
def test_a_virus_is_set_aside_and_its_owner_told(world, scanned):
    me, node, blob = put(world, "jeu.com", EICAR)
    assert blob.state == "infected"
    assert blob.signature.startswith("Eicar-Test-Signature")
    with behind(me), pytest.raises(Refused, match="virus"):
        operations.opened(me, node.id)
    assert not files.path_of(node.blob).exists()
    with lifted():
        told = db.session.scalars(
            select(NotificationRow.event).where(NotificationRow.person_id == me.person_id)
        )
        assert "files.infected" in set(told)


@pytest.mark.sdet("UTI-UTL-ESF-09")
def test_a_clean_file_is_said_to_be_clean(world, scanned):
    _me, _node, blob = put(world, "poème.txt", b"Demain, des l'aube")
    assert blob.state == "clean"


@pytest.mark.sdet("UTI-UTL-ESF-09")
@pytest.mark.parametrize("name", ["eicar.com", "eicar.zip", "eicar-in-zip-in-zip.zip"])
def test_a_virus_is_found_however_it_is_wrapped(world, scanned, name):
    samples = Path(__file__).parent / "eicar.json"
    _me, _node, blob = put(world, name, base64.b64decode(json.loads(samples.read_text())[name]))
    assert blob.state == "infected"


def test_without_antivirus_each_file_says_that_nobody_looked(world, browser):
    _me, node, blob = put(world, "a.txt", b"un")
    assert blob.state == "unscanned"
    assert "non analysé" in browser("pupil").get(f"/fichiers/fichier/{node.id}").text


def test_a_silent_antivirus_is_asked_again_later(tmp_path):
    with (tmp_path / "a").open("w+b") as content_, pytest.raises(AntivirusDownError, match="PRE-AVI-001"):
        antivirus_of(f"clamd:{tmp_path}/nobody").scan(content_)


def test_an_unknown_antivirus_stops_the_start():
    assert isinstance(antivirus_of("none"), NoAntivirus)
    with pytest.raises(ValueError, match="PRE-AVI-003"):
        antivirus_of("aucun")
