"""The directory's side of the principals' port: names, members and structures of principals."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import BigInteger, Select, any_, bindparam, func, select, union
from sqlalchemy.dialects.postgresql import ARRAY

from preau.kernel.database import db
from preau.kernel.identity import Identity
from preau.kernel.inputs import is_id
from preau.kernel.ports.principals import Principal
from preau.kernel.tenancy import lifted
from preau.socle.directory.models import Group, Membership, Person, Profile, Relation, Role, Structure
from preau.socle.directory.names import fold, named, words_of
from preau.socle.directory.words import PROFILE_PLURALS, ROLE_LABELS


def _parts(keys: Iterable[str]) -> dict[str, list[list[str]]]:
    parts: dict[str, list[list[str]]] = defaultdict(list)
    for key in keys:
        head, *rest = key.split(":")
        parts[head].append(rest)
    return parts


def _ints(rests: Iterable[list[str]]) -> list[int]:
    return sorted({int(rest[0]) for rest in rests if rest and is_id(rest[0])})


def _in(column: Any, ids: list[int]) -> Any:
    return column == any_(bindparam(None, ids, type_=ARRAY(BigInteger)))


class DirectoryPrincipals:
    """Implements :class:`preau.kernel.ports.principals.Principals`."""

    def search(self, identity: Identity, text: str, limit: int = 12) -> list[Principal]:
        """People, groups and profiles of the identity's schools, by any word of their name."""
        words = words_of(text)
        if not words:
            return []
        found = self._profiles(identity, words)
        groups = db.session.execute(
            select(Group.id, Group.name, Group.kind, Structure.name)
            .outerjoin(Structure, Structure.id == Group.structure_id)
            .where(*(func.preau_fold(Group.name).contains(word, autoescape=True) for word in words))
            .order_by(Group.name)
            .limit(limit)
        )
        for group_id, name, kind, school in groups:
            found.append(Principal(f"group:{group_id}", name, kind, school or ""))
            if kind == "class":
                label = _("Responsables de %(group)s", group=name)
                found.append(Principal(f"group:{group_id}:guardian", label, "guardians", school or ""))
        people = db.session.scalars(
            select(Person).where(named(text)).order_by(Person.last_name, Person.first_name).limit(limit)
        )
        found += [Principal(f"person:{person.id}", person.name, "person") for person in people]
        return found[:limit]

    def _profiles(self, identity: Identity, words: list[str]) -> list[Principal]:
        found = []
        names = {profile.structure_id: profile.structure_name for profile in identity.profiles}
        for structure_id, school in names.items():
            choices = {f"structure:{structure_id}": _("Tout le monde")}
            choices |= {
                f"profile:{structure_id}:{kind}": str(label) for kind, label in PROFILE_PLURALS.items()
            }
            found += [
                Principal(key, f"{label} — {school}", "profile", school)
                for key, label in choices.items()
                if all(word in fold(f"{label} {school}") for word in words)
            ]
        return found

    def describe(self, keys: Collection[str]) -> dict[str, Principal]:
        """One query per kind of principal, whatever their number."""
        parts = _parts(keys)
        with lifted():  # a share made across schools keeps its name for those who see the object
            people = {
                id_: f"{first} {last}".strip()
                for id_, first, last in db.session.execute(
                    select(Person.id, Person.first_name, Person.last_name).where(
                        _in(Person.id, _ints(parts["person"]))
                    )
                )
            }
            groups = dict(
                db.session.execute(
                    select(Group.id, Group.name).where(_in(Group.id, _ints(parts["group"])))
                ).all()
            )
            schools = _ints([*parts["structure"], *parts["profile"], *parts["role"]])
            structures = dict(
                db.session.execute(
                    select(Structure.id, Structure.name).where(_in(Structure.id, schools))
                ).all()
            )
        found = {}
        for key in keys:
            if principal := self._word(key, people, groups, structures):
                found[key] = principal
        return found

    def _word(self, key: str, people: Any, groups: Any, structures: Any) -> Principal | None:
        head, *rest = key.split(":")
        if head == "all":
            return Principal(key, _("Tout le monde"), "all")
        if not rest or not is_id(rest[0]):
            return None
        number = int(rest[0])
        if head == "person" and number in people:
            return Principal(key, people[number], "person")
        if head == "group" and number in groups:
            label = groups[number]
            if rest[1:] == ["guardian"]:
                return Principal(key, _("Responsables de %(group)s", group=label), "guardians")
            return Principal(key, label, "group")
        if number not in structures:
            return None
        school = structures[number]
        if head == "structure":
            return Principal(key, school, "structure")
        words = PROFILE_PLURALS if head == "profile" else ROLE_LABELS
        label = str(words.get(rest[1], rest[1]))
        return Principal(key, f"{label} — {school}", head, school)

    def addressable(self, identity: Identity, keys: Collection[str]) -> set[str]:
        """Own schools' profiles and roles; people and groups that the walls show."""
        if identity.everywhere:
            return set(self.describe(keys))
        parts = _parts(keys)
        people = set(db.session.scalars(select(Person.id).where(_in(Person.id, _ints(parts["person"])))))
        groups = set(db.session.scalars(select(Group.id).where(_in(Group.id, _ints(parts["group"])))))
        seen = {"person": people, "group": groups}
        return {
            key
            for key in keys
            for head, *rest in (key.split(":"),)
            if rest and is_id(rest[0]) and int(rest[0]) in seen.get(head, identity.structures)
        }

    def structures(self, keys: Iterable[str]) -> set[int]:
        """Structures of the people behind the principals."""
        parts = _parts(keys)
        found = set(_ints([*parts["structure"], *parts["profile"], *parts["role"]]))
        with lifted():  # a person's other schools are what the row must be opened to
            for model, ids in ((Person, _ints(parts["person"])), (Group, _ints(parts["group"]))):
                for open_to in db.session.scalars(select(model.open_to).where(_in(model.id, ids))):
                    found |= set(open_to)
            if parts["all"]:
                found |= set(db.session.scalars(select(Structure.id)))
        return found

    def members(self, keys: Collection[str]) -> Select[int]:
        """A union, one branch for each kind of principal that is there."""
        parts = _parts(keys)
        own_group = [rest for rest in parts["group"] if len(rest) == 1]
        guardians = [rest for rest in parts["group"] if rest[1:] == ["guardian"]]
        here = Profile.left_on.is_(None)
        branches: list[Any] = [select(Person.id).where(_in(Person.id, _ints(parts["person"])))]
        if parts["all"]:
            branches.append(select(Profile.person_id).where(here))
        if parts["structure"]:
            branches.append(
                select(Profile.person_id).where(_in(Profile.structure_id, _ints(parts["structure"])), here)
            )
        for name, model, column in (("profile", Profile, "kind"), ("role", Role, "name")):
            by_kind: dict[str, list[list[str]]] = defaultdict(list)
            for rest in parts[name]:
                by_kind[rest[1]].append(rest)
            for kind, rests in by_kind.items():
                condition = [_in(model.structure_id, _ints(rests)), getattr(model, column) == kind]
                branches.append(
                    select(model.person_id).where(*condition, *([here] if model is Profile else []))
                )
        if own_group:
            branches.append(select(Membership.person_id).where(_in(Membership.group_id, _ints(own_group))))
        if guardians:
            branches.append(
                select(Relation.guardian_id)
                .join(Membership, Membership.person_id == Relation.pupil_id)
                .where(
                    _in(Membership.group_id, _ints(guardians)),
                    Relation.legal > 0,
                    Membership.role == "member",
                )
            )
        together = union(*branches).subquery()
        return select(together.c[0])

    def portable(self, keys: Collection[str]) -> dict[str, str]:
        """``person:uid``, ``group:uid``, ``structure:uai``, ``profile:uai:kind``."""
        parts = _parts(keys)
        names = {
            "person": self._pairs(Person.id, Person.uid, _ints(parts["person"])),
            "group": self._pairs(Group.id, Group.uid, _ints(parts["group"])),
        }
        schools = _ints([*parts["structure"], *parts["profile"], *parts["role"]])
        uai = self._pairs(
            Structure.id, func.coalesce(Structure.uai, Structure.source + "$" + Structure.key), schools
        )
        return self._translate(keys, lambda head, first: names.get(head, uai).get(int(first)))

    def local(self, keys: Collection[str]) -> dict[str, str]:
        """The ids of this instance."""
        parts = _parts(keys)
        first = {head: sorted({rest[0] for rest in rests if rest}) for head, rests in parts.items()}
        names = {
            "person": self._pairs(Person.uid, Person.id, first.get("person", [])),
            "group": self._pairs(Group.uid, Group.id, first.get("group", [])),
        }
        schools = sorted({*first.get("structure", []), *first.get("profile", []), *first.get("role", [])})
        reference = func.coalesce(Structure.uai, Structure.source + "$" + Structure.key)
        uai = self._pairs(reference, Structure.id, schools)
        return self._translate(keys, lambda head, name: names.get(head, uai).get(name))

    def _pairs(self, source: Any, target: Any, wanted: list[Any]) -> dict[Any, Any]:
        if not wanted:
            return {}
        with lifted():  # names are needed for objects shared across schools
            return dict(db.session.execute(select(source, target).where(source.in_(wanted))).all())

    def _translate(self, keys: Collection[str], name: Any) -> dict[str, str]:
        found = {}
        for key in keys:
            head, *rest = key.split(":")
            if head == "all":
                found[key] = key
            elif (translated := name(head, rest[0])) is not None:
                found[key] = ":".join([head, str(translated), *rest[1:]])
        return found
