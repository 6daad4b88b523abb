"""Room runs out with a warning first, and a clear refusal then."""

import pytest
from sqlalchemy import select

from preau.kernel import files, preferences
from preau.kernel.database import db
from preau.kernel.identity import system
from preau.kernel.notify_models import NotificationRow
from preau.kernel.tenancy import behind, lifted
from preau.services.utilities.files import content, spaces, trash
from preau.services.utilities.files.errors import Full
from preau.services.utilities.files.models import Node

MEGA = 1024**2


def small(world, megas=1):
    with lifted():
        preferences.choose(system("essai"), "files.quota_pupil", "project", 0, megas)


def told(world, key, name):
    with lifted():
        rows = db.session.scalars(
            select(NotificationRow).where(NotificationRow.person_id == world.people[key])
        )
        return [row for row in rows if row.event == name]


@pytest.mark.sdet("UTI-UTL-ESF-07")
def test_a_person_is_warned_once_before_the_space_is_full(world):
    small(world)
    me = world.identity("pupil")
    with behind(me):
        root = db.session.get_one(Node, spaces.own_space(me).id)
        content.put(me, root, "a", files.store(b"a" * (MEGA // 2)))
        assert told(world, "pupil", "files.nearly_full") == []
        content.put(me, root, "b", files.store(b"b" * (MEGA * 4 // 10)))
        content.put(me, root, "c", files.store(b"c" * 10))
        assert len(told(world, "pupil", "files.nearly_full")) == 1


@pytest.mark.sdet("UTI-UTL-ESF-07")
def test_what_does_not_fit_is_refused_and_nothing_changes(world, dav):
    small(world)
    assert dav("pupil", "PUT", "/a", b"a" * (MEGA // 2)).status_code == 201
    refused = dav("pupil", "PUT", "/b", b"b" * MEGA)
    assert refused.status_code == 507
    assert dav("pupil", "GET", "/b").status_code == 404
    me = world.identity("pupil")
    with behind(me):
        assert spaces.own_space(me).used == MEGA // 2
        with pytest.raises(Full, match="videz la corbeille"):
            content.put(me, spaces.own_root(me), "b", files.store(b"b" * MEGA))


def test_emptying_the_trash_makes_room_and_the_warning_may_come_again(world):
    small(world)
    me = world.identity("pupil")
    with behind(me):
        root = db.session.get_one(Node, spaces.own_space(me).id)
        for _turn in range(2):
            node, _new = content.put(me, root, "a", files.store(b"a" * (MEGA * 9 // 10)))
            trash.throw_away(me, node)
            trash.empty(me)
        assert len(told(world, "pupil", "files.nearly_full")) == 2
