"""litmus: the WebDAV suite of the neon project (Debian package), against a real server of two processes."""

import re
import shutil
import subprocess

import pytest

from preau.kernel.tenancy import behind
from preau.socle.security.authentication import basic
from tests.support.site import serving

pytestmark = pytest.mark.skipif(shutil.which("litmus") is None, reason="litmus is not installed")
SUMMARY = re.compile(r"summary for `(\w+)': of (\d+) tests run: (\d+) passed, (\d+) failed")
EVERY = {"basic": 16, "copymove": 13, "props": 30, "locks": 41, "http": 4}


@pytest.mark.sdet("UTI-UTL-ESF-02", "UTI-UTL-ESF-03a", "UTI-UTL-ESF-03b", "QUA-INT-01")
def test_litmus_passes_whole(cluster, worker, tmp_path):
    with serving(cluster, f"litmus_{worker}", tmp_path, workers=2) as site:
        with site.app.app_context():
            identity = site.world.identity("teacher")
            with behind(identity):
                password = basic.create(identity, "litmus")
        run = subprocess.run(
            ["litmus", "-k", f"{site.url}/dav/", "teacher", password],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
    found = {name: (int(ran), int(passed)) for name, ran, passed, _failed in SUMMARY.findall(run.stdout)}
    assert found == {name: (count, count) for name, count in EVERY.items()}, run.stdout
