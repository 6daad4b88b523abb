"""The objects of a scope as lines of JSON: what archives hold, and what another ENT may read."""

import hashlib
import io
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from flask_babel import gettext as _

from preau.kernel.errors import Invalid
from preau.kernel.exchange import Exchangeable, File, Item
from preau.kernel.exchange_context import Scope
from preau.kernel.identity import Identity
from preau.kernel.tenancy import behind, lifted

CHUNK = 1024 * 1024
Change = Callable[[dict[str, Any]], dict[str, Any]]


def standing(identity: Identity, scope: Scope) -> AbstractContextManager[None]:
    """A person's own data are read from behind that person's wall; a school's, over the walls."""
    return behind(identity) if scope.kind == "person" and not identity.is_system else lifted()


def items_of(identity: Identity, exchangeable: Exchangeable, scope: Scope) -> Iterator[Item]:
    """The objects of a kind in ascending order of key, without those that the scope does not choose."""
    wanted = scope.keys.get(exchangeable.name)
    items: Iterable[Item] = exchangeable.export(identity, scope)
    if wanted is not None:
        items = (item for item in items if item.key in wanted)
    if not exchangeable.ordered:
        yield from sorted(items, key=lambda item: item.key)
        return
    last = ""
    for item in items:
        if item.key <= last:
            raise ValueError(f"{exchangeable.name}: {item.key} comes after {last}, keys must ascend")
        last = item.key
        yield item


def downgrade(each: Exchangeable, version: int) -> Change:
    """What writes an object's data in a former version; :class:`Invalid` when that one is not written."""
    if version == each.version:
        return lambda data: data
    if version not in each.downgrade:
        raise Invalid(
            _(
                "« %(label)s » ne s’exporte pas en version %(version)s. Versions possibles : %(known)s.",
                label=each.label, version=version,
                known=", ".join(str(each_) for each_ in sorted({each.version, *each.downgrade})),
            ),
            code="PRE-ECH-010",
        )  # fmt: skip
    return each.downgrade[version]


def line(item: Item, files: list[dict[str, Any]], change: Change) -> dict[str, Any]:
    """An object as ``line-v1`` says."""
    return {
        "key": item.key,
        "title": item.title,
        "path": item.path,
        "rights": sorted({each for each in item.rights if each}),
        "created_at": moment(item.created_at),
        "updated_at": moment(item.updated_at),
        "files": files,
        "data": change(item.data.model_dump(mode="json", by_alias=True)),
    }


def described(file: File) -> dict[str, Any]:
    """A file of an object as ``line-v1`` says, its content read once."""
    sha256, size = _digest(file)
    return {
        "name": file.name, "sha256": sha256, "size": size, "media_type": file.media_type, "path": file.path,
        "description": file.description, "rights": sorted({right for right in file.rights if right}),
    }  # fmt: skip


def canonical(value: Any) -> bytes:
    """JSON of one line, always the same for the same value."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def moment(value: datetime | None) -> str | None:
    """A date in UTC."""
    return value.astimezone(UTC).isoformat() if value else None


def opened(file: File) -> IO[bytes]:
    """The content of a file to export."""
    return file.content.open("rb") if isinstance(file.content, Path) else io.BytesIO(file.content())


def _digest(file: File) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    with opened(file) as source:
        while chunk := source.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return digest.hexdigest(), size
