"""Who is told, by which medium, how often."""

import pytest
from sqlalchemy import select, update

from preau.kernel import jobs
from preau.kernel.adapters.mail_embedded import OutgoingMessage
from preau.kernel.contract import Notification, registry
from preau.kernel.database import db, now
from preau.kernel.notify import notify
from preau.kernel.notify_models import NotificationDelivery, NotificationRow
from preau.kernel.tenancy import behind, lifted
from preau.kernel.transaction import atomic
from preau.services.utilities.notifications import operations

EVENT = "bookmarks.shared"
DATA = {"actor": "Théo", "name": "Volcans"}


def tell(world, key="teacher", recipients=None, **options):
    identity = world.identity(key)
    with behind(identity), atomic():
        notify(
            identity, EVENT, recipients or [f"group:{world.groups['6A']}"], url="/signets/", **DATA, **options
        )


def told(world) -> set[str]:
    with lifted():
        people = {id_: key for key, id_ in world.people.items()}
        return {people[each] for each in db.session.scalars(select(NotificationRow.person_id))}


def sent(medium="mail") -> list[OutgoingMessage]:
    jobs.run_pending()
    with lifted():
        return list(
            db.session.scalars(
                select(OutgoingMessage)
                .where(OutgoingMessage.medium == medium)
                .order_by(OutgoingMessage.recipient)
            )
        )


def choose(world, key, **media):
    identity = world.identity(key)
    with behind(identity):
        operations.choose(identity, {(EVENT, medium): frequency for medium, frequency in media.items()})


def at_once_by_night():
    with lifted(), atomic() as session:
        session.execute(update(NotificationDelivery).values(due_at=now()))


def test_every_member_is_told_but_the_actor(world):
    tell(world)
    assert told(world) == {"pupil", "other_pupil", "camille"}
    with behind(world.identity("pupil")):
        (row,) = operations.whats_new(world.identity("pupil"))
    assert row.title == "Théo partage des signets avec vous"


def test_a_person_named_twice_is_told_once(world):
    me = world.people["pupil"]
    tell(
        world,
        recipients=[
            f"group:{world.groups['6A']}",
            f"person:{me}",
            f"profile:{world.structures['college']}:pupil",
        ],
    )
    with lifted():
        assert (
            len(db.session.scalars(select(NotificationRow).where(NotificationRow.person_id == me)).all()) == 1
        )


def test_guardians_are_told_of_their_childs_class(world):
    tell(world, recipients=[f"group:{world.groups['6A']}:guardian"])
    assert told(world) == {"guardian"}


def test_nobody_reads_the_notifications_of_another(world):
    tell(world)
    for key in ("head", "teacher", "stranger", "guardian"):
        with behind(world.identity(key)):
            assert db.session.scalars(select(NotificationRow)).all() == []


def test_what_is_undone_tells_nobody(world):
    identity = world.identity("teacher")
    with pytest.raises(RuntimeError), behind(identity), atomic():
        notify(identity, EVENT, [f"group:{world.groups['6A']}"], **DATA)
        raise RuntimeError
    assert told(world) == set()
    assert sent() == []


@pytest.mark.sdet("UTI-UTL-NOT-01")
def test_mail_leaves_for_those_who_want_it_at_once(world):
    choose(world, "pupil", mail="at_once")
    tell(world)
    (mail,) = sent()
    assert mail.recipient == "pupil@exemple.test"
    assert mail.subject == "Théo partage des signets avec vous"
    assert "/signets/" in mail.text
    assert "/notifications/preferences" in mail.text


@pytest.mark.sdet("UTI-UTL-NOT-01")
def test_a_daily_summary_gathers_what_happened(world):
    choose(world, "pupil", mail="daily")
    tell(world)
    tell(world, key="camille")
    assert sent() == []
    at_once_by_night()
    from preau.kernel.notify_delivery import deliver_job

    with lifted():
        deliver_job()
    (mail,) = sent()
    assert mail.subject == "2 nouveautés dans votre ENT"
    assert mail.text.count("partage des signets avec vous") == 2


