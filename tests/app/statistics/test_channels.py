"""Channel and device of a request."""

import dataclasses
import re

import pytest
from flask import request

from preau.kernel import channels
from preau.kernel.contract import registry

IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Safari/604.1"
)
IPAD = "Mozilla/5.0 (iPad; CPU OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148"
ANDROID = "Mozilla/5.0 (Linux; Android 15; Pixel 8) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36"
ANDROID_TABLET = "Mozilla/5.0 (Linux; Android 14; SM-X200) AppleWebKit/537.36 Chrome/130.0 Safari/537.36"
LINUX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.mark.sdet("SOC-POR-GMC-01")
@pytest.mark.parametrize(
    ("path", "headers", "expected"),
    [
        ("/", {"User-Agent": IPHONE}, ("mobile", "phone")),
        ("/", {"User-Agent": ANDROID}, ("mobile", "phone")),
        ("/", {"User-Agent": IPAD}, ("mobile", "tablet")),
        ("/", {"User-Agent": ANDROID_TABLET}, ("mobile", "tablet")),
        ("/", {"User-Agent": LINUX}, ("web", "computer")),
        ("/", {"User-Agent": LINUX, "Sec-CH-UA-Mobile": "?1"}, ("mobile", "phone")),
        ("/", {}, ("web", "computer")),
        ("/api/v1/bookmarks", {"User-Agent": IPHONE}, ("api", "program")),
    ],
)
def test_the_channel_and_the_device_are_told_by_the_request(app, path, headers, expected):
    with app.test_request_context(path, headers=headers):
        found = channels.detect(request)
    assert (found.name, found.device) == expected


@pytest.mark.sdet("SOC-POR-GMC-01", "QUA-MOD-02")
def test_a_service_is_closed_to_the_channels_that_it_does_not_name(browser, monkeypatch):
    closed = dataclasses.replace(registry["bookmarks"], channels=("web",))
    monkeypatch.setitem(registry.services, "bookmarks", closed)
    client = browser("teacher")
    assert client.get("/signets/", headers={"User-Agent": LINUX}).status_code == 200
    refused = client.get("/signets/", headers={"User-Agent": IPHONE})
    assert refused.status_code == 403
    assert "ne s’ouvre pas depuis cet appareil" in refused.text


@pytest.mark.sdet("SOC-POR-GMC-02")
@pytest.mark.parametrize("address", ["10.33.0.12", "192.168.1.20", "90.12.34.56", "2a01:cb19:8a5::1"])
def test_the_site_answers_the_same_from_school_from_home_and_from_a_telephone_network(browser, address):
    """Wherever one is, one host is enough: nothing on the page comes from another."""
    place = {"REMOTE_ADDR": address}
    assert browser().get("/connexion", environ_base=place).status_code == 200
    page = browser("pupil").get("/", environ_base=place)
    assert page.status_code == 200
    needed = re.findall(r'<(?:script|img|link)[^>]+?(?:src|href)="([^"]+)"', page.text)
    assert needed
    assert [each for each in needed if not each.startswith("/") or each.startswith("//")] == []
