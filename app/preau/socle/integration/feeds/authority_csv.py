"""Local authority files: the Édifice model and the ONDE extraction (aaf.md 7.1 and 7.2), as records.

Nobody gives these people a key, so one is made from what identifies them: names, birth date and
structure. A person whose name changes is therefore a new person here; the AAF knows better.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

from .errors import FeedError, ProblemLog
from .fields import read_date
from .nomenclature import TITLES
from .records import MembershipRecord, PersonRecord, ProfileRecord, RelationRecord, Values

MAX_BYTES: Final = 64 * 1024**2
MAX_COLUMNS: Final = 200
# (structure, last name, first name) → keys of the pupils of that name.
PupilIndex = dict[tuple[str, str, str], list[str]]
_NOT_WORD: Final = re.compile(r"[^a-z0-9]+")

# Normalised header → neutral name. ONDE repeats address columns with a figure at the end.
_COLUMNS: Final[dict[str, str]] = {
    "nom": "last_name", "nomeleve": "birth_name", "nomresponsable": "birth_name", "nomdefamille": "last_name",
    "nomusageeleve": "last_name", "nomdusageeleve": "last_name", "nomusageresponsable": "last_name",
    "nomusage": "usual_name", "nomdusage": "usual_name",
    "prenom": "first_name", "prenomeleve": "first_name", "prenomresponsable": "first_name",
    "datedenaissance": "birth_date", "datenaissance": "birth_date", "neele": "birth_date",
    "neeele": "birth_date",
    "civilite": "civility", "civiliteresponsable": "civility", "sexe": "sex",
    "adresse": "address_lines", "adresse1": "address_lines", "adresseresponsable": "address_lines",
    "cp": "postal_code", "cp1": "postal_code", "codepostal": "postal_code", "cpresponsable": "postal_code",
    "ville": "town", "commune": "town", "commune1": "town", "communeresponsable": "town",
    "pays": "country", "pays1": "country",
    "courriel": "mail", "email": "mail", "mail": "mail",
    "telephone": "phone_home", "telephonedomicile": "phone_home", "telephonetravail": "phone_work",
    "telephoneportable": "phone_mobile", "mobile": "phone_mobile",
    "classe": "classes", "classes": "classes", "niveau": "level", "cycle": "cycle", "regime": "regime",
    "ine": "ine", "mef": "mef", "fonction": "function", "directeur": "director", "profil": "profile",
    "discipline": "discipline", "professeurprincipal": "form_classes",
}  # fmt: skip
_CHILD: Final = {
    "nomdusageenfant": "usual_name", "nomusageenfant": "usual_name", "nomdefamilleenfant": "last_name",
    "nomenfant": "last_name", "prenomenfant": "first_name", "classesenfants": "classes",
    "classesenfant": "classes", "classeenfant": "classes",
}  # fmt: skip
_PROFILES: Final = {
    "eleve": "pupil", "eleves": "pupil", "enseignant": "teacher", "enseignants": "teacher",
    "personnel": "staff", "personnels": "staff", "parent": "guardian", "parents": "guardian",
    "responsable": "guardian", "responsables": "guardian", "collectivite": "authority",
    "agent": "authority", "agents": "authority", "atsem": "authority", "invite": "external",
    "invites": "external",
}  # fmt: skip
_NATIONAL: Final = {
    "pupil": "National_ELV", "teacher": "National_ENS", "staff": "National_ETA", "head": "National_DIR",
    "guardian": "National_TUT", "authority": "National_COL", "external": "",
}  # fmt: skip
_KEPT: Final = frozenset(
    {"last_name", "first_name", "birth_name", "birth_date", "civility", "address_lines", "postal_code",
     "town", "country", "mail", "phone_home", "phone_work", "phone_mobile", "level", "cycle", "regime",
    "ine", "mef"}
)  # fmt: skip


def profile_of(file_name: str) -> str:
    """The profile that a file of people speaks of, from its name; empty when the name does not say."""
    stem = file_name.rpartition("/")[2].rpartition(".")[0]
    words = (normalise(part) for part in re.split(r"[-_ ]", stem))
    return next((_PROFILES[word] for word in words if word in _PROFILES), "")


def normalise(text: str) -> str:
    """Lower case letters and digits, without accents: how headers are compared."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return _NOT_WORD.sub("", plain)


def read_people(
    content: bytes, file: str, structure_key: str, profile: str, index: PupilIndex, problems: ProblemLog
) -> Iterator[PersonRecord]:
    """The people of one CSV file for one structure; read pupils before their responsibles.

    `profile` is the default of the lines; `index` is filled by pupils and asked by responsibles.
    """
    if len(content) > MAX_BYTES:
        raise FeedError("PRE-FED-103", file, limit=MAX_BYTES)
    lines = csv.reader(io.StringIO(_text(content)), delimiter=";")
    try:
        header = next(lines, [])
        columns, children = _columns(header, file, problems)
        for rank, line in enumerate(lines, start=2):
            if any(cell.strip() for cell in line):
                yield from _line(
                    line, columns, children, _Place(file, rank, structure_key, profile, index, problems)
                )
    except csv.Error as error:
        raise FeedError("PRE-FED-401", file) from error


def _text(content: bytes) -> str:
    if content.startswith(b"\xef\xbb\xbf"):
        return content[3:].decode("utf-8", "replace").replace("\0", "")
    try:
        return content.decode("utf-8").replace("\0", "")
    except UnicodeDecodeError:
        return content.decode("iso8859-15").replace("\0", "")


