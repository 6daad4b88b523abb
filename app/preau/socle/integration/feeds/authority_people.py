"""The people of a local authority's delivery, as neutral records: one per human, however many lines.

The sender's own identifier is the key; without one, it is made from what tells people apart (names, birth
date and school), so that somebody who changes name is somebody new here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Final

from .authority_columns import NATIONAL, PROFILES, normalise
from .authority_csv import Line
from .errors import ProblemLog
from .fields import read_date
from .nomenclature import INE, TITLES, UAI, valid_uai
from .records import MembershipRecord, PersonRecord, ProfileRecord, RelationRecord, Values

_KEPT: Final = (
    "last_name", "first_name", "birth_name", "civility", "address_lines", "postal_code", "town", "country",
    "mail", "phone_home", "phone_work", "phone_mobile", "level", "cycle", "regime", "ine", "mef",
)  # fmt: skip
_YES: Final = frozenset({"oui", "o", "1", "x", "vrai", "true"})
LONGEST_KEY: Final = 100


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a line stands: for complaints, and for the school it speaks of."""

    problems: ProblemLog
    file: str
    number: int
    uai: str = ""

    def say(self, code: str, **details: str | int) -> None:
        self.problems.add(code, self.file, self.number, self.uai, **details)


class People:
    """Everybody of a delivery, by category and key; complaints go to the log with their file and line."""

    def __init__(self, problems: ProblemLog, known_uais: frozenset[str]) -> None:
        self.problems, self.known_uais = problems, known_uais
        self.found: dict[tuple[str, str], PersonRecord] = {}
        self.uais: set[str] = set()
        self._lines: dict[tuple[str, str], tuple[str, int]] = {}
        self._pupils: dict[tuple[str, str, str], set[str]] = {}

    def add(self, line: Line, file: str, uai: str, profile: str) -> None:
        """Takes a line in; a responsible's line also ties the children that it names."""
        cells, place = dict(line.cells), _Place(self.problems, file, line.number)
        last_name = cells.get("usual_name") or cells.get("last_name") or cells.get("birth_name")
        for name, label in ((last_name, "Nom"), (cells.get("first_name"), "Prénom")):
            if not name:
                place.say("PRE-FED-402", name=label)
                return
        cells["last_name"] = last_name or ""
        school = self._school(cells.get("uai") or uai, place)
        if not school:
            return
        place = replace(place, uai=school)
        record = _record(cells, _kind(cells, profile, place), place)
        if record.category != "guardian" or self._tie(record.key, line, place):
            self._keep(record, place, told_apart="key" in cells or "birth_date" in record.values)

    def children_without_responsible(self) -> None:
        """Where the delivery lists responsibles, a pupil nobody names has none."""
        for record in self.found.values():
            if record.category == "pupil" and record.relations is None:
                record.relations = []

    def _school(self, uai: str, place: _Place) -> str:
        uai = uai.strip().upper()
        if not uai:
            place.say("PRE-FED-410")
        elif uai not in self.known_uais:
            place.say("PRE-FED-409", uai=uai[:12])
        else:
            if uai not in self.uais and UAI.fullmatch(uai) and not valid_uai(uai):
                place.say("PRE-FED-306", uai=uai)
            self.uais.add(uai)
            return uai
        return ""

    def _keep(self, record: PersonRecord, place: _Place, *, told_apart: bool) -> None:
        """A second line of the same human adds its profile and classes; one that may be another's is left out."""
        at = record.category, record.key
        known = self.found.get(at)
        if known is None:
            self.found[at] = record
            self._lines[at] = place.file, place.number
        elif record.category == "pupil" and not told_apart:
            place.say("PRE-FED-408")
            return
        else:
            file, line = self._lines[at]
            place.say("PRE-FED-411", line=line if file == place.file else f"{line} ({file})")
            self.found[at] = _united(known, record)
        if record.category == "pupil":
            names = normalise(record.values["last_name"]), normalise(record.values["first_name"])
            self._pupils.setdefault((place.uai, *names), set()).add(record.key)

    def _tie(self, key: str, line: Line, place: _Place) -> int:
        """Ties a responsible to the children named; a name that two pupils share, or none, is said."""
        tied = 0
        for child in line.children:
            if not child:
                continue
            found = self._child(child, place)
            if len(found) != 1:
                place.say("PRE-FED-406")
                continue
            record = self.found["pupil", next(iter(found))]
            others = [tie for tie in record.relations or [] if tie.person_key != key]
            record.relations = [*others, RelationRecord(key, "other", 1, contact=True)]
            tied += 1
        if not any(line.children):
            place.say("PRE-FED-406")
        return tied

    def _child(self, child: dict[str, str], place: _Place) -> set[str]:
        if identifier := child.get("key"):
            key = _own(identifier, pupil=True)
            return {key} if ("pupil", key) in self.found else set()
        last = child.get("usual_name") or child.get("last_name", "")
        return self._pupils.get((place.uai, normalise(last), normalise(child.get("first_name", ""))), set())


