"""litmus: the WebDAV suite of the neon project (Debian package), against a real server of two processes."""

import re
import shutil
import subprocess

import pytest

pytestmark = pytest.mark.skipif(shutil.which("litmus") is None, reason="litmus is not installed")
SUMMARY = re.compile(r"summary for `(\w+)': of (\d+) tests run: (\d+) passed, (\d+) failed")
EVERY = {"basic": 16, "copymove": 13, "props": 30, "locks": 41, "http": 4}


@pytest.mark.sdet("UTI-UTL-ESF-02", "UTI-UTL-ESF-03a", "UTI-UTL-ESF-03b")
def test_litmus_passes_whole(dav_server, tmp_path):
    run = subprocess.run(
        ["litmus", "-k", dav_server.url, "teacher", "secret"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    found = {name: (int(ran), int(passed)) for name, ran, passed, _failed in SUMMARY.findall(run.stdout)}
    assert found == {name: (count, count) for name, count in EVERY.items()}, run.stdout