def _columns(
    header: list[str], file: str, problems: ProblemLog
) -> tuple[dict[str, int], list[dict[str, int]]]:
    """Positions by neutral name, and one map per child of a responsible: headers may repeat."""
    columns: dict[str, int] = {}
    children: list[dict[str, int]] = []
    for position, raw in enumerate(header[:MAX_COLUMNS]):
        name = normalise(raw)
        if (child := _CHILD.get(name)) is not None:
            if not children or child in children[-1]:
                children.append({})
            children[-1][child] = position
        elif (known := _COLUMNS.get(name)) is not None:
            columns.setdefault(known, position)
        elif name:
            problems.once("PRE-FED-404", file, 1, name=raw.strip())
    if "usual_name" in columns:
        columns.setdefault("last_name", columns["usual_name"])
    columns.setdefault("last_name", columns.get("birth_name", -1))
    if columns["last_name"] < 0 or "first_name" not in columns:
        raise FeedError("PRE-FED-401", file)
    return columns, children


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a line stands, for keys and complaints."""

    file: str
    rank: int
    structure_key: str
    profile: str
    index: PupilIndex
    problems: ProblemLog

    def name(self, cells: dict[str, str]) -> tuple[str, str, str]:
        """What a responsible's line says of a child."""
        return self.structure_key, normalise(cells["last_name"]), normalise(cells["first_name"])

    def key(self, values: dict[str, str]) -> str:
        """A stable key: the same names, birth date and structure are the same person."""
        parts = (
            values.get("birth_name") or values["last_name"],
            values["first_name"],
            values.get("birth_date", ""),
        )
        text = "|".join([*(normalise(part) for part in parts), self.structure_key])
        return blake2b(text.encode(), digest_size=12).hexdigest()

    def warn(self, code: str, **details: str) -> None:
        self.problems.add(code, self.file, self.rank, **details)


def _line(
    line: list[str], columns: dict[str, int], children: list[dict[str, int]], place: _Place
) -> Iterator[PersonRecord]:
    cells = {name: line[at].strip() for name, at in columns.items() if at < len(line) and line[at].strip()}
    cells["last_name"] = cells.get("usual_name") or cells.get("last_name") or cells.get("birth_name", "")
    for name, label in (("last_name", "Nom"), ("first_name", "Prénom")):
        if not cells.get(name):
            place.warn("PRE-FED-402", name=label)
            return
    profile = _profile(cells, place)
    values = _values(cells, place)
    digest = blake2b("\x1f".join(line).encode(), digest_size=16).digest()
    key = place.key(cells)
    if profile == "pupil":
        place.index.setdefault(place.name(cells), []).append(key)
    if profile == "guardian":
        yield from _ties(key, line, children, place, digest)
        yield PersonRecord(key, "guardian", "addRequest", "CSV", digest, values, profiles=[])
        return
    role = "member" if profile == "pupil" else "teacher"
    function = cells.get("function", "")[:40]
    yield PersonRecord(
        key,
        "pupil" if profile == "pupil" else "staff",
        "addRequest",
        "CSV",
        digest,
        values,
        profiles=[ProfileRecord(place.structure_key, profile, _NATIONAL[profile], function)],
        memberships=[
            MembershipRecord(place.structure_key, "class", code, role, code)
            for code in map(str.strip, cells.get("classes", "").split(","))
            if code
        ],
    )


def _ties(
    key: str, line: list[str], children: list[dict[str, int]], place: _Place, digest: bytes
) -> Iterator[PersonRecord]:
    """One `relate` record per child found; a name that two pupils share, or none, is said."""
    for child in _children(line, children):
        found = place.index.get(place.name(child), [])
        if len(found) != 1:
            place.warn("PRE-FED-406")
            continue
        tie = RelationRecord(key, "other", 1, contact=True)
        yield PersonRecord(found[0], "pupil", "relate", "CSV", digest, {}, relations=[tie])


def _profile(cells: dict[str, str], place: _Place) -> str:
    if normalise(cells.get("director", "")) in ("oui", "o", "1"):
        return "head"
    named = cells.get("profile")
    if named is None:
        return place.profile or "external"
    known = _PROFILES.get(normalise(named))
    if known is None:
        place.warn("PRE-FED-405", name=named)
    return known or "external"


def _values(cells: dict[str, str], place: _Place) -> Values:
    values: Values = {name: value for name, value in cells.items() if name in _KEPT}
    values["civility"] = TITLES.get(cells.get("civility", "").lower(), cells.get("civility", "")) or (
        {"F": "Mme", "M": "M."}.get(cells.get("sex", "").upper(), "")
    )
    if raw := cells.get("birth_date"):
        iso = "/".join(reversed(raw.split("-"))) if raw.count("-") == 2 else raw  # noqa: PLR2004
        values["birth_date"] = read_date(iso)
        if values["birth_date"] is None:
            place.warn("PRE-FED-305", name="Date de naissance")
            del values["birth_date"]
    return {name: value for name, value in values.items() if value}


def _children(line: list[str], children: list[dict[str, int]]) -> Iterator[dict[str, str]]:
    """The children a responsible names; without birth date they are matched by name when applied."""
    for columns in children:
        cells = {
            name: line[at].strip() for name, at in columns.items() if at < len(line) and line[at].strip()
        }
        cells["last_name"] = cells.get("usual_name") or cells.get("last_name", "")
        if cells["last_name"] and cells.get("first_name"):
            yield cells
