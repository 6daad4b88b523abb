"""Reading text in pure Python: plain text, OpenDocument, Office Open XML, PDF. Run in a process of its own.

``python -m preau.kernel.adapters.text_readers`` reads a file on standard input and writes JSON, under
limits of memory and time that it sets on itself: a hostile file takes this process down and nothing else.
"""

import io
import json
import resource
import sys
import zipfile
from typing import Any

MOST_TEXT = 1_000_000
MOST_XML = 64 * 1024**2
MOST_PAGES = 400
MEMORY = 1024**3
SECONDS = 20
WHITESPACE = frozenset(b"\t\n\r\f\b")
DUBLIN_CORE = "{http://purl.org/dc/elements/1.1/}"
ODF_META = "{urn:oasis:names:tc:opendocument:xmlns:meta:1.0}"
# Where Office Open XML keeps the words of each kind of document.
OFFICE_PARTS = ("word/document.xml", "word/footnotes.xml", "ppt/slides/slide", "xl/sharedStrings.xml")
OFFICE_BREAKS = ("p", "br", "tab", "si")


def read(content: bytes) -> dict[str, Any]:
    """Text and metadata of a file, by what its content is, whatever its name."""
    if content.startswith(b"%PDF-"):
        return _pdf(content)
    if content.startswith(b"PK\x03\x04"):
        return _archive(content)
    return _plain(content)


def _plain(content: bytes) -> dict[str, Any]:
    head = content[:4096]
    if b"\0" in head or sum(byte < 32 and byte not in WHITESPACE for byte in head) > len(head) // 50:  # noqa: PLR2004
        return {"readable": False}
    try:
        text = content.decode()
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    if head.lstrip()[:15].lower().startswith((b"<!doctype html", b"<html")):
        from lxml import html

        text = " ".join(html.fromstring(text).itertext())
    return {"text": text[:MOST_TEXT], "metadata": {"format": "text/plain"}}


def _pdf(content: bytes) -> dict[str, Any]:
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(content))
    pages, length = [], 0
    for page in reader.pages[:MOST_PAGES]:
        pages.append(page.extract_text())
        length += len(pages[-1])
        if length > MOST_TEXT:
            break
    known: dict[str, Any] = dict(reader.metadata or {})
    names = {"/Title": "title", "/Author": "creator", "/Subject": "description", "/Keywords": "subject"}
    metadata = {name: str(known[key]) for key, name in names.items() if known.get(key)}
    return {"text": "\n".join(pages)[:MOST_TEXT], "metadata": {**metadata, "format": "application/pdf"}}


def _archive(content: bytes) -> dict[str, Any]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        if "mimetype" in names and "content.xml" in names:
            return _open_document(archive)
        parts = [name for name in names if name.startswith(OFFICE_PARTS) and name.endswith(".xml")]
        if "[Content_Types].xml" in names and parts:
            return _office(archive, parts)
    return {"readable": False}


def _xml(archive: zipfile.ZipFile, name: str) -> Any:
    from lxml import etree

    if archive.getinfo(name).file_size > MOST_XML:
        raise ValueError(f"{name} is too large")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    return etree.fromstring(archive.read(name), parser)


def _open_document(archive: zipfile.ZipFile) -> dict[str, Any]:
    metadata = _dublin_core(_xml(archive, "meta.xml")) if "meta.xml" in archive.namelist() else {}
    metadata["format"] = archive.read("mimetype")[:200].decode("ascii", "replace")
    return {
        "text": _words(_xml(archive, "content.xml"), ("p", "h", "tab", "line-break", "s")),
        "metadata": metadata,
    }


def _office(archive: zipfile.ZipFile, parts: list[str]) -> dict[str, Any]:
    core = "docProps/core.xml"
    metadata = _dublin_core(_xml(archive, core)) if core in archive.namelist() else {}
    text = "\n".join(_words(_xml(archive, name), OFFICE_BREAKS) for name in sorted(parts))
    return {"text": text[:MOST_TEXT], "metadata": metadata}


def _dublin_core(tree: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    for element in tree.iter():
        if isinstance(element.tag, str) and element.text and element.text.strip():
            if element.tag.startswith(DUBLIN_CORE):
                found[element.tag.removeprefix(DUBLIN_CORE)] = element.text.strip()[:1000]
            elif element.tag == ODF_META + "keyword" or element.tag.endswith("}keywords"):
                found["subject"] = " ".join(filter(None, [found.get("subject", ""), element.text.strip()]))[
                    :1000
                ]
    return found


def _words(tree: Any, breaks: tuple[str, ...]) -> str:
    pieces: list[str] = []
    for element in tree.iter():
        if not isinstance(element.tag, str):
            continue
        if element.tag.rpartition("}")[2] in breaks:
            pieces.append(" ")
        pieces.append(element.text or "")
        # What follows an element belongs to its parent, and comes after the element's own text.
        if element.tail and not len(element):
            pieces.append(element.tail)
    return "".join(pieces)[:MOST_TEXT]


def main() -> None:
    """Read standard input, write JSON, within limits."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        answer = read(sys.stdin.buffer.read())
    except Exception as broken:  # noqa: BLE001 - whatever a broken file provokes, it is a file that cannot be read
        answer = {"readable": False, "error": type(broken).__name__}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
