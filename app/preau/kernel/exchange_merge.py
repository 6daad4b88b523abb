"""Merging an imported object with the one that is there: arbitration is data, field by field (SOC-INT-IED-15)."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from preau.kernel.exchange import Item
from preau.kernel.exchange_manifest import Line

NEVER = datetime.min.replace(tzinfo=UTC)


def merged(rules: Mapping[str, str], kept: Item, imported: Line, data: dict[str, Any]) -> dict[str, Any]:
    """The data that results: each field "imported", "kept", "newest" or the "union" of both."""
    there = kept.data.model_dump(mode="json", by_alias=True)
    newer = (imported.updated_at or NEVER) > (kept.updated_at or NEVER)
    result = dict(data)
    for name, mine in there.items():
        result[name] = _arbitrated(rules.get(name, "newest"), mine, data.get(name, mine), newer=newer)
    return result


def _arbitrated(rule: str, mine: Any, theirs: Any, *, newer: bool) -> Any:
    if rule == "union":
        if isinstance(mine, dict) and isinstance(theirs, dict):
            return {**theirs, **mine}
        if isinstance(mine, list) and isinstance(theirs, list):
            return mine + [each for each in theirs if each not in mine]
    if rule == "kept":
        return mine
    if rule == "imported":
        return theirs
    return theirs if newer else mine
