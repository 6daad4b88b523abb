"""The documents that organisational requirements rest on: ``docs/conformity/documents.yaml``."""

import re
from dataclasses import dataclass
from pathlib import Path

import yaml

from preau.conformity.requirements import requirements
from preau.kernel.errors import PreauError

REGISTER = Path("docs") / "conformity" / "documents.yaml"


class RegisterError(PreauError):
    """The register names an id, a document or a heading that is not there."""

    code = "PRE-CON-002"


@dataclass(frozen=True, slots=True)
class Document:
    """A shipped document, the heading that answers the requirement, and the ids of the features behind it."""

    path: Path
    heading: str
    supported_by: tuple[str, ...]


def project_root() -> Path:
    """The project's folder: the current one when it has the register, else the one this code runs from."""
    return Path.cwd() if (Path.cwd() / REGISTER).is_file() else Path(__file__).resolve().parents[3]


def documents(root: Path) -> dict[str, Document]:
    """The document of each organisational id; empty when the project's documents are not installed.

    Raises :class:`RegisterError` when an entry is false.
    """
    register = root / REGISTER
    if not register.is_file():
        return {}
    rows = yaml.safe_load(register.read_text(encoding="utf-8")) or {}
    found = {}
    for id_, row in rows.items():
        document = Document(Path(row["document"]), row["heading"], tuple(row.get("supported_by", ())))
        _verify(root, id_, document)
        found[id_] = document
    return found


def _verify(root: Path, id_: str, document: Document) -> None:
    known = requirements()
    if id_ not in known or known[id_].kind != "organisational":
        raise RegisterError(f"{REGISTER} : {id_} n’est pas une exigence d’organisation connue.")
    unknown = [each for each in document.supported_by if each not in known]
    if unknown:
        raise RegisterError(f"{REGISTER} : {id_} s’appuie sur des inconnus ({', '.join(unknown)}).")
    path = root / document.path
    if not path.is_file():
        raise RegisterError(f"{REGISTER} : {id_} renvoie à {document.path}, qui n’existe pas.")
    headings = re.findall(r"^#+ (.+?)\s*$", path.read_text(encoding="utf-8"), re.MULTILINE)
    if document.heading not in headings:
        raise RegisterError(f"{REGISTER} : {document.path} n’a pas de titre « {document.heading} » ({id_}).")
