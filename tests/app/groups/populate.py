"""Groups of one school and across schools, with tools, for the pages and the walls to be looked at."""

from datetime import timedelta

from preau.kernel.database import db, today
from preau.kernel.tenancy import behind
from preau.services.utilities.groups import members, operations, tools
from preau.services.utilities.groups.schemas import GroupIn, ToolIn
from tests.support.world import World


def populate(world: World) -> None:
    """A club with members and tools, a group across schools with its code, one that takes requests."""
    teacher, camille = world.identity("teacher"), world.identity("camille")
    college = world.structures["college"]
    with behind(teacher):
        club = operations.create_group(
            teacher,
            GroupIn(
                name="Club théâtre",
                description="Le mardi à midi, en salle 12.",
                structure_id=college,
                ends_on=today() + timedelta(days=90),
            ),
        )
        members.add_members(teacher, club, [f"group:{world.groups['6A']}"])
        tools.choose_tools(teacher, club, [ToolIn(service="bookmarks"), ToolIn(service="news", level="read")])
        operations.create_group(
            teacher, GroupIn(name="Journal du collège", structure_id=college, joining="request")
        )
        db.session.commit()
    with behind(camille):
        operations.create_group(camille, GroupIn(name="Liaison école et collège", joining="code"))
        db.session.commit()
