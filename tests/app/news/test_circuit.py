"""The approval circuit, readings, and liaison notebooks."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from preau.kernel import jobs, preferences, rights
from preau.kernel.database import db, now
from preau.kernel.journal import JournalEntry
from preau.kernel.notify_models import NotificationRow
from preau.kernel.tenancy import behind, lifted
from preau.kernel.transaction import atomic
from preau.services.communication.news import queries
from preau.services.communication.news.models import Article, NotebookNotice
from preau.socle.directory.models import StructureLink
from tests.app.news.test_news import only, shown, write


def told(world, key):
    """Names of what a person was told."""
    with lifted():
        found = select(NotificationRow.event).where(NotificationRow.person_id == world.people[key])
        return set(db.session.scalars(found))


def actions():
    with lifted():
        return [
            entry.action
            for entry in db.session.scalars(select(JournalEntry).order_by(JournalEntry.id))
            if entry.action.startswith("news.")
        ]


@pytest.mark.sdet("UTI-CCO-AIN-04")
def test_a_teachers_text_waits_for_the_head_and_is_shown_once_approved(browser, world):
    write(browser("teacher"), world)
    article = only()
    assert article.state == "submitted"
    assert "Portes ouvertes" not in shown(browser("pupil"))
    assert "news.submitted" in told(world, "head")
    head = browser("head")
    assert "Portes ouvertes" in head.get("/actualites/a-valider").text
    head.post(f"/actualites/{article.id}/valider")
    jobs.run_pending()
    assert "Portes ouvertes" in shown(browser("pupil"))
    assert "news.approved" in told(world, "teacher")
    assert "news.published" in told(world, "pupil")
    assert "news.published" not in told(world, "stranger")
    assert actions() == ["news.create", "news.submit", "news.publish"]


@pytest.mark.sdet("UTI-CCO-AIN-04")
def test_a_refusal_says_why_and_the_author_sends_it_again(browser, world):
    teacher, head = browser("teacher"), browser("head")
    write(teacher, world)
    article = only()
    assert head.post(f"/actualites/{article.id}/refuser", data={"reason": ""}).status_code == 422
    head.post(f"/actualites/{article.id}/refuser", data={"reason": "Ajoutez l’heure."})
    assert "Ajoutez l’heure." in teacher.get(f"/actualites/{article.id}").text
    assert "news.refused" in told(world, "teacher")
    teacher.post(f"/actualites/{article.id}/envoyer")
    head.post(f"/actualites/{article.id}/valider")
    assert "Portes ouvertes" in shown(browser("pupil"))


@pytest.mark.sdet("UTI-CCO-AIN-04")
@pytest.mark.parametrize("person", ["teacher", "camille", "school_head", "pupil"])
def test_only_those_who_answer_for_the_school_approve(browser, world, person):
    write(browser("teacher"), world)
    answer = browser(person).post(f"/actualites/{only().id}/valider")
    assert answer.status_code in (403, 404)
    assert only().state == "submitted"


@pytest.mark.sdet("UTI-CCO-AIN-04")
def test_a_change_after_approval_waits_again(browser, world):
    teacher = browser("teacher")
    write(teacher, world)
    article = only()
    browser("head").post(f"/actualites/{article.id}/valider")
    data = {"structure_id": article.structure_id, "title": "Autre chose", "body": "…", "save": "1"}
    teacher.post(f"/actualites/{article.id}/modifier", data={**data, "principals": article.audience})
    assert "Autre chose" not in shown(browser("pupil"))
    assert only().state == "submitted"


@pytest.mark.sdet("UTI-CCO-AIN-04")
def test_a_draft_is_seen_by_its_author_alone(browser, world):
    write(browser("teacher"), world, send=False)
    article = only()
    assert browser("head").get(f"/actualites/{article.id}").status_code == 404
    assert browser("teacher").get(f"/actualites/{article.id}").status_code == 200


@pytest.mark.sdet("UTI-CCO-AIN-04")
def test_a_school_chooses_what_waits_for_approval(browser, world):
    head = browser("head")
    college = world.structures["college"]
    assert "Direction — Collège Jean-Zay" in head.get("/actualites/reglages").text
    head.post("/actualites/reglages", data={"structure_id": college, "approval": "families"})
    with lifted():
        assert preferences.value("news.approval", None, college) == "families"
    write(browser("teacher"), world)
    assert only().state == "published"
    assert browser("teacher").get("/actualites/reglages").status_code == 403
    data = {"structure_id": college, "approval": "never"}
    refused = browser("school_head").post("/actualites/reglages", data=data)
    assert refused.status_code == 403


@pytest.mark.sdet("UTI-CCO-AIN-04")
def test_nobody_writes_in_the_name_of_a_school_that_is_not_theirs(browser, world):
    ecole = world.structures["ecole"]
    camille = browser("camille")
    assert write(camille, world, structure_id=ecole, to=[f"structure:{ecole}"]).status_code == 422
    assert write(camille, world, to=[f"structure:{ecole}"]).status_code == 422
    with lifted():
        assert db.session.scalars(select(Article)).all() == []


@pytest.mark.sdet("RUL-80")
def test_an_authority_proposes_and_the_head_decides(browser, world):
    stranger = browser("stranger")
    assert write(stranger, world).status_code == 422
    with lifted(), atomic() as session:
        ids = {"parent_id": world.structures["lycee"], "child_id": world.structures["college"]}
        session.add(StructureLink(**ids, kind="collectivite"))
    write(stranger, world, title="Travaux de la région")
    assert "Travaux de la région" not in shown(browser("pupil"))
    assert "Travaux de la région" in browser("head").get("/actualites/a-valider").text
    browser("head").post(f"/actualites/{only().id}/valider")
    assert "Travaux de la région" in shown(browser("pupil"))


def test_an_alert_tells_each_reader_once_even_when_it_is_changed(browser, world):
    head = browser("head")
    write(head, world, level="alert")
    jobs.run_pending()
    article = only()
    data = {"structure_id": article.structure_id, "title": "Alerte", "body": "Corrigé", "level": "alert"}
    data |= {"principals": article.audience, "save": "1"}
    head.post(f"/actualites/{article.id}/modifier", data=data)
    jobs.run_pending()
    with lifted():
        found = select(NotificationRow).where(
            NotificationRow.person_id == world.people["pupil"], NotificationRow.event == "news.alert"
        )
        assert len(db.session.scalars(found).all()) == 1


def test_what_starts_later_is_told_when_it_starts(browser, world):
    first = (now() + timedelta(days=2)).date().isoformat()
    write(browser("head"), world, starts_on=first)
    jobs.run_pending()
    assert "news.published" not in told(world, "pupil")


def test_a_reader_confirms_and_the_author_sees_who_is_missing(browser, world):
    head = browser("head")
    write(head, world, to=[f"group:{world.groups['6A']}"], ask_receipt="1")
    article = only()
    pupil = browser("pupil")
    assert "À confirmer" in shown(pupil)
    pupil.post(f"/actualites/{article.id}/lu")
    assert "Vous avez confirmé" in pupil.get(f"/actualites/{article.id}").text
    everybody = head.get(f"/actualites/{article.id}/lectures").text
    missing = head.get(f"/actualites/{article.id}/lectures?manquants=1").text
    assert "Lina Élève" in everybody
    assert "Lina Élève" not in missing
    assert "Malo Voisin" in missing
    assert pupil.get(f"/actualites/{article.id}/lectures").status_code in (403, 404)


@pytest.mark.sdet("UTI-CCO-AIN-03")
def test_news_sent_to_the_notebooks_of_a_class_is_signed_by_a_parent(browser, world):
    head, guardian = browser("head"), browser("guardian")
    write(head, world, to=[f"profile:{world.structures['college']}:teacher"], title="Sortie jeudi")
    article = only()
    assert "Sortie jeudi" not in shown(guardian)
    sent = head.post(f"/actualites/{article.id}/cahiers", data={"groups": world.groups["6A"]})
    assert sent.status_code == 303
    assert "news.to_sign" in told(world, "guardian")
    assert "À signer dans le cahier de liaison" in shown(guardian)
    assert "je signe pour Lina" in guardian.get(f"/actualites/{article.id}").text
    other = {"pupil": world.people["other_pupil"]}
    assert guardian.post(f"/actualites/{article.id}/signer", data=other).status_code == 403
    guardian.post(f"/actualites/{article.id}/signer", data={"pupil": world.people["pupil"]})
    assert "Signé pour Lina" in guardian.get(f"/actualites/{article.id}").text
    assert "À signer dans le cahier" not in shown(guardian)
    seen = head.get(f"/actualites/{article.id}/cahiers").text
    assert "Gaëlle Élève" in seen
    assert "1 cahiers signés sur 2" in seen
    with lifted():
        kept = db.session.get(NotebookNotice, (article.id, world.people["pupil"]))
        assert kept.signed_at is not None


@pytest.mark.sdet("UTI-CCO-AIN-03")
def test_notebooks_of_another_school_or_class_are_out_of_reach(browser, world):
    head = browser("head")
    write(head, world)
    article = only()
    answer = head.post(f"/actualites/{article.id}/cahiers", data={"groups": world.groups["CP"]})
    assert answer.status_code == 422
    assert head.post(f"/actualites/{article.id}/cahiers", data={}).status_code == 422


@pytest.mark.sdet("SOC-SEC-AUT-01")
@pytest.mark.parametrize("action", ["read", "write"])
def test_lists_and_checks_of_news_agree_for_everybody_in_every_state(browser, world, action):
    college, group = world.structures["college"], world.groups["6A"]
    audiences = ([f"structure:{college}"], [f"group:{group}:guardian"], [f"person:{world.people['camille']}"])
    with lifted(), atomic() as session:
        for state in ("draft", "submitted", "published", "refused", "archived"):
            for number, audience in enumerate(audiences):
                start = now() - timedelta(days=2 - 2 * number)
                session.add(
                    Article(
                        owner_id=world.people["teacher"],
                        structure_id=college,
                        title=f"{state} {number}",
                        body="…",
                        audience=audience,
                        open_to=[college, world.structures["ecole"]],
                        state=state,
                        starts_at=start,
                        ends_at=start + timedelta(days=1 + number),
                        trashed_at=now() if state == "refused" and number == 1 else None,
                    )
                )
        everything = session.scalars(select(Article)).all()
    for key in world.people:
        identity = world.identity(key)
        with behind(identity):
            listed = set(db.session.scalars(rights.allowed(identity, Article, action)))
        walled = {
            each
            for each in everything
            if each.owner_id == identity.person_id
            or identity.everywhere
            or identity.structures & set(each.open_to)
        }
        assert listed == {each for each in walled if rights.may(identity, action, each)}
    head = world.identity("head")
    with behind(head):
        assert queries.waiting(head) == len(audiences)


@pytest.mark.sdet("UTI-CCO-AIN-01")
def test_a_foreign_school_sees_nothing_through_any_page_of_an_article(browser, world):
    write(browser("head"), world, ask_receipt="1", public="")
    article = only()
    paths = ("", "/modifier", "/image", "/pieces", "/versions", "/lectures", "/cahiers", "/refuser")
    posted = ("/lu", "/signer", "/valider", "/envoyer", "/retirer", "/supprimer", "/restaurer", "/detruire")
    for key in ("school_head", "stranger"):
        client = browser(key)
        for path in paths:
            assert client.get(f"/actualites/{article.id}{path}").status_code == 404
        for path in posted:
            assert client.post(f"/actualites/{article.id}{path}").status_code == 404
