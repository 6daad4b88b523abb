"""Says of the academy's people what an AAF delivery of each degree says of them."""

from __future__ import annotations

from collections.abc import Iterator

from .aaf import Request
from .export_first import FirstDegree
from .export_second import SecondDegree
from .people import Academy


def requests(academy: Academy, degree: str) -> Iterator[Request]:
    """Every record of the delivery of a degree, "1D" or "2D"."""
    number = int(degree[0])
    schools = {school.key: school for school in academy.schools if school.degree == number}
    writer = FirstDegree(academy, schools) if number == 1 else SecondDegree(academy, schools)
    for school in schools.values():
        yield Request("EtabEducNat", school.key, writer.structure(school))
    yield from writer.nomenclature()
    tied = set()
    for pupil in academy.pupils:
        if pupil.school in schools:
            tied |= {tie.guardian.key for tie in pupil.ties}
            yield Request("Eleve", pupil.key, writer.pupil(pupil))
    for guardian in academy.guardians:
        if guardian.key in tied:
            yield Request("PersRelEleve", guardian.key, writer.guardian(guardian))
    for agent in academy.staff:
        if any(key in schools for key in agent.schools):
            yield Request("PersEducNat", agent.key, writer.agent(agent))
