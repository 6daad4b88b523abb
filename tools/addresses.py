"""Refuse what ties the repository to one machine: addresses of package registries, paths of a builder."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FORBIDDEN = {
    "adresse d’un dépôt de paquets": re.compile(
        rb"https?://[\w.-]*(?:pypi|pythonhosted|npmjs|yarnpkg|registry|mirror|devpi|deb\.debian|archive\.ubuntu)[\w.]*",
        re.IGNORECASE,
    ),
    "option qui nomme un dépôt": re.compile(
        rb"^\s*(?:--(?:extra-)?index-url|--find-links|registry\s*=\s*http)|\"resolved\":", re.MULTILINE
    ),
    "chemin propre à une machine": re.compile(rb"(?<![\w.~-])/(?:w[o]rk|r[o]ot|home/[a-z]+)/[\w.]"),
}


def main() -> int:
    """Print each offence as file:line; return how the check ended."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listing, cwd=ROOT, capture_output=True, check=True).stdout.split(b"\0")
    offences = [offence for name in names if name for offence in inspect(ROOT / name.decode())]
    print(*offences, sep="\n", end="\n" if offences else "")
    return 1 if offences else 0


def inspect(path: Path) -> list[str]:
    """The offences of one file; pictures, fonts and archives have none."""
    if not path.is_file():
        return []
    content = path.read_bytes()
    if b"\0" in content[:8192]:
        return []
    offences = []
    for what, pattern in FORBIDDEN.items():
        for match in pattern.finditer(content):
            line = content.count(b"\n", 0, match.start()) + 1
            offences.append(f"{path.relative_to(ROOT)}:{line}: {what} : {match.group().decode().strip()}")
    return offences


if __name__ == "__main__":
    sys.exit(main())
