"""What an exporter and an importer are given: what is in scope, and names that mean the same elsewhere.

In an archive a person is a uid, a structure its UAI (or source key), a group its uid; a principal is
written as :meth:`preau.kernel.ports.principals.Principals.portable` does. Whatever an archive names that
is not here is kept by the context for the report, and read as nothing.
"""

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, false, select, true

from preau.kernel.database import db
from preau.kernel.exchange import Imported, ImportedFile
from preau.kernel.identity import Identity
from preau.kernel.ports.principals import principals
from preau.kernel.tenancy import lifted
from preau.kernel.traits.shared import LEVELS, Share, Shareable, shares_of


@dataclass
class References:
    """Local ids to portable names and back, each asked once."""

    _out: dict[str, str] = field(default_factory=dict)
    _in: dict[str, str] = field(default_factory=dict)
    absent: set[str] = field(default_factory=set)

    def portable(self, principal: str) -> str:
        """A principal as an archive writes it; empty when it no longer means anybody."""
        if principal not in self._out:
            with lifted():
                self._out[principal] = principals().portable([principal]).get(principal, "")
        return self._out[principal]

    def local(self, principal: str) -> str | None:
        """A principal of an archive as this instance writes it; one unknown here is noted as absent."""
        if principal not in self._in:
            with lifted():
                self._in[principal] = principals().local([principal]).get(principal, "")
            if not self._in[principal]:
                self.absent.add(principal)
        return self._in[principal] or None

    def person_uid(self, person_id: int | None) -> str:
        """The uid of a person."""
        return self.portable(f"person:{person_id}").removeprefix("person:") if person_id else ""

    def group_uid(self, group_id: int | None) -> str:
        """The uid of a group."""
        return self.portable(f"group:{group_id}").removeprefix("group:") if group_id else ""

    def structure_key(self, structure_id: int | None) -> str:
        """The portable name of a structure: its UAI where it has one."""
        return self.portable(f"structure:{structure_id}").removeprefix("structure:") if structure_id else ""

    def shares(self, obj: Shareable) -> dict[str, str]:
        """Who an object is shared with, portable principal → level name, in a stable order."""
        names = {value: name for name, value in LEVELS.items()}
        found = {self.portable(share.principal): names[share.level] for share in shares_of(obj)}
        return {principal: found[principal] for principal in sorted(found) if principal}


@dataclass(frozen=True)
class Scope:
    """What an export is about: ``kind`` is person, group, structure or everything."""

    kind: str
    person_id: int | None = None
    structure_id: int | None = None
    group_id: int | None = None
    keys: Mapping[str, frozenset[str]] = field(default_factory=dict)
    refs: References = field(default_factory=References, compare=False)

    def owned(self, column: Any) -> ColumnElement[bool]:
        """Condition on a column of person ids: those whose own data are in scope."""
        if self.kind == "person":
            return column == self.person_id  # type: ignore[no-any-return]
        if self.kind == "everything":
            return true()
        return column.in_(principals().members(self.principals))  # type: ignore[no-any-return]

    def within(self, column: Any) -> ColumnElement[bool]:
        """Condition on a column of structure ids: what belongs to the structures in scope."""
        if self.kind == "everything":
            return true()
        return column == self.structure_id if self.kind == "structure" else false()

    def of_groups(self, column: Any) -> ColumnElement[bool]:
        """Condition on a column of group ids: what belongs to the group in scope."""
        if self.kind == "everything":
            return true()
        return column == self.group_id if self.kind == "group" else false()

    @property
    def principals(self) -> list[str]:
        """The principals whose people are in scope."""
        if self.kind == "structure":
            return [f"structure:{self.structure_id}"]
        return [f"group:{self.group_id}"] if self.kind == "group" else [f"person:{self.person_id}"]


