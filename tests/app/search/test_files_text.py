"""The words inside files."""

import io
import subprocess
import sys
import zipfile

import pytest
from odfdo import Document, Paragraph

from preau.kernel.adapters.text_extraction import PurePythonExtraction

WORD = (
    '<w:document xmlns:w="w"><w:body><w:p><w:r><w:t>La photo</w:t></w:r><w:r><w:t>synthèse</w:t></w:r></w:p>'
    "<w:p><w:r><w:t>des plantes</w:t></w:r></w:p></w:body></w:document>"
)
CORE = (
    '<c xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:creator>Théo</dc:creator><dc:title>SVT</dc:title></c>'
)


def archive(**members: str | bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in members.items():
            opened.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return out.getvalue()


def open_document() -> bytes:
    document = Document("text")
    document.body.clear()
    document.body.append(Paragraph("La photosynthèse des plantes"))
    document.meta.creator = "Théo"
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def pdf() -> bytes:
    from weasyprint import HTML

    return HTML(
        string="<title>SVT</title><meta name=author content=Théo><p>La photosynthèse des plantes"
    ).write_pdf()


SAMPLES = {
    "text": "La photosynthèse des plantes".encode,
    "latin": lambda: "La photosynthèse des plantes".encode("cp1252"),
    "html": "<!doctype html><p>La photosynthèse <b>des plantes</b>".encode,
    "odt": open_document,
    "docx": lambda: archive(
        **{"[Content_Types]_dot_xml": "<T/>", "word__document_dot_xml": WORD, "docProps__core_dot_xml": CORE}
    ),
    "pdf": pdf,
}


@pytest.mark.sdet("SOC-POR-MDR-03", "UTI-IDO-REC-02")
@pytest.mark.parametrize("kind", SAMPLES)
def test_the_words_of_a_file_are_read_whatever_its_name(kind):
    found = PurePythonExtraction().extract(io.BytesIO(SAMPLES[kind]()))
    assert "photosynthèse" in found.text
    assert " ".join(found.text.split()).endswith("des plantes")
    if kind in ("odt", "docx", "pdf"):
        assert found.metadata["creator"] == "Théo"


BROKEN = {
    "nothing": lambda: b"",
    "picture": lambda: b"\x89PNG\r\n\x1a\n" + bytes(200),
    "half a pdf": lambda: pdf()[:600],
    "half an archive": lambda: open_document()[:700],
    "entities": lambda: archive(
        **{
            "[Content_Types]_dot_xml": "<T/>",
            "word__document_dot_xml": '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><a>&x;</a>',
        }
    ),
    "bomb": lambda: archive(
        mimetype="application/vnd.oasis.opendocument.text", content_dot_xml=b"<a>" + bytes(80 * 1024**2)
    ),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_or_hostile_file_says_nothing_and_breaks_nothing(kind):
    found = PurePythonExtraction().extract(io.BytesIO(BROKEN[kind]()))
    assert found.text.strip() == ""


def test_the_reader_lives_under_limits_of_memory():
    hungry = (
        "import resource; from preau.kernel.adapters import text_readers as t;"
        "t.read = lambda c: bytearray(2*1024**3); t.main()"
    )
    done = subprocess.run([sys.executable, "-c", hungry], input=b"", capture_output=True, check=True)
    assert b'"readable": false' in done.stdout
