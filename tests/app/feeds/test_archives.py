"""A delivery is opened without trusting it: every trick is refused, in words, and nothing is written."""

# Records are easier to compare on one line.

import gzip
import io
import os
import tarfile
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preau.socle.integration.feeds.archive import Limits, inspect, open_delivery
from preau.socle.integration.feeds.errors import FeedError
from tests.support.deliveries import tgz, zipped

pytestmark = pytest.mark.sdet("SOC-INT-IED-16")


def refused(path: Path, limits: Limits | None = None) -> str:
    with pytest.raises(FeedError) as error:
        inspect(path, limits)
    assert str(error.value).startswith(f"[{error.value.code}]")
    return error.value.code


@pytest.mark.parametrize("make", [tgz, zipped])
def test_members_come_out_as_streams(tmp_path, make):
    path = make(tmp_path / "d", {"a/x_Eleve_0000.xml": b"1" * 70_000, "y.txt": b"2"})
    assert {m.name: m.stream.read(100_000)[:1] for m in open_delivery(path).feeds()} == {
        "a/x_Eleve_0000.xml": b"1",
        "y.txt": b"2",
    }
    assert inspect(path).sizes == {"a/x_Eleve_0000.xml": 70_000, "y.txt": 1}


def test_a_folder_is_a_delivery_too(tmp_path):
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "x.xml").write_bytes(b"abc")
    assert inspect(tmp_path / "d").sizes == {"x.xml": 3}
    (tmp_path / "d" / "link").symlink_to("/etc/passwd")
    assert refused(tmp_path / "d") == "PRE-FED-107"


@pytest.mark.parametrize(
    "name", ["../x.xml", "/etc/x.xml", "a/../../x.xml", "a\\..\\x.xml", "C:x.xml", "a/b/c/d/e.xml", "x" * 300]
)
@pytest.mark.parametrize("make", [tgz, zipped])
def test_a_path_that_leaves_the_archive_is_refused(tmp_path, make, name):
    assert refused(make(tmp_path / "d", {name: b"1"})) == "PRE-FED-106"


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE]
)
def test_links_and_devices_are_refused(tmp_path, kind):
    with tarfile.open(tmp_path / "d", "w") as archive:
        info = tarfile.TarInfo("x.xml")
        info.type, info.linkname = kind, "/etc/passwd"
        archive.addfile(info)
    assert refused(tmp_path / "d") == "PRE-FED-107"


def test_a_symlink_in_a_zip_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "d", "w") as archive:
        info = zipfile.ZipInfo("x.xml")
        info.external_attr = 0o120777 << 16
        archive.writestr(info, "/etc/passwd")
    assert refused(tmp_path / "d") == "PRE-FED-107"


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("names", [("x.xml", "x.xml"), ("x.xml", "X.XML"), ("a/x.xml", "a//x.xml")])
def test_duplicate_names_are_refused(tmp_path, names):
    with zipfile.ZipFile(tmp_path / "d", "w") as archive:
        for name in names:
            archive.writestr(name, b"1")
    assert refused(tmp_path / "d") == "PRE-FED-108"


def test_an_archive_in_the_archive_is_refused(tmp_path):
    inner = tgz(tmp_path / "inner", {"x.xml": b"1"}).read_bytes()
    assert refused(tgz(tmp_path / "a", {"inner.tgz": inner})) == "PRE-FED-109"
    assert refused(tgz(tmp_path / "b", {"x_Eleve_0000.xml": inner})) == "PRE-FED-109"


def test_bombs_are_stopped_while_they_unpack(tmp_path):
    bomb = {"x.xml": b"\0" * 40_000_000}
    assert refused(tgz(tmp_path / "a", bomb)) == "PRE-FED-104"
    assert refused(zipped(tmp_path / "b", bomb)) == "PRE-FED-104"
    assert refused(zipped(tmp_path / "c", bomb), Limits(ratio=10**9, unpacked=10**6)) == "PRE-FED-103"
    assert refused(zipped(tmp_path / "d", bomb), Limits(ratio=10**9, member=10**6)) == "PRE-FED-103"
    assert (
        refused(zipped(tmp_path / "e", {f"{n}.xml": b"" for n in range(50)}), Limits(members=20))
        == "PRE-FED-105"
    )
    packed = gzip.compress(tgz(tmp_path / "f", {}).read_bytes())
    (tmp_path / "g").write_bytes(gzip.compress(io.BytesIO().read()) + packed)
    assert refused(tmp_path / "g").startswith("PRE-FED-1")


def test_a_tar_header_that_would_fill_memory_is_refused(tmp_path):
    with tarfile.open(tmp_path / "d", "w:gz", format=tarfile.PAX_FORMAT) as archive:
        info = tarfile.TarInfo("x.xml")
        info.pax_headers = {"comment": "a" * 30_000_000}
        archive.addfile(info)
    assert refused(tmp_path / "d").startswith("PRE-FED-10")


@pytest.mark.parametrize("make", [tgz, zipped])
def test_a_transfer_cut_anywhere_is_refused(tmp_path, make):
    whole = make(tmp_path / "d", {f"x_Eleve_{n:04d}.xml": os.urandom(5000) for n in range(4)}).read_bytes()
    for end in range(0, len(whole) - 1, len(whole) // 25):
        (tmp_path / "cut").write_bytes(whole[:end])
        assert refused(tmp_path / "cut") in ("PRE-FED-101", "PRE-FED-102")


def test_a_damaged_byte_is_noticed(tmp_path):
    whole = bytearray(tgz(tmp_path / "d", {"x.xml": os.urandom(5000)}).read_bytes())
    whole[2500] ^= 0xFF
    (tmp_path / "d").write_bytes(whole)
    assert refused(tmp_path / "d") in ("PRE-FED-101", "PRE-FED-102")


def test_the_folders_of_a_multi_academy_delivery_are_its_feeds(tmp_path):
    path = tgz(
        tmp_path / "d",
        {
            "importDirectories.json": b'["lyon", "nice"]',
            "lyon/a.xml": b"1",
            "nice/a.xml": b"2",
            "other/b.xml": b"3",
        },
    )
    contents = inspect(path)
    assert contents.folders == {"lyon", "nice"}
    assert [(m.folder, m.basename) for m in open_delivery(path).feeds(contents.folders)] == [
        ("lyon", "a.xml"),
        ("nice", "a.xml"),
    ]


@pytest.mark.parametrize(
    ("listed", "code"),
    [
        (b"{", "PRE-FED-111"),
        (b"[1]", "PRE-FED-111"),
        (b"[" * 60_000, "PRE-FED-111"),
        (b'["nowhere"]', "PRE-FED-114"),
    ],
)
def test_a_wrong_list_of_folders_is_refused(tmp_path, listed, code):
    assert refused(tgz(tmp_path / "d", {"importDirectories.json": listed, "a.xml": b"1"})) == code


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_damaged_archives_never_raise_anything_but_our_own_error(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("fuzz")
    make = data.draw(st.sampled_from([tgz, zipped]))
    content = bytearray(make(folder / "d", {"a.xml": b"abc" * 50, "b.xml": b"def" * 30}).read_bytes())
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    (folder / "d").write_bytes(content)
    with suppress(FeedError):
        inspect(folder / "d")
