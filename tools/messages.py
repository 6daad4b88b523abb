"""Texts to translate: collected in messages.pot (`make messages`), and none forgotten (`make lint`)."""

import re
import subprocess
import sys
from pathlib import Path

from jinja2 import Environment

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "app" / "preau" / "translations" / "messages.pot"
COLLECT = (
    *(sys.executable, "-m", "babel.messages.frontend", "--quiet", "extract"),
    *("--mapping-file", "babel.cfg", "--keyword", "_l", "--keyword", "lazy_gettext"),
    # Neither dates nor line numbers: the file changes when a text does.
    *("--no-location", "--omit-header", "--sort-output", "--output-file"),
)
# What a page may say in every language.
UNIVERSAL = frozenset(
    [
        "Préau",
        "ENT",
        "RGPD",
        "OK",
        "PDF",
        "ZIP",
        "CSV",
        "XML",
        "WebDAV",
        "API",
        "UAI",
        "INE",
        "QR",
        "Windows",
        "macOS",
        "Linux",
        "MANIFEST",
        "json",
    ]
)
TAG = re.compile(r"<!--.*?-->|<(script|style|svg)\b.*?</\1>|<[^>]*>?|^[^<]*>", re.DOTALL | re.IGNORECASE)
SAID = re.compile(r"\b(?:alt|title|placeholder|aria-label|aria-description)=\"([^\"]*[^\W\d_]{2}[^\"]*)\"")
# The grid answers French regulations, for French readers.
FRENCH_BY_NATURE = ROOT / "app" / "preau" / "conformity"
WORD = re.compile(r"[^\W\d_]{2,}")
# A name or an address that one template hands to another.
HANDED_OVER = re.compile(r"[a-z]+(?:-[a-z]+)+|[?&][a-z]+=.*")
ENTITY = re.compile(r"&\w+;|&#\d+;")


def main(action: str) -> int:
    """`write` the catalogue, or `check` that it is up to date and that every text goes through gettext."""
    if action == "write":
        collect(CATALOGUE)
        return 0
    fresh = ROOT / "build" / "messages.pot"
    collect(fresh)
    pages = [
        path for path in sorted(ROOT.glob("app/preau/**/*.html")) if FRENCH_BY_NATURE not in path.parents
    ]
    problems = [problem for path in pages for problem in untranslated(path)]
    if not CATALOGUE.exists() or fresh.read_text() != CATALOGUE.read_text():
        problems.append(f"{CATALOGUE.relative_to(ROOT)} : pas à jour ; lancez « make messages ».")
    print(*problems, sep="\n", end="\n" if problems else "")
    return 1 if problems else 0


def collect(output: Path) -> None:
    """Write every text of the code and of the templates to a catalogue."""
    output.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run([*COLLECT, str(output), "app"], cwd=ROOT, check=True)


def untranslated(path: Path) -> list[str]:
    """Words of a template that stand outside gettext and outside a `trans` block."""
    inside_trans = False
    page: list[tuple[str, str]] = []
    for _line, kind, text in Environment(autoescape=True).lex(path.read_text()):
        if kind == "name" and text in ("trans", "endtrans") and page and page[-1][0] == "block":
            inside_trans = text == "trans"
        if kind == "block_begin":
            page.append(("block", ""))
        elif kind == "data" and not inside_trans:
            page.append(("data", text))
        elif kind == "variable_begin":
            page.append(("value", "\x00"))
    whole = "".join(text for _, text in page)
    found = SAID.findall(whole)
    text = ENTITY.sub(" ", TAG.sub(" ", whole))
    lines = [line.replace("\x00", "").strip() for line in text.splitlines()]
    found += [
        line for line in lines if set(WORD.findall(line)) - UNIVERSAL and not HANDED_OVER.fullmatch(line)
    ]
    return [f"{path.relative_to(ROOT)} : hors de gettext : {words[:80]}" for words in found]


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
