"""Directory administration by hand: people, classes, merges, change of year, leavers, external people."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from preau.kernel import jobs
from preau.kernel.database import db, today
from preau.kernel.journal import JournalEntry
from preau.kernel.tenancy import behind, lifted
from preau.services.information.bookmarks import operations as bookmarks
from preau.services.information.bookmarks.models import Bookmark
from preau.services.information.bookmarks.schemas import BookmarkIn
from preau.socle.directory.models import Group, Membership, Person, Profile, Relation, SourceKey
from preau.socle.security.accounts import provisioning
from preau.socle.security.models import Account
from preau.socle.support.people import leavers, merging, operations, year
from preau.socle.support.people.operations import PersonIn

ROOT = "/administration/annuaire"


def school(world, key="college"):
    return f"{ROOT}/ecoles/{world.structures[key]}"


def only(statement):
    with lifted():
        return db.session.scalars(statement).one()


def test_an_administrator_manages_their_own_schools_only(world, browser):
    assert browser("manager").get(school(world)).status_code == 200
    assert browser("manager").get(school(world, "ecole")).status_code == 403
    for key in ("teacher", "pupil", "guardian"):
        assert browser(key).get(ROOT + "/").status_code == 403
    assert browser("manager").get(f"{ROOT}/personnes/{world.person('little').uid}").status_code == 404
    assert browser("admin").get(school(world, "ecole")).status_code == 200


def test_people_and_schools_are_found_by_name(browser):
    page = browser("manager").get(ROOT + "/?q=eleve").text
    assert "Lina Élève" in page
    assert "Zoé" not in browser("manager").get(ROOT + "/?q=zoe").text
    assert "Collège Jean-Zay" in browser("admin").get(ROOT + "/?q=0330001k").text
    assert browser("admin").get(ROOT + "/?q=" + "%25_" * 900).status_code == 200


def test_a_school_s_page_counts_its_people(world, browser):
    page = browser("manager").get(school(world)).text
    assert "<strong>2</strong><span>Élèves</span>" in page
    assert "1 élève n’a aucun responsable" in page


@pytest.mark.sdet("SOC-SUP-ABO-02")
def test_an_external_person_has_an_end_date_then_leaves_alone(world, browser):
    manager = browser("manager")
    typed = {"first_name": "Inès", "last_name": "Intervenante", "kind": "external"}
    refused = manager.post(school(world) + "/personnes/nouvelle", data=typed)
    assert refused.status_code == 422
    assert "jusqu’à quand" in refused.text
    assert 'value="Intervenante"' in refused.text
    assert (
        manager.post(
            school(world) + "/personnes/nouvelle", data=typed | {"ends_on": str(today())}
        ).status_code
        == 303
    )
    person = only(select(Person).where(Person.last_name == "Intervenante"))
    assert only(select(Account.state).where(Account.person_id == person.id)) == "pending"
    assert "Inès" in manager.get(ROOT + "/exterieurs").text
    provisioning.disable_leavers(today=today() + timedelta(days=1))
    account = only(select(Account).where(Account.person_id == person.id))
    assert account.state == "disabled"
    profile = only(select(Profile.id).where(Profile.person_id == person.id))
    later = today() + timedelta(days=30)
    manager.post(f"{ROOT}/profils/{profile}/prolonger", data={"ends_on": str(later)})
    with lifted():
        db.session.expire_all()
    assert only(select(Account.state).where(Account.person_id == person.id)) == "pending"
    assert (
        manager.post(f"{ROOT}/profils/{profile}/prolonger", data={"ends_on": "n’importe"}).status_code == 422
    )


def test_a_namesake_is_created_only_when_one_says_it_is_somebody_else(world, browser):
    manager, typed = browser("manager"), {"first_name": "LINA", "last_name": "eleve", "kind": "pupil"}
    address = school(world) + "/personnes/nouvelle"
    refused = manager.post(address, data=typed)
    assert refused.status_code == 422
    assert "déjà dans l’école" in refused.text
    assert manager.post(address, data=typed | {"anyway": "1"}).status_code == 303


@pytest.mark.parametrize(
    "hostile",
    [
        {"first_name": "x" * 101},
        {"last_name": ""},
        {"kind": "god"},
        {"birth_date": "hier"},
        {"ends_on": "1999-01-01"},
        {"mail": "a@b\nc"},
    ],
)
def test_hostile_people_are_refused(world, browser, hostile):
    typed = {"first_name": "A", "last_name": "B", "kind": "staff"} | hostile
    assert browser("manager").post(school(world) + "/personnes/nouvelle", data=typed).status_code == 422


def test_what_comes_from_a_feed_is_not_changed_by_hand(world, browser):
    with lifted():
        profile = db.session.scalar(select(Profile).where(Profile.person_id == world.people["pupil"]))
        profile.source = "aaf2d"
        db.session.commit()
    answer = browser("manager").post(f"{ROOT}/profils/{profile.id}/terminer")
    assert answer.status_code == 422
    assert only(select(Profile.left_on).where(Profile.id == profile.id)) is None


def test_a_class_made_by_hand_takes_members_and_gives_them_back(world, browser):
    manager = browser("manager")
    manager.post(school(world) + "/classes/nouvelle", data={"name": "Atelier", "kind": "class"})
    group = only(select(Group).where(Group.name == "Atelier"))
    assert group.source == "manual"
    uid = world.person("pupil").uid
    address = f"{ROOT}/groupes/{group.uid}"
    assert "Lina" in manager.get(address + "?q=lina").text
    manager.post(address, data={"add": [uid], "role": "member"})
    assert only(select(Membership.source).where(Membership.group_id == group.id)) == "manual"
    assert browser("manager").post(address, data={"add": [world.person("little").uid]}).status_code == 422
    manager.post(address, data={"remove": uid})
    with lifted():
        assert (
            db.session.scalar(
                select(func.count()).select_from(Membership).where(Membership.group_id == group.id)
            )
            == 0
        )
    assert browser("school_head").get(address).status_code == 404


def twin(world):
    """Camille a second time, from another source: a parent in the collège with something of her own."""
    with lifted():
        session = db.session
        first = session.get_one(Person, world.people["camille"])
        first.birth_date = today() - timedelta(days=15000)
        second = Person(
            uid="W9999999", first_name="CAMILLE", last_name="Deuxviès", birth_date=first.birth_date,
            open_to=[world.structures["college"]], phones={},
        )  # fmt: skip
        session.add(second)
        session.flush()
        session.add_all(
            [
                Profile(
                    person_id=second.id,
                    structure_id=world.structures["college"],
                    kind="guardian",
                    source="aaf2d",
                ),
                Profile(
                    person_id=second.id,
                    structure_id=world.structures["college"],
                    kind="teacher",
                    source="aaf2d",
                ),
                Relation(guardian_id=second.id, pupil_id=world.people["other_pupil"], link="20", legal=1),
                Membership(group_id=world.groups["6A"], person_id=second.id),
                SourceKey(source="aaf2d", key="K2", person_id=second.id),
                Account(person_id=second.id, login="camille.deuxvies2", state="active"),
            ]
        )
        session.commit()
    identity = world.identity("manager")
    identity_of_second = merging.sessions.flatten(second.id)
    with behind(identity_of_second):
        bookmarks.create_bookmark(identity_of_second, BookmarkIn(title="À moi", url="https://exemple.fr"))
    return identity, first, second


def everything_of(person_id):
    with lifted():
        found = {}
        for table, column in merging.references():
            if count := db.session.scalar(select(func.count()).select_from(table).where(column == person_id)):
                found[f"{table.name}.{column.name}"] = count
        return found


def test_two_records_of_one_human_are_found_previewed_merged_and_separated_again(world, browser):
    _manager, first, second = twin(world)
    admin = browser("admin")
    assert first.uid in admin.get(ROOT + "/doublons").text
    before = everything_of(first.id), everything_of(second.id)
    page = admin.get(f"{ROOT}/doublons/reunir?kept={first.uid}&gone={second.uid}").text
    assert "Liens de responsabilité" in page
    assert everything_of(second.id) == before[1]
    assert (
        admin.post(f"{ROOT}/doublons/reunir", data={"kept": first.uid, "gone": second.uid}).status_code == 303
    )
    assert only(select(Bookmark.owner_id)) == first.id
    assert only(select(SourceKey.person_id).where(SourceKey.key == "K2")) == first.id
    assert only(select(Account.state).where(Account.person_id == second.id)) == "disabled"
    assert only(select(Person.merged_into_id).where(Person.id == second.id)) == first.id
    record = only(select(merging.Merge))
    assert second.uid not in admin.get(ROOT + "/doublons").text.split("Fiches réunies")[0]
    assert admin.post(f"{ROOT}/doublons/{record.id}/defaire").status_code == 303
    assert (everything_of(first.id), everything_of(second.id)) == before
    assert only(select(Account.state).where(Account.person_id == second.id)) == "active"
    assert only(select(Person.merged_into_id).where(Person.id == second.id)) is None
    assert admin.post(f"{ROOT}/doublons/{record.id}/defaire").status_code == 409
    with lifted():
        actions = set(db.session.scalars(select(JournalEntry.action)))
    assert {"people.merge", "people.unmerge"} <= actions


def test_a_school_does_not_merge_somebody_who_is_also_in_another(world, browser):
    _manager, first, second = twin(world)
    manager = browser("manager")
    assert (
        manager.post(f"{ROOT}/doublons/reunir", data={"kept": second.uid, "gone": first.uid}).status_code
        == 409
    )
    assert manager.get(f"{ROOT}/doublons/reunir?kept={first.uid}&gone={first.uid}").status_code == 422
    assert manager.get(f"{ROOT}/doublons/reunir?kept=x&gone=" + "y" * 999).status_code == 404


def from_feed(world):
    with lifted():
        for group in db.session.scalars(
            select(Group).where(Group.structure_id == world.structures["college"])
        ):
            group.source = "aaf2d"
        db.session.add(
            Group(uid="GLIBRE01", structure_id=world.structures["college"], kind="free", name="Chorale",
                  open_to=[world.structures["college"]])
        )  # fmt: skip
        db.session.commit()


def test_the_change_of_year_is_rehearsed_then_applied(world, browser):
    from_feed(world)
    manager = browser("manager")
    address = school(world) + "/annee"
    assert manager.post(address).status_code == 303
    page = manager.get(address).text
    assert "6e A" in page
    assert "Chorale" in page
    assert only(select(Group.name).where(Group.code == "6A")) == "6e A"
    change = only(select(year.YearChange))
    assert manager.post(f"{ROOT}/annee/{change.id}/appliquer").status_code == 303
    assert 'role="status"' in manager.get(f"{ROOT}/annee/{change.id}/avancement").text
    jobs.run_pending()
    with lifted():
        db.session.expire_all()
        old = db.session.get_one(Group, world.groups["6A"])
        assert (old.code, old.ends_on, old.source) == ("", today(), "archive")
        assert old.name == f"6e A ({change.year})"
        assert db.session.scalar(select(Group.ends_on).where(Group.name == "Chorale")) is None
        assert db.session.scalar(select(Group.ends_on).where(Group.id == world.groups["CP"])) is None
    assert world.identity("pupil").principals.isdisjoint({f"group:{world.groups['6A']}"})
    assert manager.post(f"{ROOT}/annee/{change.id}/appliquer").status_code == 409


def test_a_rehearsal_that_is_no_longer_true_is_not_applied(world, browser):
    from_feed(world)
    manager = browser("manager")
    manager.post(school(world) + "/annee")
    with lifted():
        db.session.add(
            Group(uid="GNEUF001", structure_id=world.structures["college"], kind="class", code="6B", name="6e B",
                  source="aaf2d", open_to=[world.structures["college"]])
        )  # fmt: skip
        db.session.commit()
    change = only(select(year.YearChange))
    assert manager.post(f"{ROOT}/annee/{change.id}/appliquer").status_code == 409
    assert browser("school_head").post(f"{ROOT}/annee/{change.id}/appliquer").status_code in (403, 404)


@pytest.mark.sdet("SOC-SUP-ABO-01", "SOC-SUP-ABO-02")
def test_a_leaver_is_disabled_rehearsed_then_erased_within_three_months(world, browser):
    manager = world.identity("manager")
    with behind(manager):
        made = operations.create_person(
            manager, world.structures["college"], PersonIn(first_name="Paul", last_name="Parti", kind="staff")
        )
        profile = db.session.scalar(select(Profile).where(Profile.person_id == made.id))
        operations.end_profile(manager, profile)
        rehearsal = leavers.rehearse(manager)
    assert [(each.name, each.due) for each in rehearsal.leavers] == [("Paul Parti", False)]
    assert rehearsal.leavers[0].purge_on <= today() + timedelta(days=92)
    with lifted():
        db.session.scalar(select(Account).where(Account.person_id == made.id)).purge_on = today()
        db.session.commit()
    assert browser("manager").post(ROOT + "/departs/effacer").status_code == 403
    assert "Paul Parti" in browser("manager").get(ROOT + "/departs").text
    assert browser("admin").post(ROOT + "/departs/effacer").status_code == 303
    jobs.run_pending()
    with lifted():
        db.session.expire_all()
        assert db.session.scalar(select(Person.first_name).where(Person.id == made.id)) == ""
    assert "Paul" not in browser("manager").get(ROOT + "/departs").text
