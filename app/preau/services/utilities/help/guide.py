"""The user guide: chapters written for the reader, and the help of each service (UTI-UTL-AID-02).

A chapter is a Markdown file with a heading: title, section, order, and for whom (``profiles``, ``faces``) or
for which services' contextual help (``services``) it is. A service's own is its ``help.md``.
"""

import re
import sys
import unicodedata
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from preau.kernel.contract import Service, registry
from preau.kernel.identity import Identity
from preau.kernel.richtext import render

# In the repository the guide is among the documents; an installed package has its copy beside it.
_HERE = Path(__file__).resolve()
PLACES = (_HERE.parents[4] / "preau_guide", _HERE.parents[5] / "docs" / "guide")
SECTIONS = {
    "debuter": _l("Débuter"),
    "profils": _l("Selon qui vous êtes"),
    "services": _l("Les services"),
    "administrer": _l("Administrer"),
    "annexes": _l("Annexes"),
}
HEADING = re.compile(r"^## +(.+)$", re.MULTILINE)
FRONT = re.compile(r"\A---\n(.*?)\n---\n", re.DOTALL)


@dataclass(frozen=True)
class Part:
    """What stands under one heading; the first has none. ``id`` is its anchor."""

    id: str
    title: str
    text: str

    @property
    def html(self) -> Markup:
        """The text as HTML."""
        return render(self.text, breaks=False)


@dataclass(frozen=True)
class Chapter:
    """A chapter of the guide."""

    slug: str
    title: str
    section: str
    parts: tuple[Part, ...]
    order: int = 50
    icon: str = "book"
    profiles: tuple[str, ...] = ()
    faces: tuple[str, ...] = ()
    services: tuple[str, ...] = field(default=())
    public: bool = False

    def for_reader(self, identity: Identity) -> bool:
        """Whether it is written for somebody like this; anybody may read it anyway."""
        if self.section == "services":
            service = registry.services.get(self.services[0])
            return service is not None and service.open_to(identity)
        if self.faces and "pupil" in identity.kinds and identity.face not in self.faces:
            return False
        return not self.profiles or not identity.kinds.isdisjoint(self.profiles)


def slug_of(text: str) -> str:
    """A title as an anchor."""
    return re.sub(r"[^a-z0-9]+", "-", folded(text)).strip("-") or "partie"


def folded(text: str) -> str:
    """Lower case, without accents: for comparing."""
    decomposed = unicodedata.normalize("NFD", text.lower().replace("œ", "oe"))
    return "".join(each for each in decomposed if not unicodedata.combining(each))


def parts_of(text: str) -> tuple[Part, ...]:
    """A text cut at its headings."""
    found, start, title = [], 0, ""
    for heading in HEADING.finditer(text):
        found.append((title, text[start : heading.start()]))
        title, start = heading.group(1).strip(), heading.end()
    found.append((title, text[start:]))
    return tuple(
        Part(slug_of(title) if title else "debut", title, body.strip())
        for title, body in found
        if title or body.strip()
    )


def folder_of(service: Service) -> Path | None:
    """Where a service's files are: the folder of the package that declares it."""
    if service.folder is not None:
        return service.folder
    for blueprint in service.blueprints:
        package = blueprint.import_name
        while package:
            module = sys.modules.get(package)
            if getattr(module, "service", None) is service:
                return Path(str(module.__file__)).parent
            package = package.rpartition(".")[0]
    return None


def _read(path: Path) -> Chapter:
    text = path.read_text(encoding="utf-8")
    front = FRONT.match(text)
    facts: dict[str, Any] = yaml.safe_load(front.group(1)) if front else {}
    return Chapter(
        slug=path.stem,
        title=facts["title"],
        section=facts["section"],
        parts=parts_of(text[front.end() :] if front else text),
        order=facts.get("order", 50),
        icon=facts.get("icon", "book"),
        profiles=tuple(facts.get("profiles", ())),
        faces=tuple(facts.get("faces", ())),
        services=tuple(facts.get("services", ())),
        public=facts.get("public", False),
    )


def _of_service(service: Service) -> Chapter | None:
    folder = folder_of(service)
    if folder is None or not (folder / "help.md").is_file():
        return None
    text = (folder / "help.md").read_text(encoding="utf-8")
    title, _newline, rest = text.partition("\n")
    return Chapter(
        slug=service.name,
        title=title.removeprefix("#").strip(),
        section="services",
        parts=parts_of(rest),
        order=service.tile.order if service.tile else 90,
        icon=service.icon,
        services=(service.name,),
    )


def chapters() -> tuple[Chapter, ...]:
    """Every chapter, in reading order; read once for a set of services."""
    return _chapters(tuple(registry.services))


@cache
def _chapters(_services: tuple[str, ...]) -> tuple[Chapter, ...]:
    place = next((each for each in PLACES if each.is_dir()), None)
    found = [_read(path) for path in sorted(place.glob("*.md"))] if place else []
    found += filter(None, map(_of_service, registry))
    rank = list(SECTIONS)
    return tuple(sorted(found, key=lambda each: (rank.index(each.section), each.order, each.title)))


def chapter(slug: str) -> Chapter | None:
    """The chapter of that name."""
    return next((each for each in chapters() if each.slug == slug), None)


def about(service: str) -> Chapter | None:
    """The help of a service or page: its own, or the chapter said to be about it (UTI-UTL-AID-01)."""
    own = next((each for each in chapters() if each.section == "services" and each.slug == service), None)
    return own or next((each for each in chapters() if service in each.services), None)


def for_profile(profile: str) -> list[Chapter]:
    """The guide of a profile: what is for everybody, and what is for it."""
    return [each for each in chapters() if not each.profiles or profile in each.profiles]
