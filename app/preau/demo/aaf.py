"""Writes AAF: the archives that an academy delivers, in the syntax of the feed's own contract."""

from __future__ import annotations

import gzip
import io
import tarfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import IO, Final
from xml.sax.saxutils import escape

Attributes = Mapping[str, list[str]]

# File tail, kind of category attribute, category: the file says MatiereEducNat, the record MatEducNat.
_CATEGORIES: Final = {
    "EtabEducNat": ("EtabEducNat", "categorieStructure"),
    "MatEducNat": ("MatiereEducNat", "categorieMatiere"),
    "MefEducNat": ("MefEducNat", "categorieMef"),
    "Eleve": ("Eleve", "categoriePersonne"),
    "PersRelEleve": ("PersRelEleve", "categoriePersonne"),
    "PersEducNat": ("PersEducNat", "categoriePersonne"),
}
_QUOTES: Final = {"'": "&apos;", '"': "&quot;"}


@dataclass(frozen=True, slots=True)
class Request:
    """One record of a feed. `operation` is add, modify or delete."""

    category: str
    key: str
    attributes: Attributes
    operation: str = "add"


def render(request: Request) -> str:
    """The XML of one request."""
    kind = _CATEGORIES[request.category][1]
    head = (
        f'<{request.operation}Request>\n<operationalAttributes><attr name="{kind}"><value>{request.category}'
        f"</value></attr></operationalAttributes>\n<identifier><id>{escape(request.key)}</id></identifier>\n"
    )
    if request.operation == "delete":
        return head + "</deleteRequest>\n"
    outer, inner = ("attributes", "attr") if request.operation == "add" else ("modifications", "modification")
    replace = "" if request.operation == "add" else ' operation="replace"'
    lines = [
        f'<{inner} name="{name}"{replace}>'
        + "".join(f"<value>{escape(value, _QUOTES)}</value>" for value in values or [""])
        + f"</{inner}>"
        for name, values in request.attributes.items()
    ]
    return f"{head}<{outer}>\n" + "\n".join(lines) + f"\n</{outer}>\n</{request.operation}Request>\n"


def document(requests: Iterable[Request], degree: str, day: date) -> Iterator[bytes]:
    """One file of a delivery, in pieces."""
    yield (
        '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE ficAlimMENESR SYSTEM "ficAlimMENESR.dtd">\n'
        f'<ficAlimMENESR>\n<!--versionAF="AAF-VE2407"-->\n<!--versionSDET="6.4"-->\n'
        f'<!--codeAcademieExport="06"-->\n<!--degre="{degree}"-->\n'
        f'<!--dateGenerationExport="{day:%d/%m/%Y}"-->\n'
    ).encode()
    for request in requests:
        yield render(request).encode()
    yield b"</ficAlimMENESR>\n"


def write_delivery(
    folder: Path,
    requests: Iterable[Request],
    *,
    degree: str,
    day: date,
    mode: str = "Complet",
    chunk: int = 500,
    prefix: str = "ENT_PREAU",
) -> Path:
    """Writes `ENT<degree>.<date>.<mode>.tgz` and returns its path; the bytes depend on the content only."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"ENT{degree}.{day:%Y%m%d}.{mode}.tgz"
    by_category: dict[str, list[Request]] = {category: [] for category in _CATEGORIES}
    for request in requests:
        by_category[request.category].append(request)
    with (
        path.open("wb") as raw,
        gzip.GzipFile(fileobj=raw, mode="wb", mtime=0, filename="") as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive,
    ):
        for category, found in by_category.items():
            for number in range(0, len(found), chunk):
                tail = f"{_CATEGORIES[category][0]}_{number // chunk:04d}.xml"
                content = b"".join(document(found[number : number + chunk], degree, day))
                _add(archive, f"{prefix}_{mode}_{day:%Y%m%d}_{tail}", content)
    return path


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size = len(content)
    archive.addfile(info, io.BytesIO(content))


def write_file(target: IO[bytes], requests: Iterable[Request], degree: str, day: date) -> None:
    """Streams one XML file."""
    for piece in document(requests, degree, day):
        target.write(piece)
