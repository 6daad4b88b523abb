"""Write docs/exploitation/erreurs.md: each code of the program with what it means and what to do.

``check`` fails when a code of the program has no action, or when the page is behind.
"""

import re
import sys
from pathlib import Path

import yaml

from preau.socle.integration.feeds.errors import _CATALOGUE

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs/exploitation/erreurs.md"
ACTIONS = ROOT / "docs/exploitation/erreurs.yaml"
CODE = re.compile(r"\bPRE-[A-Z]{3,4}-[A-Z0-9]{3}\b")
FAMILIES = {
    "1": "Demandez une nouvelle livraison à l’académie ; rien n’a été modifié.",
    "2": "Signalez le fichier et la position à l’académie ; le reste de la livraison est traité.",
    "3": "Faites corriger la donnée à la source ; l’enregistrement est repris à la livraison suivante.",
    "4": "Corrigez le fichier CSV à la ligne indiquée, puis déposez-le de nouveau.",
    "5": "Lisez le plan et suivez le message ; `preau feed status` donne l’état et l’étape à reprendre.",
}
HEADING = """# Codes d’erreur

Chaque message destiné à l’exploitant porte un code stable. Cette page est écrite par `tools/errors.py`.

| Code | Ce qui se passe | Que faire |
|---|---|---|
"""


def codes() -> set[str]:
    """Codes that the program may print; one whose number varies is listed by its cases."""
    found: set[str] = set()
    for folder in ("app", "tools"):
        for path in (ROOT / folder).rglob("*.py"):
            found |= set(CODE.findall(path.read_text()))
    return found


def page() -> str:
    """The whole page; a code without its action is an error."""
    actions = yaml.safe_load(ACTIONS.read_text())
    lines = []
    for code in sorted(codes() | actions.keys()):
        if code in _CATALOGUE:
            meaning = re.sub(r"%\((\w+)\)s", r"*\1*", _CATALOGUE[code][1]._args[0])  # noqa: SLF001 - untranslated
            action = actions.get(code, [None, FAMILIES[code[8]]])[1]
        elif code in actions:
            meaning, action = actions[code]
        else:
            raise SystemExit(f"{code} has no action in {ACTIONS.relative_to(ROOT)}")
        lines.append(f"| `{code}` | {meaning} | {action} |")
    return HEADING + "\n".join(lines) + "\n"


if __name__ == "__main__":
    if sys.argv[1:] == ["check"]:
        if PAGE.read_text() != page():
            raise SystemExit(f"{PAGE.relative_to(ROOT)} is behind: run tools/errors.py")
    else:
        PAGE.write_text(page())
