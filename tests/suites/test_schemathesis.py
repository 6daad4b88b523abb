"""schemathesis: the API attacked from its own description, as several people, none of whom may break it."""

import subprocess
import sys
from xml.etree import ElementTree as ET

import pytest

TOOL = [sys.executable, "-c", "from schemathesis.cli import schemathesis; schemathesis()"]


@pytest.mark.sdet("QUA-INT-01", "QUA-INT-05")
@pytest.mark.slow
@pytest.mark.parametrize("key", ["teacher", "pupil", "admin"])
def test_no_call_makes_the_server_fail(site, tmp_path, key):
    report = tmp_path / "junit.xml"
    run = subprocess.run(
        [
            *(*TOOL, "run", f"{site.url}/api/v1/documentation/openapi.json"),
            *("--checks", "not_a_server_error", "--phases", "examples,coverage,fuzzing"),
            *("--max-examples", "15", "--max-time", "60", "--seed", "2026", "--continue-on-failure"),
            *("--request-timeout", "20", "--header", f"Cookie: preau={site.cookie(key)}"),
            *("--report", "junit", "--report-junit-path", str(report), "--no-color"),
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    cases = list(ET.parse(report).iter("testcase"))
    failed = [
        case.get("name")
        for case in cases
        if case.find("failure") is not None or case.find("error") is not None
    ]
    assert len(cases) > 5, run.stdout
    assert not failed, run.stdout[-6000:]
    assert run.returncode == 0, run.stdout[-6000:]
