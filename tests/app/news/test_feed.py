"""The feed of news opened to anybody: whole, valid, and never more than that."""

import pytest
from lxml import etree

from tests.app.news.test_news import only, write

ATOM = {"a": "http://www.w3.org/2005/Atom"}


def feed(client, path="/actualites/publiques.xml", **options):
    answer = client.get(path, **options)
    assert answer.status_code == 200
    assert answer.mimetype == "application/atom+xml"
    return etree.fromstring(answer.data)


def titles(found):
    return found.xpath("a:entry/a:title/text()", namespaces=ATOM)


@pytest.mark.sdet("UTI-CCO-AIN-01", "UTI-CCO-AIN-04")
def test_anybody_follows_what_a_school_opened_and_nothing_else(browser, world):
    head = browser("head")
    write(head, world, title="Portes ouvertes <b>", body="Venez\x00 **samedi** & dimanche", public="1")
    write(head, world, title="Pour nous seulement")
    write(head, world, title="Brouillon public", public="1", send=False)
    write(browser("teacher"), world, title="Pas encore validée")
    found = feed(browser())
    assert titles(found) == ["Portes ouvertes <b>"]
    (entry,) = found.xpath("a:entry", namespaces=ATOM)
    assert entry.findtext("a:author/a:name", namespaces=ATOM) == "Collège Jean-Zay"
    address = entry.xpath("string(a:link/@href)", namespaces=ATOM)
    assert browser().get("/" + address.split("/", 3)[3]).status_code == 200
    assert "Pour nous" not in etree.tostring(feed(browser("pupil")), encoding="unicode")


def test_one_school_has_its_own_feed_and_an_unknown_one_none(browser, world):
    write(browser("head"), world, title="Au collège", public="1")
    assert titles(feed(browser(), "/actualites/publiques/0330001K.xml")) == ["Au collège"]
    assert titles(feed(browser(), "/actualites/publiques/0330002L.xml")) == []
    assert browser().get("/actualites/publiques/0999999Z.xml").status_code == 404


def test_what_did_not_change_is_not_sent_again_and_what_ended_is_gone(browser, world):
    head = browser("head")
    write(head, world, title="Au collège", public="1")
    mark = browser().get("/actualites/publiques.xml").headers["ETag"]
    assert browser().get("/actualites/publiques.xml", headers={"If-None-Match": mark}).status_code == 304
    head.post(f"/actualites/{only().id}/retirer")
    assert titles(feed(browser())) == []


def test_the_public_page_leads_to_the_feed(browser):
    assert "/actualites/publiques.xml" in browser().get("/").text
