"""MANIFEST.json: what an archive says of itself, and the line that opens each object (SDET 10.2.1.1.3)."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from preau.kernel.contract import Service, registry
from preau.kernel.exchange import Exchangeable

FORMAT = "preau-exchange"
VERSION = 1
DIALECT = "https://json-schema.org/draft/2020-12/schema"
# The schemas are free for anybody to reuse; what people write stays theirs.
LICENCE = "CC0-1.0"
SHA256 = r"^[0-9a-f]{64}$"
SAFE_NAME = r"^[a-z][a-z0-9_-]{0,60}$"


class Strict(BaseModel):
    """Nothing that the format does not know."""

    model_config = ConfigDict(extra="forbid")


class Instance(Strict):
    """Where the archive comes from."""

    name: str = Field(max_length=300)
    url: str = Field(max_length=2000)
    software: str = Field(max_length=100)


class ScopeOf(Strict):
    """What was exported; ``key`` is the uid of the person or group, or the UAI of the structure."""

    kind: Literal["person", "group", "structure", "everything"]
    key: str = Field(default="", max_length=300)


class Part(Strict):
    """One kind of object: a JSON Lines file of the archive, one object a line."""

    name: str = Field(pattern=SAFE_NAME)
    version: int = Field(ge=1)
    service: str = Field(pattern=SAFE_NAME)
    title: str = Field(max_length=300)
    description: str = Field(default="", max_length=2000)
    media_type: Literal["application/jsonl"] = "application/jsonl"
    schema_: str = Field(alias="schema", max_length=2000, description="where the schema is, in the archive")
    path: str = Field(max_length=300, description="path in the archive")
    path_in_ent: str = Field(default="", max_length=2000)
    count: int = Field(ge=0)
    size: int = Field(ge=0)
    sha256: str = Field(pattern=SHA256)


class Attachment(Strict):
    """The object that a file belongs to."""

    part: str
    key: str


class FileEntry(Strict):
    """A file of the archive, kept once whatever the number of objects that hold it."""

    name: str = Field(max_length=1000)
    media_type: str = Field(max_length=200)
    description: str = Field(default="", max_length=2000)
    path: str = Field(max_length=300, description="path in the archive")
    path_in_ent: str = Field(default="", max_length=4000)
    size: int = Field(ge=0)
    sha256: str = Field(pattern=SHA256)
    attached_to: list[Attachment] = []
    rights: list[str] = []


class Manifest(Strict):
    """The whole archive."""

    format: Literal["preau-exchange"] = "preau-exchange"
    version: int = VERSION
    schema_: str = Field(default="schemas/manifest-v1.json", alias="schema", max_length=2000)
    licence_of_formats: str = LICENCE
    export_id: str = Field(max_length=100)
    exported_at: datetime
    exported_by: str = Field(max_length=300)
    instance: Instance
    scope: ScopeOf
    parts: list[Part] = Field(max_length=500)
    files: list[FileEntry] = []


class FileOfLine(Strict):
    """A file attached to an object: its content is in ``MANIFEST.json``'s file of the same SHA-256."""

    name: str = Field(max_length=1000)
    sha256: str = Field(pattern=SHA256)
    size: int = Field(ge=0)
    media_type: str = Field(default="application/octet-stream", max_length=200)
    path: str = Field(default="", max_length=4000)
    description: str = Field(default="", max_length=2000)
    rights: list[str] = []


class Line(Strict):
    """One object: its identifier, where it was, who could read it, its dates, its files, and its data."""

    key: str = Field(min_length=1, max_length=300)
    title: str = Field(default="", max_length=2000)
    path: str = Field(default="", max_length=4000)
    rights: list[str] = []
    created_at: datetime | None = None
    updated_at: datetime | None = None
    files: list[FileOfLine] = []
    data: dict[str, Any]


def formats() -> list[tuple[Service, Exchangeable]]:
    """Every kind of object that is exchanged, in the order of import."""
    return [(service, each) for service in registry for each in service.exchange]


def format_named(name: str) -> tuple[Service, Exchangeable] | None:
    """A kind of object by the name of its format."""
    return next((pair for pair in formats() if pair[1].name == name), None)


def schemas() -> dict[str, dict[str, Any]]:
    """Every published schema by its name (``bookmark-v1``), current and former versions, and the manifest's."""
    found = {"manifest-v1": _schema("manifest-v1", Manifest), "line-v1": _schema("line-v1", Line)}
    for _service, each in formats():
        versions = {each.version: each.schema} | {
            number: old for number, (old, _upgrade) in each.older.items()
        }
        for number, model in versions.items():
            name = f"{each.name}-v{number}"
            found[name] = _schema(name, model)
    return found


def _schema(name: str, model: type[BaseModel]) -> dict[str, Any]:
    return {"$schema": DIALECT, "$id": f"/schemas/{name}.json", **model.model_json_schema(by_alias=True)}
