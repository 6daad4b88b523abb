"""What the administrator grants by category of users: number of groups, tools, quotas (UTI-UTL-GRP-03/04)."""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from preau.kernel import preferences
from preau.kernel.contract import Service, Setting, registry
from preau.kernel.errors import Invalid
from preau.kernel.identity import Identity, ProfileKind

ALL = "*"
DEFAULTS = {
    ProfileKind.PUPIL: 3,
    ProfileKind.GUARDIAN: 3,
    ProfileKind.TEACHER: 50,
    ProfileKind.STAFF: 50,
    ProfileKind.HEAD: 100,
    ProfileKind.ACADEMIC: 50,
    ProfileKind.AUTHORITY: 20,
    ProfileKind.EXTERNAL: 3,
}
MOST_GROUPS = 1000
MOST_QUOTA = 1_000_000


def _settings(kind: ProfileKind) -> Iterable[Setting]:
    yield Setting(
        f"groups.most_{kind}",
        _l("Nombre de groupes que l’on peut créer"),
        default=DEFAULTS[kind],
        minimum=0,
        maximum=MOST_GROUPS,
    )
    yield Setting(f"groups.tools_{kind}", _l("Outils que l’on peut donner à un groupe"), default=[ALL])
    yield Setting(
        f"groups.quota_{kind}",
        _l("Espace que l’on peut donner à un groupe, en Mo"),
        default=5000,
        minimum=0,
        maximum=MOST_QUOTA,
    )


SETTINGS = (
    *(setting for kind in ProfileKind for setting in _settings(kind)),
    Setting(
        "groups.remind_days",
        _l("Rappel avant la fin d’un groupe, en jours"),
        default=14,
        minimum=1,
        maximum=90,
    ),
)


def group_tools() -> list[Service]:
    """Every service that a group may use: it has a page for one."""
    return [service for service in registry if service.group_tool and service.group_endpoint]


def _kinds(identity: Identity, structure_id: int | None) -> list[str]:
    """Categories that count there: the profiles in the structure, or all of them across schools."""
    kinds = {
        profile.kind
        for profile in identity.profiles
        if structure_id is None or profile.structure_id == structure_id
    }
    return sorted(kinds or identity.kinds)


def _granted(identity: Identity, structure_id: int | None, what: str) -> list[Any]:
    names = [f"groups.{what}_{kind}" for kind in _kinds(identity, structure_id)]
    return list(preferences.resolve(names, identity, structure_id).values()) if names else []


def most_groups(identity: Identity, structure_id: int | None) -> int:
    """How many groups the identity may run: the most generous of its categories."""
    return max(_granted(identity, structure_id, "most"), default=0)


def granted_tools(identity: Identity, structure_id: int | None) -> list[Service]:
    """Tools that the identity may give to a group."""
    names = {name for granted in _granted(identity, structure_id, "tools") for name in granted}
    return [service for service in group_tools() if ALL in names or service.name in names]


def most_quota(identity: Identity, structure_id: int | None) -> int:
    """The largest quota, in Mo, that the identity may give to a tool of a group."""
    return max(_granted(identity, structure_id, "quota"), default=0)


def choose(
    identity: Identity, structure_id: int, kind: ProfileKind, most: str, tools: list[str], quota: str
) -> None:
    """Set what a category of users may do in a structure."""
    known = {service.name for service in group_tools()}
    if not set(tools) <= known:
        raise Invalid(_("Un de ces outils n’existe pas. Rechargez la page."))
    chosen = [ALL] if set(tools) == known else sorted(tools)
    for name, raw in (("most", most), ("tools", chosen), ("quota", quota)):
        preferences.choose(identity, f"groups.{name}_{kind}", "structure", structure_id, raw)
