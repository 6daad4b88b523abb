"""``/api/v1/exchange``: what another ENT may read of a person's data or a school's (SOC-INT-IED-17, -20).

Read only. The caller is a person's program, with the password that the person made for it under « Mes
données », and sees what that person may export; or the person's own browser.
"""

from typing import Any

from flask import Response, abort, g, request
from flask_babel import gettext as _
from pydantic import BaseModel, Field

from preau.kernel import journal
from preau.kernel.api import answers, endpoints, spec
from preau.kernel.downloads import disposition, safety_headers
from preau.kernel.errors import NotFound
from preau.kernel.exchange import Exchangeable
from preau.kernel.exchange_context import Scope
from preau.kernel.exchange_lines import described, downgrade, items_of, line, opened, standing
from preau.kernel.exchange_manifest import Line, format_named, formats
from preau.kernel.identity import Identity
from preau.kernel.pages import public
from preau.kernel.tenancy import stand_behind, wall_of
from preau.kernel.transaction import atomic
from preau.socle.integration.exchange import operations, programs
from preau.socle.integration.exchange.operations import ScopeIn
from preau.socle.security.authentication import basic
from preau.socle.security.web import limiter

blueprint = endpoints("exchange", __name__, "exchange")
AT_ONCE = 200
LIMIT = "120 per minute"


class FormatOut(BaseModel):
    """A format: the versions that are read here and those that are written, newest first."""

    name: str
    service: str
    label: str
    read: list[int]
    written: list[int]
    scopes: list[str]


class FormatList(BaseModel):
    """Every format, in the order of import."""

    items: list[FormatOut]


class Asked(BaseModel):
    """Which objects: of a person (the caller) or of a structure, in which version, after which key."""

    scope: str = Field(default="person", pattern="^(person|structure)$")
    key: str = Field(default="", max_length=300)
    version: int | None = None
    after: str = Field(default="", max_length=300)


class LineList(BaseModel):
    """Objects of one format, as lines of an archive; ``next`` is the ``after`` of what follows, if any."""

    format: str
    version: int
    items: list[Line]
    next: str | None


def caller() -> Identity:
    """Whose program calls, by its own password; or who is signed in."""
    identity: Identity | None = g.get("identity")
    sent = request.authorization
    if identity is None and sent is not None and sent.type == "basic":
        origin = request.remote_addr or ""
        identity = basic.identity_of(sent.username or "", sent.password or "", programs.SCOPE, origin)
        if identity is not None:
            stand_behind(wall_of(identity))
    if identity is None:
        abort(401)
    programs.require_use(identity)
    return identity


@blueprint.get("/formats")
@public
@limiter.limit(LIMIT)
@spec.validate(resp=answers(HTTP_200=FormatList), tags=["exchange"])
def list_formats() -> dict[str, Any]:
    """What this instance reads and writes, for another to say whether they understand each other."""
    found = [
        FormatOut(
            name=each.name,
            service=service.name,
            label=str(each.label),
            read=list(each.versions),
            written=sorted({each.version, *each.downgrade}, reverse=True),
            scopes=list(each.scopes),
        )
        for service, each in formats()
    ]
    return FormatList(items=found).model_dump(mode="json")


@blueprint.get("/objects/<name>")
@public
@limiter.limit(LIMIT)
@spec.validate(query=Asked, resp=answers(HTTP_200=LineList), tags=["exchange"])
def list_objects(name: str, query: Asked) -> dict[str, Any]:
    """Two hundred objects of a format, in ascending order of their keys."""
    identity = caller()
    each, scope = _format(name, query), _scope(identity, query)
    version = query.version or each.version
    change = downgrade(each, version)
    with standing(identity, scope):
        found = []
        for item in items_of(identity, each, scope):
            if item.key > query.after:
                found.append(line(item, [described(file) for file in item.files], change))
            if len(found) > AT_ONCE:
                break
    with atomic():
        journal.record(
            identity, "exchange.read", kind="format", key=each.name, structure_id=scope.structure_id,
            objects=len(found[:AT_ONCE]),
        )  # fmt: skip
    following = found[AT_ONCE - 1]["key"] if len(found) > AT_ONCE else None
    return {"format": each.name, "version": version, "items": found[:AT_ONCE], "next": following}


@blueprint.get("/objects/<name>/<key>/files/<sha256>")
@public
@limiter.limit(LIMIT)
@spec.validate(query=Asked, tags=["exchange"])
def read_file(name: str, key: str, sha256: str, query: Asked) -> Response:
    """The content of a file of an object."""
    identity = caller()
    each, scope = _format(name, query), _scope(identity, query, {name: frozenset({key})})
    with standing(identity, scope):
        for item in items_of(identity, each, scope):
            for file in item.files:
                said = described(file)
                if said["sha256"] == sha256:
                    with opened(file) as content:
                        response = Response(content.read(), content_type=file.media_type)
                    response.headers["Content-Disposition"] = disposition(file.name)
                    response.headers.update(safety_headers(file.media_type))
                    return response
    raise NotFound(_("Ce fichier n’existe pas, ou ne vous est pas ouvert."))


def _format(name: str, query: Asked) -> Exchangeable:
    found = format_named(name)
    if found is None or query.scope not in found[1].scopes:
        raise NotFound(_("Ce format n’existe pas ici."))
    return found[1]


def _scope(identity: Identity, query: Asked, keys: dict[str, frozenset[str]] | None = None) -> Scope:
    scope = operations.scope_of(identity, ScopeIn(kind=query.scope, key=query.key))
    return Scope(scope.kind, scope.person_id, scope.structure_id, scope.group_id, keys or {}, scope.refs)
