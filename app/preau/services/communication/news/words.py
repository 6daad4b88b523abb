"""What levels and states are called, and how an article's text is shown."""

from datetime import date, timedelta

from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from preau.kernel.database import SCHOOL_ZONE
from preau.kernel.richtext import excerpt, render, typeset
from preau.services.communication.news.models import Article


class Words:
    """Names, tones and icons for the templates."""

    levels = {"information": _l("Information"), "important": _l("Important"), "alert": _l("Alerte")}
    tones = {"information": "info", "important": "warning", "alert": "danger"}
    icons = {"information": "info-circle", "important": "star-fill", "alert": "exclamation-triangle-fill"}
    states = {
        "draft": _l("Brouillon"),
        "submitted": _l("En attente de validation"),
        "published": _l("Publiée"),
        "refused": _l("À reprendre"),
        "archived": _l("Archivée"),
    }
    state_tones = {
        "draft": "neutral",
        "submitted": "warning",
        "published": "success",
        "refused": "danger",
        "archived": "neutral",
    }
    state_icons = {
        "draft": "pencil",
        "submitted": "hourglass-split",
        "published": "check-circle",
        "refused": "arrow-return-left",
        "archived": "archive",
    }

    @staticmethod
    def body(text: str) -> Markup:
        """The text as HTML."""
        return render(text)

    @staticmethod
    def last_day(article: Article) -> date:
        """The last day of display."""
        return (article.ends_at - timedelta(seconds=1)).astimezone(SCHOOL_ZONE).date()

    @staticmethod
    def title(article: Article) -> str:
        """Its title, whose punctuation stays on its line."""
        return typeset(article.title)

    @staticmethod
    def excerpt(text: str) -> str:
        """Its beginning."""
        return excerpt(text, 180)


def public_body(article: Article) -> Markup:
    """The text as HTML for the public page, where its pictures have an address of their own."""
    own, opened = f"/actualites/{article.id}/", f"/actualites/publiques/{article.id}/"
    return render(article.body.replace(own, opened))
