"""Large deliveries are read by processes of their own; the directory does not know the difference."""

from __future__ import annotations

import pytest

from preau.demo.export import requests
from preau.socle.integration.feeds import analyse, operations
from preau.socle.integration.feeds.errors import FeedError
from tests.support.deliveries import tgz

from .conftest import TODAY, directory

pytestmark = pytest.mark.sdet("SOC-INT-IED-03", "SOC-INT-IED-24")


def test_reading_in_processes_ends_in_the_same_directory(feed, academy, monkeypatch):
    found = list(requests(academy, "2D"))
    feed.apply(feed.write(found))
    here = directory()
    monkeypatch.setattr(analyse, "SMALL", 0)
    delivery = feed.receive(feed.write(found))
    delivery = operations.prepare(feed.identity, delivery.id)
    assert delivery.counts["unchanged"] == sum(
        r.category in ("Eleve", "PersRelEleve", "PersEducNat") for r in found
    )
    operations.replay(feed.identity, delivery.id)
    assert directory() == here


def test_a_refusal_found_by_a_process_is_the_delivery_s(feed, tmp_path, monkeypatch):
    monkeypatch.setattr(analyse, "SMALL", 0)
    cut = b"<ficAlimMENESR><addRequest>"
    delivery = feed.receive(tgz(tmp_path / f"ENT2D.{TODAY:%Y%m%d}.tgz", {"ENT_Eleve_0000.xml": cut}))
    with pytest.raises(FeedError) as refused:
        operations.prepare(feed.identity, delivery.id)
    assert refused.value.code == "PRE-FED-201"
    assert operations.get(delivery.id).state == "refused"
