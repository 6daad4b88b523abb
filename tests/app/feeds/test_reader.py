"""The reader takes what exporters really write, and says what it could not take."""

# Records are easier to compare on one line.

import io
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from preau.socle.integration.feeds.errors import FeedError, ProblemLog
from preau.socle.integration.feeds.reader import ReaderLimits, Record, RecordReader
from tests.support.deliveries import PUPIL, add, delete, document, modify


def read(content: bytes, limits: ReaderLimits | None = None) -> tuple[list[Record], ProblemLog]:
    problems = ProblemLog()
    return list(RecordReader(io.BytesIO(content), "f.xml", problems, limits)), problems


def codes(problems: ProblemLog) -> list[str]:
    return [problem.code for problem in problems.kept]


@pytest.mark.sdet("SOC-INT-IED-01")
def test_a_record_comes_out_with_its_empty_and_repeated_values():
    (record,), problems = read(document(add("Eleve", "501", PUPIL)))
    assert record.attributes == PUPIL
    assert (record.operation, record.category, record.key, record.position) == (
        "addRequest",
        "Eleve",
        "501",
        1,
    )
    assert not problems.kept


@pytest.mark.parametrize("encoding", ["iso-8859-15", "utf-8", "windows-1252", "utf-16"])
def test_the_declared_encoding_is_followed(encoding):
    (record,), problems = read(document(add("Eleve", "501", PUPIL), encoding=encoding))
    assert record.attributes["givenName"] == ["Zoé"]
    assert not problems.kept


def test_a_file_without_declaration_nor_dtd_in_latin_9_is_read_and_said():
    (record,), problems = read(
        document(add("Eleve", "501", PUPIL), encoding="utf-8", declaration=False)
        .decode()
        .encode("iso-8859-15")
    )
    assert record.attributes["givenName"] == ["Zoé"]
    assert codes(problems) == ["PRE-FED-206"]


def test_undeclared_entities_become_the_characters_html_gives_them():
    raw = add("Eleve", "501", PUPIL).replace("Zoé", "Zo&eacute; &amp; L&#233;a &foo; A&B")
    (record,), problems = read(document(raw))
    assert record.attributes["givenName"] == ["Zoé & Léa &foo; A&B"]
    assert codes(problems) == ["PRE-FED-207"]


def test_crlf_bom_and_comments_change_nothing():
    plain = document('<!--degre="2D"-->\n', add("Eleve", "501", PUPIL))
    (record,), problems = read(b"\xef\xbb\xbf" + plain.replace(b"\n", b"\r\n"))
    assert record.attributes == PUPIL
    assert not problems.kept


def test_header_comments_tell_the_degree():
    reader = RecordReader(
        io.BytesIO(document('<!--degre="1D"-->', add("Eleve", "1", PUPIL))), "f", ProblemLog()
    )
    list(reader)
    assert reader.header.degree == "1D"


def test_a_namespace_prefix_is_looked_through():
    content = document(add("Eleve", "501", PUPIL)).replace(b"</", b"</a:").replace(b"<attr", b"<a:attr")
    for name in (
        b"addRequest",
        b"operationalAttributes",
        b"identifier",
        b"id>",
        b"attributes>",
        b"value",
        b"ficAlimMENESR>",
    ):
        content = content.replace(b"<" + name, b"<a:" + name)
    (record,), _ = read(content)
    assert record.attributes == PUPIL


def test_a_broken_record_costs_one_record():
    broken = add("Eleve", "2", PUPIL).replace("</attributes>", "")
    unended = add("Eleve", "3", PUPIL).replace("</addRequest>", "")
    records, problems = read(document(add("Eleve", "1", PUPIL), broken, unended, add("Eleve", "4", PUPIL)))
    assert [record.key for record in records] == ["1", "4"]
    assert [(problem.code, problem.position) for problem in problems.kept] == [
        ("PRE-FED-204", 2),
        ("PRE-FED-204", 3),
    ]


def test_a_record_that_is_commented_out_does_not_exist():
    records, _ = read(document("<!-- ", add("Eleve", "1", PUPIL), " -->", add("Eleve", "2", PUPIL)))
    assert [record.key for record in records] == ["2"]