def _kind(cells: dict[str, str], profile: str, place: _Place) -> str:
    if normalise(cells.get("director", "")) in _YES:
        return "head"
    named = cells.get("profile")
    if named is None:
        return profile or "external"
    known = PROFILES.get(normalise(named))
    if known is None:
        place.say("PRE-FED-405", name=named[:40])
    return known or "external"


def _record(cells: dict[str, str], kind: str, place: _Place) -> PersonRecord:
    values = _values(cells, place)
    category = kind if kind in ("pupil", "guardian") else "staff"
    function, discipline = cells.get("function", "")[:40], cells.get("discipline", "")[:80]
    profile = ProfileRecord(place.uai, kind, NATIONAL[kind], function, function, "", discipline)
    return PersonRecord(
        _key(cells, values, place.uai, pupil=category == "pupil"),
        category,
        "addRequest",
        "CSV",
        b"",
        values,
        profiles=[] if category == "guardian" else [profile],
        memberships=_memberships(cells, place.uai, category),
    )


def _values(cells: dict[str, str], place: _Place) -> Values:
    values: Values = {name: cells[name] for name in _KEPT if name in cells}
    civility = cells.get("civility", "")
    values["civility"] = TITLES.get(civility.lower(), civility) or (
        {"F": "Mme", "M": "M."}.get(cells.get("sex", "").upper(), "")
    )
    if raw := cells.get("birth_date"):
        values["birth_date"] = read_date(_day(raw))
        if values["birth_date"] is None:
            place.say("PRE-FED-305", name="Date de naissance")
    if ine := values.pop("ine", "").upper():
        if INE.fullmatch(ine):
            values["ine"] = ine
        else:
            place.say("PRE-FED-311")
    if "@" not in values.get("mail", "@"):
        place.say("PRE-FED-413")
        del values["mail"]
    return {name: value for name, value in values.items() if value}


def _day(raw: str) -> str:
    """dd/MM/yyyy, from what spreadsheets write as well: 2012-03-01, 01-03-2012, 01.03.2012."""
    parts = raw.replace("-", "/").replace(".", "/").split("/")
    if len(parts) == 3 and len(parts[0]) == 4:  # noqa: PLR2004
        parts.reverse()
    return "/".join(parts)


def _own(identifier: str, *, pupil: bool) -> str:
    return f"{'E' if pupil else 'A'}:{identifier}"[:LONGEST_KEY]


def _key(cells: dict[str, str], values: Values, uai: str, *, pupil: bool) -> str:
    if identifier := cells.get("key"):
        return _own(identifier, pupil=pupil)
    born = values["birth_date"].isoformat() if "birth_date" in values else ""
    told = (values.get("birth_name") or values["last_name"], values["first_name"])
    text = "|".join([*(normalise(part) or part for part in told), born, uai, "E" if pupil else "A"])
    return blake2b(text.encode(), digest_size=12).hexdigest()


def _memberships(cells: dict[str, str], uai: str, category: str) -> list[MembershipRecord] | None:
    """Classes, separated by commas; a file without such a column says nothing of them."""
    if "classes" not in cells and "form_classes" not in cells:
        return None
    found = []
    role = "member" if category == "pupil" else "teacher"
    for column, kind in (("classes", role), ("form_classes", "form_teacher")):
        codes = (code.strip()[:LONGEST_KEY] for code in cells.get(column, "").split(","))
        found += [MembershipRecord(uai, "class", code, kind, code) for code in codes if code]
    return found


def _united(first: PersonRecord, second: PersonRecord) -> PersonRecord:
    classes = [*(first.memberships or []), *(second.memberships or [])]
    return replace(
        first,
        values={**second.values, **first.values},
        profiles=list(dict.fromkeys([*(first.profiles or []), *(second.profiles or [])])),
        memberships=None if first.memberships is second.memberships is None else list(dict.fromkeys(classes)),
    )
