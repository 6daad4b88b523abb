"""The Netscape bookmark file, which every browser reads and writes (UTI-IDO-GSI-02)."""

import html
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

from flask_babel import gettext as _

from preau.kernel.errors import Invalid

MOST_BYTES = 5 * 1024**2
MOST_ITEMS = 5000
DEEPEST = 20


@dataclass
class Branch:
    """A folder of the file: its name, its bookmarks (title, url, note) and its folders."""

    name: str = ""
    bookmarks: list[tuple[str, str, str]] = field(default_factory=list)
    folders: list["Branch"] = field(default_factory=list)

    def count(self) -> int:
        """Bookmarks in it and below."""
        return len(self.bookmarks) + sum(each.count() for each in self.folders)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Branch()
        self.open = [self.root]
        self.next_folder: str | None = None
        self.text: list[str] | None = None
        self.href = ""
        self.items = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"h3", "a", "dd"}:
            self._end_note()
            self.text = []
            self.reading = tag
            self.href = dict(attrs).get("href") or ""
        elif tag == "dl":
            self._end_note()
            branch = Branch(self.next_folder) if self.next_folder is not None else self.open[-1]
            if branch is not self.open[-1]:
                self.open[-1].folders.append(branch)
            self.next_folder = None
            self.open.append(branch)
            if len(self.open) > DEEPEST:
                raise Invalid(_("Ce fichier de signets a trop de niveaux de dossiers."))

    def handle_endtag(self, tag: str) -> None:
        if tag == "dl":
            self._end_note()
            if len(self.open) > 1:
                self.open.pop()
        elif tag == "h3" and self.text is not None:
            self.next_folder, self.text = "".join(self.text).strip(), None
        elif tag == "a" and self.text is not None:
            self._take("".join(self.text).strip())
            self.text = None

    def handle_data(self, data: str) -> None:
        if self.text is not None:
            self.text.append(data)

    def close(self) -> None:
        self._end_note()
        super().close()

    def _take(self, title: str) -> None:
        self.items += 1
        if self.items > MOST_ITEMS:
            raise Invalid(
                _("Ce fichier a plus de %(count)s signets : importez-le en plusieurs fois.", count=MOST_ITEMS)
            )
        self.open[-1].bookmarks.append((title or self.href, self.href, ""))

    def _end_note(self) -> None:
        if self.text is not None and self.reading == "dd" and self.open[-1].bookmarks:
            title, url, _note = self.open[-1].bookmarks[-1]
            self.open[-1].bookmarks[-1] = (title, url, "".join(self.text).strip())
        self.text = None


def read(content: bytes) -> Branch:
    """The tree of a bookmark file; an :class:`Invalid` says why it is not one."""
    if len(content) > MOST_BYTES:
        raise Invalid(_("Ce fichier dépasse 5 Mo : ce n’est sans doute pas un fichier de signets."))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("iso-8859-15")
    reader = _Reader()
    reader.feed(text)
    reader.close()
    if not reader.root.count() and not reader.root.folders:
        raise Invalid(
            _(
                "Aucun signet dans ce fichier. Exportez vos signets depuis votre navigateur"
                " au format HTML, puis recommencez."
            )
        )
    return reader.root


def write(root: Branch) -> str:
    """The bookmark file of a tree."""
    return "\n".join(
        [
            "<!DOCTYPE NETSCAPE-Bookmark-file-1>",
            '<META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=UTF-8">',
            "<TITLE>Bookmarks</TITLE>",
            "<H1>Bookmarks</H1>",
            *_lines(root, 0),
            "",
        ]
    )


def _lines(branch: Branch, depth: int) -> Iterator[str]:
    margin = "    " * depth
    yield f"{margin}<DL><p>"
    for folder in branch.folders:
        yield f"{margin}    <DT><H3>{html.escape(folder.name)}</H3>"
        yield from _lines(folder, depth + 1)
    for title, url, note in branch.bookmarks:
        yield f'{margin}    <DT><A HREF="{html.escape(url)}">{html.escape(title)}</A>'
        if note:
            yield f"{margin}    <DD>{html.escape(note)}"
    yield f"{margin}</DL><p>"
