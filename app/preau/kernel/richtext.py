"""Rich text: people write Markdown, pages show HTML that nothing hostile survives in.

Markdown is what is stored, searched and exchanged; HTML is made at each reading, so that a stricter filter
protects old texts too.
"""

import re

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

LONGEST = 50_000
TAGS = {
    "p", "br", "hr", "strong", "em", "s", "blockquote", "ul", "ol", "li", "a", "img", "code", "pre",
    "h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
ATTRIBUTES = {"a": {"href", "title"}, "img": {"src", "alt", "title"}, "ol": {"start"}}
SCHEMES = {"http", "https", "mailto", "tel"}
LOWEST_HEADING = 6

# A line of French never begins with these: the space that people type before them must not break.
_HIGH = re.compile(r"(?<=\S) (?=[:;?!»])")
_UNFINISHED = re.compile(r"([^\s.!?…:;,])\s*(</(?:li|p|h\d|td|th)>)")

_EXTRAS = ["table", "strikethrough"]
_markdown = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(_EXTRAS)
_wrapped = MarkdownIt("commonmark", {"html": False}).enable(_EXTRAS)


def render(text: str, *, below: int = 2, breaks: bool = True) -> Markup:
    """The HTML of a text; its highest title comes one level under ``below``, that of the page around it.

    ``breaks``: an end of line is one, as people expect who do not know Markdown. Pictures may only come
    from here: one from elsewhere would tell somebody who reads.
    """
    markdown = _markdown if breaks else _wrapped
    tokens = markdown.parse(text[:LONGEST])
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1]) + below, LOWEST_HEADING)}"
        for child in token.children or ():
            if child.type == "text":
                child.content = typeset(child.content)
    html = markdown.renderer.render(tokens, markdown.options, {})
    cleaned = nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes=SCHEMES,
        link_rel="noopener noreferrer",
        attribute_filter=_own_pictures,
    )
    return Markup(cleaned)  # noqa: S704 - this is where the text has just been cleaned


def _own_pictures(element: str, attribute: str, value: str) -> str | None:
    if element == "img" and attribute == "src" and (not value.startswith("/") or value.startswith("//")):
        return None
    return value


def typeset(text: str) -> str:
    """A line of French with the spaces that keep its punctuation on it."""
    return _HIGH.sub("\u00a0", text)


def plain(text: str) -> str:
    """The words alone: for search, notifications and short lines."""
    return _words(_markdown.render(text[:LONGEST]))


def _words(html: str) -> str:
    words = nh3.clean(html, tags=set())
    return re.sub(r"\s+", " ", Markup(words).unescape()).strip()  # noqa: S704 - unescaped, never shown as HTML


def excerpt(text: str, length: int = 200) -> str:
    """The beginning of the words on one line, cut between two of them; a dot parts what were lines of a list."""
    parted = _UNFINISHED.sub(r"\1 ·\2", _markdown.render(text[:LONGEST]))
    words = typeset(_words(parted).removesuffix(" ·"))
    if len(words) <= length:
        return words
    return words[: length + 1].rsplit(" ", 1)[0].rstrip(" ,;:.·") + "…"
