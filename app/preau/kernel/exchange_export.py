"""Exporting: an archive whose bytes depend on the data alone, but for the date and the export's id."""

import hashlib
import json
import uuid
import zipfile
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import IO, Any

from flask import current_app

from preau.kernel.contract import Service
from preau.kernel.database import now
from preau.kernel.exchange import Exchangeable, File, Item
from preau.kernel.exchange_context import Scope
from preau.kernel.exchange_lines import (
    CHUNK,
    canonical,
    described,
    downgrade,
    items_of,
    line,
    opened,
    standing,
)
from preau.kernel.exchange_manifest import (
    Attachment,
    FileEntry,
    Instance,
    Manifest,
    Part,
    ScopeOf,
    formats,
    schemas,
)
from preau.kernel.identity import Identity

# A ZIP has no time zone and nothing before 1980; one moment for all keeps the bytes equal.
EPOCH = (1980, 1, 1, 0, 0, 0)
Progress = Callable[[int], None]


def export_archive(
    identity: Identity,
    scope: Scope,
    target: Path | IO[bytes],
    *,
    only: Collection[str] | None = None,
    versions: Mapping[str, int] | None = None,
    progress: Progress = lambda _done: None,
) -> Manifest:
    """Write the archive of a scope: everything in it, or the formats named by ``only``, each in its version."""
    chosen = [
        pair for pair in formats() if scope.kind in pair[1].scopes and (only is None or pair[1].name in only)
    ]
    with (
        standing(identity, scope),
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive,
    ):
        writer = _Writer(archive, progress)
        parts = [
            writer.part(
                service, each, items_of(identity, each, scope), (versions or {}).get(each.name, each.version)
            )
            for service, each in chosen
        ]
        manifest = Manifest(
            export_id=str(uuid.uuid4()),
            exported_at=now(),
            exported_by=identity.uid,
            instance=instance(),
            scope=ScopeOf(kind=scope.kind, key=_scope_key(scope)),
            parts=parts,
            files=[writer.files[sha256] for sha256 in sorted(writer.files)],
        )
        published = schemas()
        for name in sorted({f"{part.name}-v{part.version}" for part in parts} | {"manifest-v1", "line-v1"}):
            writer.member(f"schemas/{name}.json", pretty(published[name]))
        writer.member("MANIFEST.json", pretty(manifest.model_dump(mode="json", by_alias=True)))
    return manifest


def instance() -> Instance:
    """The instance, as archives name it."""
    from preau.kernel.contract import registry

    settings = current_app.config["SETTINGS"]
    name = ""
    if "portal" in registry.services:
        from preau.kernel import preferences

        names = [setting.name for setting in registry["portal"].settings if setting.name.endswith(".name")]
        name = str(preferences.value(names[0])) if names else ""
    return Instance(name=name or "Préau", url=settings.public_url, software="Préau 0.1")


def _scope_key(scope: Scope) -> str:
    if scope.kind == "person":
        return scope.refs.person_uid(scope.person_id)
    if scope.kind == "group":
        return scope.refs.group_uid(scope.group_id)
    return scope.refs.structure_key(scope.structure_id) if scope.kind == "structure" else ""


def pretty(value: Any) -> bytes:
    """JSON for people, always the same for the same value."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, indent=2).encode() + b"\n"


class _Writer:
    def __init__(self, archive: zipfile.ZipFile, progress: Progress) -> None:
        self.archive = archive
        self.files: dict[str, FileEntry] = {}
        self.done = 0
        self.progress = progress

    def member(self, name: str, content: bytes) -> None:
        self.archive.writestr(_info(name), content)

    def part(self, service: Service, each: Exchangeable, items: Iterator[Item], version: int) -> Part:
        change = downgrade(each, version)
        path = f"data/{service.name}/{each.name}-v{version}.jsonl"
        digest, size, count = hashlib.sha256(), 0, 0
        # A ZIP takes one member at a time: files found on the way are written after the part.
        waiting: list[tuple[str, File]] = []
        with self.archive.open(_info(path), "w", force_zip64=True) as member:
            for item in items:
                files = [self._file(each, item, file, waiting) for file in item.files]
                written = canonical(line(item, files, change)) + b"\n"
                member.write(written)
                digest.update(written)
                size, count = size + len(written), count + 1
                self.done += 1
                self.progress(self.done)
        for sha256, file in waiting:
            self._content(sha256, file)
        return Part(
            name=each.name, version=version, service=service.name, title=str(each.label),
            description=str(each.description), schema=f"schemas/{each.name}-v{version}.json", path=path,
            path_in_ent=str(service.label), count=count, size=size, sha256=digest.hexdigest(),
        )  # fmt: skip

    def _file(
        self, each: Exchangeable, item: Item, file: File, waiting: list[tuple[str, File]]
    ) -> dict[str, Any]:
        said = described(file)
        sha256 = said["sha256"]
        if sha256 not in self.files:
            waiting.append((sha256, file))
            self.files[sha256] = FileEntry(
                name=file.name, media_type=file.media_type, description=file.description,
                path=f"files/{sha256[:2]}/{sha256}", path_in_ent=file.path, size=said["size"], sha256=sha256,
                rights=said["rights"],
            )  # fmt: skip
        self.files[sha256].attached_to.append(Attachment(part=each.name, key=item.key))
        return said

    def _content(self, sha256: str, file: File) -> None:
        with (
            opened(file) as source,
            self.archive.open(_info(self.files[sha256].path), "w", force_zip64=True) as member,
        ):
            while chunk := source.read(CHUNK):
                member.write(chunk)


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, EPOCH)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    return info
