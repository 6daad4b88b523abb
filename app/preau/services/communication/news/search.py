"""What the search finds of news: what is shown, to those it is shown to."""

from flask_babel import lazy_gettext as _l

from preau.kernel.richtext import plain
from preau.kernel.search import Document, Searchable
from preau.services.communication.news.models import Article, is_displayed
from preau.services.communication.news.workflow import url_of


def document(article: Article) -> Document | None:
    """The title and the words; nothing before the display nor after it."""
    if not is_displayed(article):
        return None
    return Document(
        title=article.title,
        body=plain(article.body),
        principals=article.audience,
        structures=article.open_to,
        owner_id=article.owner_id,
        at=article.published_at,
        url=url_of(article),
        metadata={"type": "news"},
    )


SEARCHABLE = (Searchable(Article, document, label=_l("Actualités"), icon="newspaper"),)
