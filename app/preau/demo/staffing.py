"""Recruits the agents and shares out the teaching."""

from __future__ import annotations

import random
from datetime import date
from itertools import count

from .families import slug
from .names import FAMILIES, FATHERS, MOTHERS
from .people import Post, School, Staff
from .programme import OFFICES, SUBJECTS

_CLASSES_EACH = 6


class StaffMaker:
    """Staff of every school; some teachers are shared between two of them."""

    def __init__(self, rng: random.Random, schools: list[School]) -> None:
        self._rng, self._schools = rng, schools
        self._keys = count(120_001)

    def recruit(self) -> list[Staff]:
        """Agents with their posts, classes and subjects."""
        staff: list[Staff] = []
        for school in self._schools:
            if school.kind == "ecole":
                staff += self._first_degree(school)
            elif school.kind != "remplacement":
                staff += self._offices(school) + self._teachers(school)
        self._share(staff)
        zone = next(s for s in self._schools if s.kind == "remplacement")
        staff += [
            self._agent(Post(zone.key, "ENS", "ENSEIGNEMENT", "L0202", "LETTRES MODERNES")) for _ in range(3)
        ]
        return staff

    def _agent(self, *posts: Post) -> Staff:
        rng = self._rng
        woman = rng.random() < 0.65
        first, last = rng.choice(MOTHERS if woman else FATHERS), rng.choice(FAMILIES)
        key = str(next(self._keys))
        born = date(rng.randint(1964, 2001), rng.randint(1, 12), rng.randint(1, 28))
        mail = f"{slug(first)}.{slug(last)}{key[-2:]}@ac-exemple.example"
        return Staff(key, last, first, "Mme" if woman else "M.", born, mail, posts=list(posts))

    def _first_degree(self, school: School) -> list[Staff]:
        agents = []
        for rank, (code, label, _) in enumerate(school.classes):
            agent = self._agent(Post(school.key, "ENS", "ENSEIGNEMENT", "G0000", "SANS SPECIALITE"))
            agent.classes = [(school.key, code, label)]
            if rank == 0:
                agent.posts.insert(0, Post(school.key, "DIR", "DIRECTION", "D0010", "DIRECTEUR D'ECOLE"))
            agents.append(agent)
        agents.append(
            self._agent(Post(school.key, "AES", "ACCOMPAGNANT DES ELEVES EN SITUATION DE HANDICAP"))
        )
        return agents

    def _offices(self, school: School) -> list[Staff]:
        return [
            self._agent(Post(school.key, code, label, discipline, discipline_label))
            for code, label, discipline, discipline_label, number in OFFICES
            for _ in range(number)
        ]

    def _teachers(self, school: School) -> list[Staff]:
        teachers: list[Staff] = []
        form_classes = [(school.key, code) for code, _, _ in school.classes]
        for subject, _, _, discipline, label, levels in SUBJECTS:
            groups = [
                (school.key, code, subject) for code, _, _, taught in school.groups if taught == subject
            ]
            classes = [
                (school.key, code, subject)
                for code, _, of in school.classes
                if not groups and any(level in levels for level in of)
            ]
            if subject in ("030602", "030102", "023000"):
                classes = []
            while classes or groups:
                post = Post(school.key, "ENS", "ENSEIGNEMENT", discipline, label)
                agent = self._agent(post)
                agent.classes, classes = classes[:_CLASSES_EACH], classes[_CLASSES_EACH:]
                agent.groups, groups = groups[:_CLASSES_EACH], groups[_CLASSES_EACH:]
                teachers.append(agent)
        for place in form_classes:
            able = [
                t for t in teachers if not t.form_classes and any((s, c) == place for s, c, _ in t.classes)
            ]
            if able:
                self._rng.choice(able).form_classes.append(place)
        return teachers

    def _share(self, staff: list[Staff]) -> None:
        """Teachers of two schools: between the two collèges, collège and lycée, and école and collège."""
        for home, away in (("3201", "3202"), ("3202", "3301"), ("3201", "3101")):
            agent = next(
                a
                for a in staff
                if a.schools == [home] and a.posts[0].code == "ENS" and a.classes and not a.form_classes
            )
            place = next(school for school in self._schools if school.key == away)
            post = agent.posts[0]
            agent.posts.append(Post(away, post.code, post.label, post.discipline, post.discipline_label))
            code, label, _ = place.classes[-1]
            agent.classes.append((away, code, label if place.degree == 1 else agent.classes[0][2]))