def test_never_means_never(world):
    choose(world, "pupil", portal="never")
    tell(world)
    with behind(world.identity("pupil")):
        assert operations.whats_new(world.identity("pupil")) == []
        assert operations.unread_count(world.identity("pupil")) == 0


def test_a_school_proposes_and_a_person_decides(world):
    head = world.identity("head")
    with behind(head):
        operations.propose(head, world.structures["college"], {(EVENT, "mail"): "at_once"})
    choose(world, "other_pupil", mail="never")
    tell(world, recipients=["all"])
    assert [mail.recipient for mail in sent()] == [
        f"{key}@exemple.test" for key in ("camille", "guardian", "head", "manager", "pupil")
    ]


def test_sms_use_the_short_wording_and_wait_for_the_morning(world, monkeypatch):
    from datetime import datetime

    from preau.kernel import notify_fanout

    with lifted(), atomic() as session:
        from preau.socle.directory.models import Person

        session.get_one(Person, world.people["guardian"]).phones = {"mobile": "+33600000000"}
    choose(world, "guardian", sms="at_once")
    night = datetime(2026, 11, 23, 23, 30, tzinfo=notify_fanout.PARIS)
    monkeypatch.setattr(notify_fanout, "now", lambda: night)
    tell(world, recipients=[f"person:{world.people['guardian']}"])
    with lifted():
        (delivery,) = db.session.scalars(select(NotificationDelivery))
    assert delivery.due_at == datetime(2026, 11, 24, 7, tzinfo=notify_fanout.PARIS)
    at_once_by_night()
    from preau.kernel.notify_delivery import deliver_job

    with lifted():
        deliver_job()
    (message,) = sent("sms")
    assert message.text == "Théo partage « Volcans » avec vous dans vos signets."


def test_a_summary_leaves_at_the_hour_and_on_monday_for_weekly_ones(app):
    from datetime import datetime

    from preau.kernel.notify_fanout import PARIS, next_summary

    evening = datetime(2026, 11, 25, 19, 0, tzinfo=PARIS)
    assert next_summary(evening, 18) == datetime(2026, 11, 26, 18, tzinfo=PARIS)
    assert next_summary(evening.replace(hour=9), 18) == datetime(2026, 11, 25, 18, tzinfo=PARIS)
    assert next_summary(evening, 18, weekly=True) == datetime(2026, 11, 30, 18, tzinfo=PARIS)


def test_telling_a_whole_school_costs_the_same_queries_as_telling_one(world):
    from sqlalchemy import event

    def cost(recipients) -> int:
        seen = []
        identity = world.identity("teacher")
        with behind(identity), atomic():
            event.listen(db.engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
            notify(identity, EVENT, recipients, **DATA)
            return len(seen)

    one = cost([f"person:{world.people['pupil']}"])
    assert cost(["all"]) <= one
    assert one <= 12


def test_data_is_never_a_template(world):
    identity = world.identity("teacher")
    with behind(identity), atomic():
        notify(identity, EVENT, [f"person:{world.people['pupil']}"], actor="{name.__class__}", name="%(x)s")
    with lifted():
        (row,) = db.session.scalars(select(NotificationRow))
    assert row.title == "{name.__class__} partage des signets avec vous"


def test_a_mandatory_event_cannot_be_hidden(world, monkeypatch):
    from preau.kernel.errors import Invalid

    event = Notification("bookmarks.alert", "Alerte", "Alerte", "Alerte", "Alerte", mandatory=True)
    service = registry["bookmarks"]
    monkeypatch.setitem(
        registry.services, "bookmarks", __import__("dataclasses").replace(service, notifications=(event,))
    )
    identity = world.identity("pupil")
    with pytest.raises(Invalid, match="s’affiche toujours"):
        operations.choose(identity, {("bookmarks.alert", "portal"): "never"})
