"""From draft to display: submission, approval, refusal, announcement, archive (UTI-CCO-AIN-04).

Each step is journalled with its date and told to those it concerns.
"""

import uuid

from flask_babel import gettext as _

from preau.kernel import events, jobs, journal, preferences, rights
from preau.kernel.database import db, now
from preau.kernel.errors import Conflict, Refused
from preau.kernel.identity import SCHOOL_STAFF, Identity, system
from preau.kernel.notify import notify
from preau.kernel.transaction import atomic
from preau.services.communication.news import audience
from preau.services.communication.news.models import Article, is_displayed
from preau.services.communication.news.schemas import Refusal
from preau.socle.directory.models import Person as Author
from preau.socle.security.authorisation.holders import principals_holding


def url_of(article: Article) -> str:
    """Where an article is read."""
    return f"/actualites/{article.id}"


def approves(identity: Identity, article: Article) -> bool:
    """Whether the identity answers for what the article's school publishes."""
    return identity.can("news.approve", article.structure_id)


def needs_approval(identity: Identity, structure_id: int) -> bool:
    """Whether what the identity writes for that school waits for somebody else's approval."""
    if identity.can("news.approve", structure_id):
        return False
    if not identity.can("news.write", structure_id):
        return True
    choice = preferences.value("news.approval", identity, structure_id)
    if choice == "families":
        kinds = {profile.kind for profile in identity.profiles if profile.structure_id == structure_id}
        return kinds.isdisjoint(SCHOOL_STAFF)
    return bool(choice == "always")


def submit_article(identity: Identity, article: Article) -> None:
    """Send a draft to those who approve; it is published at once when nobody has to."""
    rights.require(identity, "write", article)
    if article.state not in ("draft", "refused", "archived"):
        raise Conflict(_("Cette actualité est déjà envoyée."))
    _not_ended(article)
    with atomic():
        article.refusal = ""
        article.submitted_at = now()
        if needs_approval(identity, article.structure_id):
            _wait(identity, article)
        else:
            _publish(identity, article)


def _wait(identity: Identity, article: Article) -> None:
    article.state = "submitted"
    journal.record(identity, "news.submit", article)
    notify(
        identity,
        "news.submitted",
        principals_holding("news.approve", article.structure_id),
        url=url_of(article),
        title=article.title,
        actor=identity.name,
    )
    events.publish("news.submitted", identity, article)


def approve_article(identity: Identity, article: Article) -> None:
    """Publish what somebody submitted."""
    _require_approver(identity, article)
    _not_ended(article)
    with atomic():
        _publish(identity, article)
        notify(
            identity,
            "news.approved",
            [f"person:{article.owner_id}"],
            url=url_of(article),
            title=article.title,
            actor=identity.name,
        )


def refuse_article(identity: Identity, article: Article, data: Refusal) -> None:
    """Give it back to its author, with the reason."""
    _require_approver(identity, article)
    with atomic():
        article.state = "refused"
        article.refusal = data.reason
        article.decided_by_id = identity.person_id
        journal.record(identity, "news.refuse", article)
        notify(
            identity,
            "news.refused",
            [f"person:{article.owner_id}"],
            url=url_of(article),
            title=article.title,
            reason=data.reason,
            actor=identity.name,
        )
        events.publish("news.refused", identity, article)


def archive_article(identity: Identity, article: Article) -> None:
    """Take it off display before its end."""
    rights.require(identity, "write", article)
    if article.state != "published":
        raise Conflict(_("Cette actualité n’est pas affichée."))
    with atomic():
        article.state = "archived"
        journal.record(identity, "news.archive", article)
        events.publish("news.archived", identity, article)


def after_change(identity: Identity, article: Article) -> None:
    """After a change: what somebody else has to approve waits again; the rest stays where it is."""
    if article.state in ("published", "submitted") and needs_approval(identity, article.structure_id):
        _wait(identity, article)
    elif article.state == "published":
        schedule(article)


def _require_approver(identity: Identity, article: Article) -> None:
    rights.require(identity, "read", article)
    if not approves(identity, article):
        raise Refused(_("Seules les personnes qui répondent des publications décident ici."))
    if article.state != "submitted":
        raise Conflict(_("Quelqu’un a déjà répondu : cette actualité n’attend plus de validation."))


def _not_ended(article: Article) -> None:
    if article.ends_at <= now():
        raise Conflict(_("Les dates d’affichage sont passées. Modifiez-les, puis recommencez."))


def _publish(identity: Identity, article: Article) -> None:
    article.state = "published"
    article.published_at = now()
    article.decided_by_id = identity.person_id
    journal.record(identity, "news.publish", article)
    events.publish("news.published", identity, article)
    schedule(article)


def schedule(article: Article) -> None:
    """Tell and index it when it begins to be shown, and again when it ends."""
    jobs.defer(announce, article_id=str(article.id), at=max(article.starts_at, now()))
    jobs.defer(close, article_id=str(article.id), at=article.ends_at)


@jobs.task("news.announce")
def announce(article_id: str) -> None:
    """Tell its readers of an article, once, when it is shown."""
    article = db.session.get(Article, uuid.UUID(article_id))
    if article is None or not is_displayed(article) or article.announced_at is not None:
        return
    with atomic():
        article.announced_at = now()
        author = db.session.get(Author, article.owner_id)
        teller = Identity(article.owner_id, author.uid, author.name) if author else system("news")
        notify(
            teller,
            "news.alert" if article.level == "alert" else "news.published",
            article.audience,
            url=url_of(article),
            title=article.title,
            actor=teller.name,
            school=audience.names_of([article.structure_id]).get(article.structure_id, ""),
        )


@jobs.task("news.close")
def close(article_id: str) -> None:
    """Put an article whose dates are over into the archives."""
    article = db.session.get(Article, uuid.UUID(article_id))
    if article is None or article.state != "published" or article.ends_at > now():
        return
    with atomic():
        article.state = "archived"
        journal.record(system("news"), "news.end", article)
