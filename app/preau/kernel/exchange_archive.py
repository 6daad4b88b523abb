"""Opening an archive somebody gives: nothing of it is believed before it is checked.

Size, number and names of members, ratio, depth, checksums, the manifest's own schema: what does not
conform is refused with what is wrong and a code, and nothing has changed.
"""

import hashlib
import json
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, Self

from flask_babel import gettext as _
from pydantic import ValidationError

from preau.kernel.errors import Invalid
from preau.kernel.exchange import ImportedFile
from preau.kernel.exchange_manifest import FORMAT, VERSION, Line, Manifest, Part, format_named

LARGEST = 4 * 1024**3
MOST_MEMBERS = 200_000
LONGEST_NAME = 300
DEEPEST = 6
LARGEST_MANIFEST = 64 * 1024**2
LONGEST_LINE = 8 * 1024**2
# What compresses better than this, beyond a megabyte, was made to do so.
HIGHEST_RATIO = 200
SMALL = 1024**2
CHUNK = 1024 * 1024


def refused(message: str, code: str) -> Invalid:
    """The error of an archive that is not taken."""
    return Invalid(_("Archive refusée : %(why)s Rien n’a été modifié.", why=message), code=code)


class Archive:
    """An archive that was checked: its manifest, its objects, its files."""

    def __init__(self, source: Path | IO[bytes]) -> None:
        try:
            self.zip = zipfile.ZipFile(source)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
            raise refused(_("ce fichier n’est pas une archive ZIP complète."), "PRE-ECH-001") from None
        try:
            self._check_members()
            self.manifest = self._manifest()
            self._check_listed()
        except BaseException:
            self.zip.close()
            raise

    def close(self) -> None:
        """Let go of the file."""
        self.zip.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def _check_members(self) -> None:
        members = self.zip.infolist()
        if len(members) > MOST_MEMBERS:
            raise refused(_("elle contient plus de %(count)s fichiers.", count=MOST_MEMBERS), "PRE-ECH-002")
        if sum(member.file_size for member in members) > LARGEST:
            raise refused(_("décompressée, elle dépasserait 4 Go."), "PRE-ECH-003")
        if len({member.filename for member in members}) != len(members):
            raise refused(_("deux de ses fichiers portent le même nom."), "PRE-ECH-004")
        for member in members:
            _check_member(member)

    def _manifest(self) -> Manifest:
        raw = self._read("MANIFEST.json", LARGEST_MANIFEST)
        try:
            content = json.loads(raw)
        except (ValueError, RecursionError):
            raise refused(_("son fichier MANIFEST.json n’est pas lisible."), "PRE-ECH-006") from None
        found = content.get("format") if isinstance(content, dict) else None
        if found != FORMAT:
            raise refused(
                _(
                    "son format est « %(found)s », seul « %(known)s » est pris en charge.",
                    found=str(found)[:60],
                    known=FORMAT,
                ),
                "PRE-ECH-007",
            )
        if content.get("version") != VERSION:
            raise refused(
                _(
                    "sa version de format est %(found)s, seule la version %(known)s est prise en charge.",
                    found=str(content.get("version"))[:20], known=VERSION,
                ),
                "PRE-ECH-008",
            )  # fmt: skip
        try:
            return Manifest.model_validate(content)
        except ValidationError as error:
            where = ".".join(str(each) for each in error.errors()[0]["loc"])
            raise refused(
                _("son MANIFEST.json n’est pas conforme (%(where)s).", where=where), "PRE-ECH-006"
            ) from None

    def _read(self, name: str, limit: int) -> bytes:
        try:
            info = self.zip.getinfo(name)
        except KeyError:
            raise refused(_("il y manque %(name)s.", name=name), "PRE-ECH-005") from None
        if info.file_size > limit:
            raise refused(_("%(name)s est trop volumineux.", name=name), "PRE-ECH-003")
        try:
            with self.zip.open(info) as member:
                content = member.read(limit + 1)
        except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, ValueError):
            raise refused(_("%(name)s est abîmé.", name=name), "PRE-ECH-009") from None
        if len(content) != info.file_size:
            raise refused(_("%(name)s est abîmé.", name=name), "PRE-ECH-009")
        return content

    def _check_listed(self) -> None:
        there = set(self.zip.namelist())
        listed = {part.path for part in self.manifest.parts} | {file.path for file in self.manifest.files}
        if missing := listed - there:
            raise refused(_("il y manque %(name)s.", name=min(missing)), "PRE-ECH-005")
        unlisted = {name for name in there - listed - {"MANIFEST.json"} if not name.startswith("schemas/")}
        if unlisted:
            raise refused(
                _("%(name)s n’est pas annoncé par MANIFEST.json.", name=min(unlisted)), "PRE-ECH-004"
            )

    def unsupported(self) -> list[Part]:
        """Parts whose format or version is not read here (SOC-INT-IED-16)."""
        found = []
        for part in self.manifest.parts:
            known = format_named(part.name)
            if known is None or part.version not in known[1].versions:
                found.append(part)
        return found

    def verify(self) -> None:
        """Compare every checksum, without keeping anything in memory."""
        entries: list[Any] = [*self.manifest.parts, *self.manifest.files]
        for entry in entries:
            digest = hashlib.sha256()
            try:
                with self.zip.open(entry.path) as member:
                    while chunk := member.read(CHUNK):
                        digest.update(chunk)
            except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, ValueError):
                raise refused(_("%(name)s est abîmé.", name=entry.path), "PRE-ECH-009") from None
            if digest.hexdigest() != entry.sha256:
                raise refused(
                    _("%(name)s ne correspond pas à son empreinte.", name=entry.path), "PRE-ECH-009"
                )

    def lines(self, part: Part) -> Iterator[tuple[int, Line]]:
        """The objects of a part, each with its line number."""
        with self.zip.open(part.path) as member:
            number = 0
            while raw := member.readline(LONGEST_LINE + 1):
                number += 1
                if len(raw) > LONGEST_LINE:
                    raise refused(
                        _("la ligne %(number)s de %(name)s est trop longue.", number=number, name=part.path),
                        "PRE-ECH-003",
                    )
                yield number, _line(raw, number, part)

    def open(self, file: ImportedFile) -> bytes:
        """The content of a file."""
        content = self._read(f"files/{file.sha256[:2]}/{file.sha256}", LARGEST)
        if hashlib.sha256(content).hexdigest() != file.sha256:
            raise refused(_("%(name)s ne correspond pas à son empreinte.", name=file.name), "PRE-ECH-009")
        return content