def test_modify_and_delete_requests_are_read():
    records, problems = read(
        document(modify("Eleve", "1", {"sn": ["ROY"], "mail": [""]}), delete("Eleve", "2"))
    )
    assert [(r.operation, r.key, r.attributes) for r in records] == [
        ("modifyRequest", "1", {"sn": ["ROY"], "mail": [""]}),
        ("deleteRequest", "2", {}),
    ]
    assert not problems.kept


def test_a_modification_other_than_replace_is_refused_alone():
    records, problems = read(
        document(
            modify("Eleve", "1", {"sn": ["ROY"]}).replace("replace", "increment"), add("Eleve", "2", PUPIL)
        )
    )
    assert [record.key for record in records] == ["2"]
    assert codes(problems) == ["PRE-FED-205"]


@pytest.mark.sdet("SOC-INT-IED-16")
@pytest.mark.parametrize("cut", [10, 200, 500, -30])
def test_a_truncated_file_is_refused(cut):
    with pytest.raises(FeedError) as refused:
        read(document(add("Eleve", "501", PUPIL), add("Eleve", "502", PUPIL))[:cut])
    assert refused.value.code in ("PRE-FED-201", "PRE-FED-210")


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>',
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE x [<!ENTITY % p SYSTEM "http://example.org/x.dtd"> %p;]>',
    ],
)
def test_entity_bombs_and_external_entities_are_refused(doctype):
    content = document(add("Eleve", "501", PUPIL).replace("Zoé", "&a;"), doctype=False).replace(
        b"?>\n", b"?>\n" + doctype.encode(), 1
    )
    with pytest.raises(FeedError) as refused:
        read(content)
    assert refused.value.code == "PRE-FED-202"
    assert "entités" in str(refused.value)


def test_a_declaration_hidden_in_a_record_is_not_obeyed():
    raw = add("Eleve", "501", PUPIL).replace("<attributes>", '<!DOCTYPE x [<!ENTITY a "b">]><attributes>')
    records, problems = read(document(raw))
    assert not records
    assert codes(problems) == ["PRE-FED-204"]


def test_a_record_beyond_the_limit_is_refused_in_bounded_memory():
    class Endless:
        def __init__(self):
            self.head, self.sent = document(add("Eleve", "1", PUPIL))[:-20], 0

        def read(self, _size=-1, /):
            self.sent += 1
            assert self.sent < 100, "the reader swallows without end"
            return self.head if self.sent == 1 else b"<addRequest>" + b"x" * 65536

    with pytest.raises(FeedError) as refused:
        list(RecordReader(Endless(), "f", ProblemLog()))
    assert refused.value.code == "PRE-FED-203"


def test_something_else_than_aaf_is_refused():
    for content in (b"<html><body/></html>", b"hello", b"\x00" * 2000):
        with pytest.raises(FeedError):
            read(content)


def test_an_empty_export_is_an_export():
    assert read(b"<ficAlimMENESR/>")[0] == []
    assert read(b"<?xml version='1.0'?><ficAlimMENESR></ficAlimMENESR>")[0] == []


xml_text = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), max_size=20
)
records = st.dictionaries(
    st.from_regex(r"[A-Za-z]{1,8}", fullmatch=True),
    st.lists(xml_text, min_size=1, max_size=3),
    min_size=1,
    max_size=5,
)


@settings(max_examples=150, deadline=None)
@given(st.lists(records, min_size=1, max_size=3))
def test_the_reader_says_what_libxml2_says(contents):
    content = document(
        *(add("Eleve", str(rank), attributes) for rank, attributes in enumerate(contents)), doctype=False
    )
    expected = [
        {attr.get("name"): [value.text or "" for value in attr] for attr in request.find("attributes")}
        for request in etree.fromstring(content)
    ]
    found, problems = read(content)
    assert [record.attributes for record in found] == expected
    assert not problems.kept


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_mutated_bytes_never_raise_anything_but_our_own_error(data):
    content = bytearray(
        document(add("Eleve", "1", PUPIL), modify("Eleve", "2", {"sn": ["A"]}), delete("Eleve", "3"))
    )
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(content) - 1))
        piece = data.draw(
            st.one_of(
                st.binary(max_size=3),
                st.sampled_from(
                    [b"<", b">", b"&", b"<!--", b"]]>", b"<![CDATA[", b"<!ENTITY", b"</attr>", b"\xff\xfe"]
                ),
            )
        )
        content[at : at + data.draw(st.integers(0, 40))] = piece
        if not content:
            break
    with suppress(FeedError):
        read(bytes(content), ReaderLimits(record=4096, block=64))
