"""What every page's frame needs: school, contexts, tiles, look. Read from the registry, cached by rights."""

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from flask import Flask, current_app, g, request, url_for

from preau.kernel.contract import Service, registry
from preau.kernel.identity import Identity

NO_LOOK: dict[str, Any] = {
    "palette": "preau",
    "scheme": "auto",
    "contrast": "normal",
    "font": "default",
    "face": "",
    "text_size": 100,
}


@dataclass
class Shell:
    """The frame's data; templates read it as ``shell``."""

    academy_name: str = ""
    academy_logo_url: str = ""
    authority_logos: list[dict[str, str]] = field(default_factory=list)
    structure_name: str = ""
    contexts: list[dict[str, Any]] = field(default_factory=list)
    tiles: list[dict[str, Any]] = field(default_factory=list)
    unread: int = 0
    face: str = "adulte"
    palette: str = "preau"
    scheme: str = "auto"
    contrast: str = "normal"
    font: str = "default"
    text_size: int = 100
    help_url: str = ""
    service: Service | None = None
    demo: bool = False


def init_app(app: Flask) -> None:
    """Give every template ``identity`` and ``shell``."""

    @app.context_processor
    def frame() -> dict[str, Any]:
        return {"identity": g.get("identity"), "shell": shell()}


def shell() -> Shell:
    """The frame of the current request; ``g.frame`` (filled by the portal) adds what needs the database."""
    if "shell" not in g:
        g.shell = _build(g.get("identity"), g.get("frame", {}))
    built: Shell = g.shell
    return built


def _build(identity: Identity | None, frame: dict[str, Any]) -> Shell:
    service = registry.of_blueprint(request.blueprint) if request else None
    built = Shell(**frame, service=service, demo=current_app.config["SETTINGS"].demo)
    if identity is None:
        return built
    if "face" not in frame:
        built.face = identity.face
    built.structure_name = identity.context.structure_name if identity.context else ""
    built.contexts = [
        {
            "key": profile.id,
            "label": profile.structure_name,
            "profile": profile.kind,
            "current": profile == identity.context,
        }
        for profile in identity.profiles
    ]
    built.tiles = tiles(identity)
    if "help" in registry.services:
        built.help_url = url_for("help.contextual", service=service.name if service else "accueil")
    return built


def tiles(identity: Identity) -> list[dict[str, Any]]:
    """The tiles that the identity's rights open, in their order (SOC-POR-PPO-04)."""
    return _tiles(current_app.config["SERVER_NAME"], identity.grants, identity.everywhere)


@lru_cache(maxsize=512)
def _tiles(_server: str | None, grants: frozenset[str], everywhere: bool) -> list[dict[str, Any]]:  # noqa: FBT001
    del everywhere
    open_services = [
        service
        for service in registry
        if service.tile
        and (service.use_permission is None or service.use_permission in grants)
        and (service.tile.permission is None or service.tile.permission in grants)
    ]
    return [
        {
            "name": service.name,
            "label": service.label,
            "icon": service.icon,
            "url": url_for(service.tile.endpoint),
            "family": service.family,
            "color": service.tile.color,
            "picture": service.tile.picture or service.name,
        }
        for service in sorted(open_services, key=lambda each: each.tile.order if each.tile else 0)
    ]
