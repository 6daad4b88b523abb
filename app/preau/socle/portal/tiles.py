"""The tiles of the home: those that rights open, in the person's order, less those they hid.

SOC-POR-PPO-03/04. What the project or the school makes mandatory stays.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from preau.kernel import preferences
from preau.kernel.errors import Invalid
from preau.kernel.identity import Identity
from preau.kernel.transaction import atomic
from preau.socle.portal.settings import BLOCKS

Tile = dict[str, Any]
LONGEST = 200


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Tiles in order, with which of them are shown and which cannot be hidden."""

    shown: list[Tile]
    hidden: list[Tile]
    mandatory: frozenset[str]
    hidden_blocks: frozenset[str]


def arrange(tiles: Sequence[Tile], look: dict[str, Any]) -> Arrangement:
    """The tiles as the settings want them; a tile that nobody placed comes after the others."""
    place = {name: position for position, name in enumerate(look["order"])}
    ordered = sorted(tiles, key=lambda tile: place.get(tile["name"], len(place)))
    mandatory = frozenset(look["mandatory"])
    away = set(look["hidden"]) - mandatory
    return Arrangement(
        shown=[tile for tile in ordered if tile["name"] not in away],
        hidden=[tile for tile in ordered if tile["name"] in away],
        mandatory=mandatory,
        hidden_blocks=frozenset(away & {name for name, _label in BLOCKS}),
    )


def move(names: list[str], name: str, step: int) -> list[str]:
    """The names with one moved by ``step`` places; at an end it stays there."""
    if name not in names:
        return names
    here = names.index(name)
    there = min(max(here + step, 0), len(names) - 1)
    rest = [each for each in names if each != name]
    return [*rest[:there], name, *rest[there:]]


def choose_arrangement(identity: Identity, order: list[str], hidden: list[str]) -> None:
    """Keep the person's order and what they hide."""
    if len(order) > LONGEST or len(hidden) > LONGEST or any(len(each) > LONGEST for each in order + hidden):
        raise Invalid("")
    with atomic():
        preferences.choose(identity, "portal.order", "person", identity.person_id, order)
        preferences.choose(identity, "portal.hidden", "person", identity.person_id, sorted(set(hidden)))