@dataclass
class Context:
    """An import under way: whose it is, under which policy, and where references lead."""

    identity: Identity
    scope: Scope
    policy: str
    refs: References = field(default_factory=References)
    opener: Callable[[ImportedFile], bytes] | None = None
    notes: list[str] = field(default_factory=list)
    _ids: dict[tuple[type[Any], str], uuid.UUID] = field(default_factory=dict)
    _people: frozenset[int] | None = None

    @property
    def personal(self) -> bool:
        """Whether the importer takes the archive as their own data."""
        return self.scope.kind == "person"

    @property
    def unrestricted(self) -> bool:
        """Whether the importer administers the whole project."""
        return self.identity.everywhere

    def owner(self, uid: str) -> int | None:
        """Who owns an imported object: the importer of personal data, otherwise the person of that uid.

        An administrator of a school writes for people of that school only.
        """
        if self.personal:
            return self.identity.person_id
        person_id = self.person(uid)
        if person_id is None or self.unrestricted or person_id in self._members():
            return person_id
        self.refs.absent.add(f"person:{uid}")
        return None

    def _members(self) -> frozenset[int]:
        if self._people is None:
            with lifted():  # the people of the school that is administered
                self._people = frozenset(
                    db.session.scalars(principals().members(self.scope.principals)).all()
                )
        return self._people

    def person(self, uid: str | None) -> int | None:
        """The person of a uid."""
        return self._number(f"person:{uid}") if uid else None

    def structure(self, key: str | None) -> int | None:
        """The structure of a portable name; for an administrator of one school, that one only."""
        found = self._number(f"structure:{key}") if key else None
        if found is None or self.unrestricted or self.personal or found == self.scope.structure_id:
            return found
        self.refs.absent.add(f"structure:{key}")
        return None

    def group(self, uid: str | None) -> int | None:
        """The group of a uid."""
        return self._number(f"group:{uid}") if uid else None

    def _number(self, principal: str) -> int | None:
        found = self.refs.local(principal)
        return int(found.split(":")[1]) if found else None

    def local(self, portable: Iterable[str]) -> list[str]:
        """Principals as this instance writes them, without those that are not here."""
        return sorted(filter(None, map(self.refs.local, portable)))

    def share(self, obj: Shareable, wanted: Mapping[str, str]) -> None:
        """Make an object's sharing exactly what the archive says, without those that are not here.

        In personal data, only with principals that the importer may address.
        """
        local = {key: LEVELS[level] for name, level in wanted.items() if (key := self.refs.local(name))}
        if self.personal:
            reachable = principals().addressable(self.identity, list(local))
            local = {key: level for key, level in local.items() if key in reachable}
        db.session.flush()
        before = {share.principal: share for share in shares_of(obj)}
        for gone in before.keys() - local.keys():
            db.session.delete(before[gone])
        for key, level in local.items():
            if key in before:
                before[key].level = level
                continue
            db.session.add(
                Share(
                    object_id=obj.id,
                    principal=key,
                    kind=obj.__tablename__,  # type: ignore[attr-defined]
                    level=level,
                    structures=sorted(principals().structures([key])),
                    shared_by_id=obj.owner_id or self.identity.person_id,
                )
            )
        obj.open_to = sorted(principals().structures(local)) if local else []

    def open(self, file: ImportedFile) -> bytes:
        """The content of a file of the archive."""
        if self.opener is None:
            raise LookupError(file.name)
        return self.opener(file)

    def id_for(self, model: type[Any], key: str) -> uuid.UUID:
        """The id that the object of that key takes here: its own, or a derived one when that is somebody else's."""
        found = self._ids.get((model, key))
        if found is None:
            found = self._free(model, key)
            self._ids[model, key] = found
        return found

    def _free(self, model: type[Any], key: str) -> uuid.UUID:
        own = uuid.UUID(key)
        with lifted():
            taken = db.session.get(model, own)
            theirs = taken is not None and not self.may_touch(taken)
        return uuid.uuid5(own, self.identity.uid) if theirs else own

    def may_touch(self, obj: Any) -> bool:
        """Whether the import may change an existing object: one's own, one's school's, or any of the project."""
        if self.unrestricted:
            return True
        owner, structure = getattr(obj, "owner_id", None), getattr(obj, "structure_id", None)
        if self.personal:
            return owner == self.identity.person_id
        return owner in self._members() if owner is not None else structure == self.scope.structure_id

    def reference(self, model: type[Any], key: str | None) -> uuid.UUID | None:
        """The id of an object of the archive, or of one that is here already; nothing when it is neither."""
        if not key:
            return None
        if (model, key) in self._ids:
            return self._ids[model, key]
        wanted = self.id_for(model, key)
        if db.session.scalar(select(model.id).where(model.id == wanted)) is None:
            del self._ids[model, key]
            self.refs.absent.add(f"{model.__tablename__}:{key}")
            return None
        return wanted

    def existing(self, model: type[Any], item: Imported) -> Any:
        """The object that an item would replace, by id."""
        return db.session.get(model, self.id_for(model, item.key))
