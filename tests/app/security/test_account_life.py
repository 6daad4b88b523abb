"""Accounts follow the directory: arrivals, homonyms, departures, returns, erasure."""

from datetime import timedelta

import pytest
from sqlalchemy import event, func, select, update

from preau.kernel import jobs
from preau.kernel.database import db, today
from preau.kernel.journal import JournalEntry
from preau.kernel.tenancy import lifted
from preau.kernel.transaction import atomic
from preau.socle.directory.models import Person, Profile, SourceKey
from preau.socle.security.accounts import jobs as account_jobs
from preau.socle.security.accounts.operations import disable_leavers, provision, purge_due
from preau.socle.security.models import Account, SignInSession


def newcomers(world, *names: tuple[str, str]) -> list[int]:
    """People that a feed has just added to the collège."""
    college = world.structures["college"]
    ids = []
    with lifted(), atomic() as session:
        for number, (first, last) in enumerate(names):
            person = Person(uid=f"N{number:07d}", first_name=first, last_name=last, open_to=[college])
            session.add(person)
            session.flush()
            session.add(Profile(person_id=person.id, structure_id=college, kind="pupil"))
            ids.append(person.id)
    return ids


def logins(ids: list[int]) -> list[str]:
    with lifted():
        by_id = dict(db.session.execute(select(Account.person_id, Account.login)).all())
    return [by_id[id_] for id_ in ids]


def leave(person_id: int) -> None:
    with lifted(), atomic() as session:
        session.execute(update(Profile).where(Profile.person_id == person_id).values(left_on=today()))


def account_of(person_id: int) -> Account:
    with lifted():
        db.session.rollback()
        return db.session.get_one(Account, person_id, populate_existing=True)


@pytest.mark.sdet("SOC-SEC-IAU-01", "SOC-SEC-IAU-13")
def test_arrivals_get_a_readable_login_and_homonyms_a_number(world):
    ids = newcomers(
        world,
        ("Zoé", "d’Œuvré-Lebœuf"),
        ("Zoe", "d'Oeuvré Leboeuf"),
        ("Lina", "Élève"),
        ("Li\u00adna 2", "ÉLÈVE"),
        ("李", "王"),
    )
    assert provision(ids) == 5
    made = logins(ids)
    assert made[:2] == ["zoe.d-oeuvre-leboeuf", "zoe.d-oeuvre-leboeuf2"]
    assert made[4] == "compte"
    assert len(set(made)) == 5
    assert account_of(ids[0]).state == "pending"


@pytest.mark.sdet("SOC-SEC-IAU-01")
def test_a_homonym_of_a_later_feed_takes_the_next_number(world):
    first = newcomers(world, ("Anne", "Martin"))
    provision(first)
    with lifted(), atomic() as session:
        college = world.structures["college"]
        for number in range(12):
            person = Person(uid=f"M{number:07d}", first_name="Anne", last_name="Martin", open_to=[college])
            session.add(person)
            session.flush()
            session.add(Profile(person_id=person.id, structure_id=college, kind="pupil"))
    assert provision() == 12
    with lifted():
        found = set(db.session.scalars(select(Account.login).where(Account.stem == "anne.martin")))
    assert found == {"anne.martin", *(f"anne.martin{number}" for number in range(2, 14))}


def test_provisioning_twice_opens_nothing(world):
    ids = newcomers(world, ("Une", "Personne"))
    assert provision(ids) == 1
    assert provision(ids) == 0
    assert provision() == 0


def test_a_thousand_arrivals_cost_as_many_statements_as_one(world):
    def statements_for(count: int, offset: int) -> int:
        college = world.structures["college"]
        with lifted(), atomic() as session:
            people = [
                Person(
                    uid=f"T{offset + n:07d}",
                    first_name="Jo",
                    last_name=f"N{'abcdefghij'[n % 10]}",
                    open_to=[college],
                )
                for n in range(count)
            ]
            session.add_all(people)
            session.flush()
            session.add_all(Profile(person_id=p.id, structure_id=college, kind="pupil") for p in people)
        seen: list[str] = []
        listener = lambda *args: seen.append(args[2])  # noqa: E731
        event.listen(db.engine, "before_cursor_execute", listener)
        assert provision([person.id for person in people]) == count
        event.remove(db.engine, "before_cursor_execute", listener)
        return len(seen)

    assert statements_for(1, 0) == statements_for(1000, 10)


@pytest.mark.sdet("SOC-SUP-ABO-02", "SOC-SEC-IAU-13")
def test_who_has_no_profile_left_is_signed_out_and_disabled_for_a_while(world, browser):
    pupil = world.people["pupil"]
    client = browser("pupil")
    leave(pupil)
    account_jobs.disable_leavers()
    account = account_of(pupil)
    assert account.state == "disabled"
    assert today() < account.purge_on <= today() + timedelta(days=90)
    with lifted():
        assert db.session.scalar(select(func.count()).where(SignInSession.person_id == pupil)) == 0
        lines = db.session.scalars(
            select(JournalEntry).where(JournalEntry.action == "security.account_disabled")
        ).all()
        assert [line.object_key for line in lines] == [world.person("pupil").uid]
    assert client is not None
    assert disable_leavers() == 0


def test_who_comes_back_finds_the_same_login_and_password(world):
    pupil = world.people["pupil"]
    before = account_of(pupil)
    login, secret = before.login, before.password_hash
    leave(pupil)
    disable_leavers([pupil])
    with lifted(), atomic() as session:
        session.execute(update(Profile).where(Profile.person_id == pupil).values(left_on=None))
    provision([pupil])
    after = account_of(pupil)
    assert (after.state, after.login, after.password_hash) == ("active", login, secret)
    assert after.purge_on is None


def test_a_project_administrator_without_profile_keeps_the_account(world):
    leave(world.people["admin"])
    disable_leavers()
    assert account_of(world.people["admin"]).state == "active"


@pytest.mark.sdet("SOC-SUP-ABO-01")
def test_personal_data_is_erased_when_the_delay_is_over_and_not_before(world):
    pupil = world.people["pupil"]
    with lifted(), atomic() as session:
        session.add(SourceKey(source="aaf2d", key="123", person_id=pupil))
    uid = world.person("pupil").uid
    leave(pupil)
    disable_leavers()
    account_jobs.purge_due()
    assert world.person("pupil").last_name == "Élève"
    due = today() + timedelta(days=91)
    assert purge_due(today=due) == 1
    with lifted():
        db.session.expire_all()
        person = db.session.get_one(Person, pupil)
        assert (person.uid, person.first_name, person.mail, person.birth_date) == (uid, "", "", None)
        assert db.session.scalar(select(func.count()).where(Profile.person_id == pupil)) == 0
        assert db.session.scalar(select(func.count()).where(SourceKey.person_id == pupil)) == 0
    account = account_of(pupil)
    assert (account.state, account.password_hash) == ("purged", "")
    assert "lina" not in account.login
    assert purge_due(today=due) == 0


def test_the_feed_calls_provisioning_as_a_job_of_its_transaction(world):
    ids = newcomers(world, ("Job", "Différé"))
    with lifted(), atomic():
        jobs.defer(account_jobs.provision, person_ids=ids)
    jobs.run_pending()
    assert logins(ids) == ["job.differe"]
