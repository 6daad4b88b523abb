"""Rules: each yields the check on one object and the SQL filter on a list, so neither is written twice.

A property test proves for every rule of every service that the two agree
(``tests/app/kernel/test_rights.py``). SOC-SEC-AUT-01, SOC-SEC-AUT-02.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, TypeVar

from flask_babel import gettext as _
from sqlalchemy import BigInteger, ColumnElement, Select, and_, any_, bindparam, false, or_, select, true
from sqlalchemy.dialects.postgresql import ARRAY

from preau.kernel.database import db
from preau.kernel.errors import NotFound, Refused
from preau.kernel.identity import Identity

Where = ColumnElement[bool]
T = TypeVar("T")


class Rule:
    """A condition on (identity, object)."""

    def check(self, identity: Identity, obj: Any) -> bool:
        """Whether the identity passes for this object."""
        raise NotImplementedError

    def where(self, identity: Identity, model: type[Any]) -> Where:
        """The same condition as SQL on a model (or an alias of it)."""
        raise NotImplementedError

    def __or__(self, other: "Rule") -> "Rule":
        """Either."""
        return AnyOf((self, other))

    def __and__(self, other: "Rule") -> "Rule":
        """Both."""
        return AllOf((self, other))


@dataclass(frozen=True)
class AnyOf(Rule):
    """At least one of several rules."""

    rules: tuple[Rule, ...]

    def check(self, identity: Identity, obj: Any) -> bool:
        return any(rule.check(identity, obj) for rule in self.rules)

    def where(self, identity: Identity, model: type[Any]) -> Where:
        return or_(false(), *(rule.where(identity, model) for rule in self.rules))


@dataclass(frozen=True)
class AllOf(Rule):
    """All of several rules."""

    rules: tuple[Rule, ...]

    def check(self, identity: Identity, obj: Any) -> bool:
        return all(rule.check(identity, obj) for rule in self.rules)

    def where(self, identity: Identity, model: type[Any]) -> Where:
        return and_(true(), *(rule.where(identity, model) for rule in self.rules))


@dataclass(frozen=True)
class Everyone(Rule):
    """Anybody signed in."""

    def check(self, identity: Identity, obj: Any) -> bool:
        return True

    def where(self, identity: Identity, model: type[Any]) -> Where:
        return true()


@dataclass(frozen=True)
class Nobody(Rule):
    """No one."""

    def check(self, identity: Identity, obj: Any) -> bool:
        return False

    def where(self, identity: Identity, model: type[Any]) -> Where:
        return false()


@dataclass(frozen=True)
class Owner(Rule):
    """The person a column names."""

    column: str = "owner_id"

    def check(self, identity: Identity, obj: Any) -> bool:
        return bool(getattr(obj, self.column) == identity.person_id)

    def where(self, identity: Identity, model: type[Any]) -> Where:
        return getattr(model, self.column) == identity.person_id  # type: ignore[no-any-return]


@dataclass(frozen=True)
class Holds(Rule):
    """Whoever holds a permission, in the object's structure when it has one."""

    permission: str
    column: str | None = "structure_id"

    def check(self, identity: Identity, obj: Any) -> bool:
        if self.column is None:
            return identity.can(self.permission)
        structure_id = getattr(obj, self.column)
        return structure_id is not None and identity.can(self.permission, structure_id)

    def where(self, identity: Identity, model: type[Any]) -> Where:
        if self.column is None:
            return true() if identity.can(self.permission) else false()
        column = getattr(model, self.column)
        if identity.everywhere and identity.can(self.permission):
            return column.is_not(None)  # type: ignore[no-any-return]
        return column == any_(ids(identity.structures_with(self.permission)))  # type: ignore[no-any-return]


@dataclass(frozen=True)
class Addressed(Rule):
    """Whoever is one of the principals that an array column names."""

    column: str = "audience"

    def check(self, identity: Identity, obj: Any) -> bool:
        return not identity.principals.isdisjoint(getattr(obj, self.column))

    def where(self, identity: Identity, model: type[Any]) -> Where:
        return getattr(model, self.column).bool_op("&&")(sorted(identity.principals))  # type: ignore[no-any-return]


@dataclass(frozen=True)
class When(Rule):
    """A condition on the object alone, given in both forms."""

    test: Callable[[Any], bool]
    sql: Callable[[type[Any]], Where]

    def check(self, identity: Identity, obj: Any) -> bool:
        return self.test(obj)

    def where(self, identity: Identity, model: type[Any]) -> Where:
        return self.sql(model)


def ids(values: Collection[int]) -> Any:
    """Keys as one array parameter, for ``any_``: whatever their number, the statement's text is the same."""
    return bindparam(None, sorted(values), type_=ARRAY(BigInteger))


@dataclass(frozen=True)
class Access:
    """The rules that guard a model: what a service declares in ``access``."""

    read: Rule
    write: Rule
    delete: Rule | None = None

    def rule(self, action: str) -> Rule:
        """The rule of an action: read, write or delete."""
        return (self.delete or self.write) if action == "delete" else getattr(self, action)


_access: dict[type[Any], Access] = {}


def guard(model: type[Any], access: Access) -> None:
    """Register the rules of a model; the registry calls it for every service."""
    _access[model] = access


def access_of(model: type[Any]) -> Access:
    """The rules of a model."""
    return _access[model]


def guarded_models() -> dict[type[Any], Access]:
    """All models that a service guards."""
    return dict(_access)


def allowed(identity: Identity, model: type[Any], action: str = "read") -> Select[Any]:
    """``select(model)`` reduced to what the identity may read, write or delete."""
    return select(model).where(access_of(model).rule(action).where(identity, model))


def may(identity: Identity, action: str, obj: Any) -> bool:
    """Whether the identity may do the action on the object."""
    return access_of(type(obj)).rule(action).check(identity, obj)


def require(identity: Identity, action: str, obj: Any) -> None:
    """Raise :class:`NotFound` when it may not be known of, :class:`Refused` when not changed."""
    if not may(identity, "read", obj):
        raise NotFound(_("Cet élément n’existe pas ou ne vous est pas ouvert."))
    if action != "read" and not may(identity, action, obj):
        raise Refused(_("Vous pouvez lire cet élément, mais pas le modifier."))


def require_permission(identity: Identity, permission: str, structure_id: int | None = None) -> None:
    """Raise :class:`Refused` unless the permission is held."""
    if not identity.can(permission, structure_id):
        raise Refused(
            _("Votre profil n’ouvre pas cette action. Demandez-la à l’administrateur de votre école.")
        )


def fetch(identity: Identity, model: type[T], key: Any, action: str = "read") -> T:
    """The object of that key, if the identity may do the action on it."""
    obj = db.session.get(model, key)
    if obj is None:
        raise NotFound(_("Cet élément n’existe pas ou ne vous est pas ouvert."))
    require(identity, action, obj)
    return obj
