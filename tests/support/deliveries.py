"""Deliveries made by hand: AAF files as somebody else's exporter might have written them."""

from __future__ import annotations

import io
import tarfile
import zipfile
from pathlib import Path

PUPIL = {
    "ENTPersonJointure": ["501"],
    "sn": ["N'DIAYE"],
    "givenName": ["Zoé"],
    "ENTPersonDateNaissance": ["12/03/2012"],
    "ENTPersonStructRattach": ["43"],
    "ENTElevePersRelEleve": ["900$20$1$1$1$1", "901$10$0$2$0$0"],
    "ENTEleveClasses": ["43$6EME A"],
    "ENTEleveGroupes": [""],
    "ENTEleveMEF": ["10010012110"],
    "mail": [""],
}


def escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("'", "&apos;")


def add(category: str, key: str, attributes: dict[str, list[str]], kind: str = "categoriePersonne") -> str:
    body = "".join(
        f'<attr name="{name}">' + "".join(f"<value>{escape(value)}</value>" for value in values) + "</attr>"
        for name, values in attributes.items()
    )
    return (
        f'<addRequest><operationalAttributes><attr name="{kind}"><value>{category}</value></attr>'
        f"</operationalAttributes><identifier><id>{key}</id></identifier>"
        f"<attributes>{body}</attributes></addRequest>\n"
    )


def modify(category: str, key: str, attributes: dict[str, list[str]]) -> str:
    return (
        add(category, key, attributes)
        .replace("<attributes>", "<modifications>")
        .replace("</attributes>", "</modifications>")
        .replace("addRequest>", "modifyRequest>")
        .replace('<attr name="ENT', '<modification operation="replace" name="ENT')
        .replace('<attr name="sn', '<modification operation="replace" name="sn')
        .replace('<attr name="mail', '<modification operation="replace" name="mail')
        .replace("</value></attr><modi", "</value></modification><modi")
        .replace("</value></attr></modifications>", "</value></modification></modifications>")
    )


def delete(category: str, key: str) -> str:
    head, _, _ = add(category, key, {}).partition("<attributes>")
    return head.replace("addRequest>", "deleteRequest>") + "</deleteRequest>\n"


def document(*records: str, encoding: str = "utf-8", declaration: bool = True, doctype: bool = True) -> bytes:
    text = f'<?xml version="1.0" encoding="{encoding}"?>\n' if declaration else ""
    text += '<!DOCTYPE ficAlimMENESR SYSTEM "ficAlimMENESR.dtd">\n' if doctype else ""
    return (text + "<ficAlimMENESR>\n" + "".join(records) + "</ficAlimMENESR>\n").encode(encoding)


def tgz(path: Path, files: dict[str, bytes]) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return path


def zipped(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path
