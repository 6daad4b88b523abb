"""A world of two schools and a handful of people, that every test starts from.

Jean-Zay (collège) and Simone-Veil (école) share nobody but Camille, teacher in the first and parent in
the second: the SDET's own example.
"""

from dataclasses import dataclass

from argon2 import PasswordHasher
from sqlalchemy import select

from preau.kernel.database import db
from preau.kernel.identity import Identity
from preau.kernel.tenancy import lifted
from preau.kernel.transaction import atomic
from preau.socle.directory.models import (
    Group,
    Membership,
    Person,
    Profile,
    Relation,
    Role,
    Structure,
    Teaching,
)
from preau.socle.security.authorisation.flatten import flatten
from preau.socle.security.models import Account, ProjectRole

PASSWORD = "Une-phrase-de-passe-2026"
PEOPLE = {
    # key: (first name, last name, [(school, kind, level)])
    "admin": ("Alix", "Projet", [("academie", "academic", "")]),
    "head": ("Hélène", "Principal", [("college", "head", "")]),
    "manager": ("Farid", "Admin", [("college", "staff", "")]),
    "teacher": ("Théo", "Professeur", [("college", "teacher", "")]),
    "camille": ("Camille", "Deuxvies", [("college", "teacher", ""), ("ecole", "guardian", "")]),
    "pupil": ("Lina", "Élève", [("college", "pupil", "10010012110")]),
    "other_pupil": ("Malo", "Voisin", [("college", "pupil", "10010012110")]),
    "guardian": ("Gaëlle", "Élève", [("college", "guardian", "")]),
    "school_head": ("Odile", "Directrice", [("ecole", "head", "")]),
    "school_teacher": ("Yann", "Maître", [("ecole", "teacher", "")]),
    "child": ("Zoé", "Deuxvies", [("ecole", "pupil", "0011")]),
    "little": ("Tom", "Petit", [("ecole", "pupil", "0001")]),
    "stranger": ("Ugo", "Ailleurs", [("lycee", "teacher", "")]),
}
STRUCTURES = {
    "academie": ("service_academique", "Académie de démonstration", None, None),
    "college": ("college", "Collège Jean-Zay", "0330001K", 2),
    "ecole": ("ecole", "École Simone-Veil", "0330002L", 1),
    "lycee": ("lycee", "Lycée Olympe-de-Gouges", "0330003M", 2),
}


@dataclass
class World:
    """Ids of everything the world holds, by key."""

    structures: dict[str, int]
    people: dict[str, int]
    groups: dict[str, int]

    def identity(self, key: str, **options: object) -> Identity:
        """The identity of a person of the world, flattened as at sign-in."""
        return flatten(self.people[key], **options)  # type: ignore[arg-type]

    def person(self, key: str) -> Person:
        """The person, over the walls."""
        with lifted():
            return db.session.get_one(Person, self.people[key])


def build() -> None:
    """Write the world into an empty database."""
    hashed = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1).hash(PASSWORD)
    with lifted(), atomic() as session:
        structures = {
            key: Structure(kind=kind, name=name, uai=uai, degree=degree, source="manual", key=key)
            for key, (kind, name, uai, degree) in STRUCTURES.items()
        }
        session.add_all(structures.values())
        session.flush()
        people = {}
        for number, (key, (first, last, profiles)) in enumerate(PEOPLE.items()):
            person = Person(
                uid=f"W{number:07d}",
                first_name=first,
                last_name=last,
                mail=f"{key}@exemple.test",
                open_to=[structures[school].id for school, _kind, _level in profiles],
            )
            people[key] = person
            session.add(person)
            session.flush()
            for school, kind, level in profiles:
                session.add(
                    Profile(person_id=person.id, structure_id=structures[school].id, kind=kind, level=level)
                )
            session.add(
                Account(
                    person_id=person.id, login=key.replace("_", "."), state="active", password_hash=hashed
                )
            )
        ids = {key: person.id for key, person in people.items()}
        session.add(ProjectRole(person_id=ids["admin"], name="project_admin"))
        session.add(
            Role(person_id=ids["manager"], structure_id=structures["college"].id, name="functional_admin")
        )
        session.add(
            Role(person_id=ids["school_head"], structure_id=structures["ecole"].id, name="functional_admin")
        )
        groups = {}
        for uid, school, code, name, members in (
            ("G0000001", "college", "6A", "6e A", ("pupil", "other_pupil")),
            ("G0000002", "ecole", "CP", "CP", ("child",)),
            ("G0000003", "ecole", "PS", "Petite section", ("little",)),
        ):
            group = Group(
                uid=uid,
                structure_id=structures[school].id,
                kind="class",
                code=code,
                name=name,
                open_to=[structures[school].id],
            )
            session.add(group)
            session.flush()
            groups[code] = group
            session.add_all(Membership(group_id=group.id, person_id=ids[member]) for member in members)
        for key, code in (("teacher", "6A"), ("camille", "6A"), ("school_teacher", "CP")):
            group = groups[code]
            session.add(Membership(group_id=group.id, person_id=ids[key], role="teacher"))
            session.add(Teaching(person_id=ids[key], group_id=group.id, structure_id=group.structure_id))
        for guardian, pupil in (("guardian", "pupil"), ("camille", "child")):
            session.add(Relation(guardian_id=ids[guardian], pupil_id=ids[pupil], link="20", legal=1))


def find() -> World:
    """The world of a database that :func:`build` filled."""
    with lifted():
        session = db.session
        by_key = {key: id_ for id_, key in session.execute(select(Structure.id, Structure.key))}
        logins = {
            login.replace(".", "_"): id_
            for id_, login in session.execute(select(Account.person_id, Account.login))
        }
        groups = {code: id_ for id_, code in session.execute(select(Group.id, Group.code)) if code}
        session.rollback()
    return World(by_key, logins, groups)