def _line(raw: bytes, number: int, part: Part) -> Line:
    try:
        content: Any = json.loads(raw)
        return Line.model_validate(content)
    except (ValueError, RecursionError):
        raise refused(
            _("la ligne %(number)s de %(name)s n’est pas conforme.", number=number, name=part.path),
            "PRE-ECH-011",
        ) from None


def _check_member(member: zipfile.ZipInfo) -> None:
    name = member.filename
    steps = name.split("/")
    if len(name) > LONGEST_NAME or len(steps) > DEEPEST:
        raise refused(_("un nom de fichier y est trop long ou trop profond."), "PRE-ECH-004")
    bad = (
        name.startswith("/") or "\\" in name or ":" in name or any(step in ("", ".", "..") for step in steps)
    )
    if bad or not name.isprintable():
        raise refused(_("un de ses noms de fichier sort de l’archive."), "PRE-ECH-004")
    if member.flag_bits & 0x1:
        raise refused(_("elle est protégée par un mot de passe."), "PRE-ECH-004")
    if stat.S_IFMT(member.external_attr >> 16) not in (0, stat.S_IFREG):
        raise refused(_("elle contient autre chose que des fichiers."), "PRE-ECH-004")
    if member.file_size > SMALL and member.file_size > HIGHEST_RATIO * max(member.compress_size, 1):
        raise refused(_("%(name)s est anormalement compressé.", name=name), "PRE-ECH-003")
