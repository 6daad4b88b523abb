"""The contract of a service: everything transversal, declared once.

Menus, tiles, the rights screen, search, statistics, exchange, preferences, help, the API's description
and the conformity grid all read the registry that these declarations fill.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from preau.kernel.identity import EVERYONE, AuthenticationLevel, Identity, ProfileKind
from preau.kernel.rights import Access

if TYPE_CHECKING:
    from click import Command
    from flask import Blueprint, Flask
    from flask_babel import LazyString

    from preau.kernel.exchange import Exchangeable
    from preau.kernel.mounts import Application
    from preau.kernel.search import Federated, Searchable

FAMILIES = ("communication", "information", "school_life", "production", "utilities", "socle")
ALL_CHANNELS = ("web", "mobile", "api")


@dataclass(frozen=True, slots=True)
class Permission:
    """A right, ``<service>.<verb>``, held by default by some profiles and roles in their school."""

    name: str
    label: "str | LazyString"
    profiles: tuple[ProfileKind, ...] = ()
    roles: tuple[str, ...] = ("functional_admin",)
    delegable: bool = True


@dataclass(frozen=True, slots=True)
class Notification:
    """Something a service tells people: its wording for each medium.

    ``title`` and ``body`` are templates with ``{placeholders}`` filled by the event's data; ``short`` is
    the SMS wording (160 characters at most once filled with usual values).
    """

    name: str
    label: "str | LazyString"
    title: "str | LazyString"
    body: "str | LazyString"
    short: "str | LazyString"
    media: tuple[str, ...] = ("portal", "mail", "sms", "push")
    default_media: tuple[str, ...] = ("portal",)
    default_frequency: str = "at_once"
    mandatory: bool = False


@dataclass(frozen=True, slots=True)
class Tile:
    """The service's tile on the home page."""

    endpoint: str
    color: str = "blue"
    picture: str = ""
    order: int = 50
    permission: str | None = None
    badge: Callable[[Identity], int] | None = None


@dataclass(frozen=True, slots=True)
class AdminPage:
    """A screen of administration: a card on ``/administration`` for whoever holds the permission.

    ``section`` is people, services, look or watch.
    """

    endpoint: str
    label: "str | LazyString"
    description: "str | LazyString"
    permission: str
    icon: str = "gear"
    section: str = "services"
    order: int = 50


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting, with the levels that may set it. Read with :mod:`preau.kernel.settings`."""

    name: str
    label: "str | LazyString"
    default: Any
    levels: tuple[str, ...] = ("project", "structure")
    choices: tuple[tuple[Any, "str | LazyString"], ...] = ()
    help: "str | LazyString" = ""
    minimum: int | None = None
    maximum: int | None = None


@dataclass(frozen=True, slots=True)
class Counter:
    """Something counted by service, profile and hour; no person is kept."""

    name: str
    label: "str | LazyString"


@dataclass(frozen=True, slots=True)
class Job:
    """A periodic job: cron expression and the task's function."""

    cron: str
    task: Any


@dataclass(frozen=True)
class Service:
    """A folder's declaration. Every field but the first five has a default that means "nothing".

    A ``group_tool`` may be given to a group by its manager; ``group_endpoint`` is its page for one group,
    which takes ``group_id``.
    """

    code: str
    name: str
    label: "str | LazyString"
    icon: str
    family: str
    covers: tuple[str, ...] = ()
    description: "str | LazyString" = ""
    blueprints: tuple["Blueprint", ...] = ()
    models: tuple[type[Any], ...] = ()
    access: dict[type[Any], Access] = field(default_factory=dict)
    permissions: tuple[Permission, ...] = ()
    notifications: tuple[Notification, ...] = ()
    search: tuple["Searchable | Federated", ...] = ()
    exchange: tuple["Exchangeable", ...] = ()
    counters: tuple[Counter, ...] = ()
    tile: Tile | None = None
    settings: tuple[Setting, ...] = ()
    administration: tuple[AdminPage, ...] = ()
    jobs: tuple[Job, ...] = ()
    commands: tuple["Command", ...] = ()
    public: frozenset[str] = frozenset()
    level: AuthenticationLevel = AuthenticationLevel.PICTURE
    channels: tuple[str, ...] = ALL_CHANNELS
    across_schools: bool = False
    needs: tuple[str, ...] = ()
    group_tool: bool = False
    group_endpoint: str = ""
    on_ready: tuple[Callable[[], None], ...] = ()
    mounts: tuple[tuple[str, Callable[["Flask"], "Application"]], ...] = ()
    folder: Path | None = None

    @property
    def use_permission(self) -> str | None:
        """The permission that opens the service, when it has one: ``<name>.use``."""
        name = f"{self.name}.use"
        return name if any(permission.name == name for permission in self.permissions) else None

    def open_to(self, identity: Identity) -> bool:
        """Whether the identity may enter the service."""
        return self.use_permission is None or identity.can(self.use_permission)


class Registry:
    """All services of the running application, in the order of the SDET."""

    def __init__(self) -> None:
        self.services: dict[str, Service] = {}

    def fill(self, services: Iterable[Service]) -> None:
        """Take the declarations, and refuse two that clash or need one that is absent."""
        self.services = {}
        for service in services:
            if service.name in self.services:
                raise ValueError(f"two services are named {service.name}")
            if service.family not in FAMILIES:
                raise ValueError(f"{service.name}: unknown family {service.family}")
            self.services[service.name] = service
        for service in self:
            missing = set(service.needs) - set(self.services)
            if missing:
                raise ValueError(f"{service.name} needs {sorted(missing)}")

    def __iter__(self) -> Iterator[Service]:
        return iter(self.services.values())

    def __getitem__(self, name: str) -> Service:
        return self.services[name]

    def permissions(self) -> dict[str, Permission]:
        """Every permission by name."""
        return {permission.name: permission for service in self for permission in service.permissions}

    def setting(self, name: str) -> Setting:
        """The declaration of a setting, by its full name ``<service>.<setting>``."""
        service, _, _ = name.partition(".")
        for setting in self.services[service].settings:
            if setting.name == name:
                return setting
        raise KeyError(name)

    def notification(self, name: str) -> Notification:
        """The declaration of a notification, by its full name ``<service>.<event>``."""
        service, _, _ = name.partition(".")
        for notification in self.services[service].notifications:
            if notification.name == name:
                return notification
        raise KeyError(name)

    def public_endpoints(self) -> frozenset[str]:
        """Endpoints that answer without anybody signed in."""
        return frozenset().union(*(service.public for service in self))

    def of_blueprint(self, blueprint: str | None) -> Service | None:
        """The service a blueprint belongs to."""
        for service in self:
            if any(each.name == blueprint for each in service.blueprints):
                return service
        return None


registry = Registry()

__all__ = [
    "ALL_CHANNELS",
    "EVERYONE",
    "Access",
    "AdminPage",
    "AuthenticationLevel",
    "Counter",
    "Job",
    "Notification",
    "Permission",
    "ProfileKind",
    "Registry",
    "Service",
    "Setting",
    "Tile",
    "registry",
]
