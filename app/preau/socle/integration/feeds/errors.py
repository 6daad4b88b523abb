"""What can go wrong with a delivery: stable codes, one French sentence each.

Codes are never reused. A problem carries where it was found and why, never a personal datum:
its details are names of attributes, counts and keys of the sending information system.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from preau.kernel.errors import PreauError


class Severity(StrEnum):
    """What a problem stops: the delivery, the record, or nothing."""

    FATAL = "fatal"
    ERROR = "error"
    WARNING = "warning"


_CATALOGUE: Final[dict[str, tuple[Severity, LazyString]]] = {
    # Archives
    "PRE-FED-101": (
        Severity.FATAL,
        _l("Ce fichier n’est pas une archive lisible (.tgz, .tar ou .zip), ni un fichier CSV."),
    ),
    "PRE-FED-102": (
        Severity.FATAL,
        _l("L’archive est tronquée : son transfert s’est interrompu avant la fin."),
    ),
    "PRE-FED-103": (Severity.FATAL, _l("L’archive dépliée dépasse la taille permise (%(limit)s octets).")),
    "PRE-FED-104": (
        Severity.FATAL,
        _l("L’archive se déplie de façon anormale (plus de %(limit)s fois sa taille)."),
    ),
    "PRE-FED-105": (Severity.FATAL, _l("L’archive contient trop de fichiers (plus de %(limit)s).")),
    "PRE-FED-106": (Severity.FATAL, _l("L’archive contient un chemin interdit : « %(name)s ».")),
    "PRE-FED-107": (
        Severity.FATAL,
        _l("L’archive contient un lien ou un fichier spécial : « %(name)s »."),
    ),
    "PRE-FED-108": (Severity.FATAL, _l("L’archive contient deux fois le fichier « %(name)s ».")),
    "PRE-FED-109": (Severity.FATAL, _l("L’archive contient une autre archive : « %(name)s ».")),
    "PRE-FED-110": (Severity.FATAL, _l("L’archive contient un fichier chiffré : « %(name)s ».")),
    "PRE-FED-111": (Severity.FATAL, _l("La liste importDirectories.json n’est pas lisible.")),
    "PRE-FED-112": (
        Severity.FATAL,
        _l("Cette livraison ne contient aucun fichier de l’annuaire académique fédérateur."),
    ),
    "PRE-FED-113": (Severity.WARNING, _l("Fichier inconnu, laissé de côté : « %(name)s ».")),
    "PRE-FED-114": (
        Severity.FATAL,
        _l("La liste importDirectories.json cite un dossier absent : « %(name)s »."),
    ),
    "PRE-FED-115": (Severity.FATAL, _l("Choisir d’abord une archive ou un fichier CSV.")),
    # XML
    "PRE-FED-201": (Severity.FATAL, _l("Le fichier est tronqué : sa dernière balise manque.")),
    "PRE-FED-202": (
        Severity.FATAL,
        _l("Le fichier déclare des entités XML ; il est refusé par mesure de sécurité."),
    ),
    "PRE-FED-203": (Severity.FATAL, _l("Un enregistrement dépasse la taille permise (%(limit)s octets).")),
    "PRE-FED-204": (Severity.ERROR, _l("Enregistrement illisible : il n’est pas du XML bien formé.")),
    "PRE-FED-205": (
        Severity.ERROR,
        _l("Enregistrement écarté : il ne suit pas la grammaire de l’annuaire fédérateur (%(reason)s)."),
    ),
    "PRE-FED-206": (
        Severity.WARNING,
        _l("L’encodage annoncé n’est pas celui du fichier ; il a été lu comme %(encoding)s."),
    ),
    "PRE-FED-207": (Severity.WARNING, _l("Entité non déclarée, lue comme du texte : « &%(name)s; ».")),
    "PRE-FED-208": (Severity.WARNING, _l("Caractère de contrôle retiré d’une valeur.")),
    "PRE-FED-209": (Severity.FATAL, _l("Encodage inconnu : « %(encoding)s ».")),
    "PRE-FED-210": (Severity.FATAL, _l("Ce fichier n’est pas un export de l’annuaire fédérateur.")),
    "PRE-FED-211": (Severity.WARNING, _l("Texte inattendu entre deux enregistrements, laissé de côté.")),
    # Records
    "PRE-FED-301": (
        Severity.WARNING,
        _l("Attribut inconnu, gardé tel quel sans être utilisé : « %(name)s »."),
    ),
    "PRE-FED-302": (Severity.ERROR, _l("Catégorie d’enregistrement inconnue : « %(name)s ».")),
    "PRE-FED-303": (Severity.ERROR, _l("L’enregistrement n’a pas de clé.")),
    "PRE-FED-304": (
        Severity.WARNING,
        _l("« %(name)s » n’a pas le nombre de champs attendu ; la valeur est laissée de côté."),
    ),
    "PRE-FED-305": (
        Severity.WARNING,
        _l("« %(name)s » n’est pas une date (JJ/MM/AAAA) ; la valeur est ignorée."),
    ),
    "PRE-FED-306": (
        Severity.WARNING,
        _l(
            "La lettre de contrôle de l’UAI %(uai)s n’est pas celle attendue ; vérifier auprès de l’académie."
        ),
    ),
    "PRE-FED-307": (Severity.ERROR, _l("Il manque « %(name)s », sans quoi la personne ne peut être créée.")),
    "PRE-FED-308": (Severity.ERROR, _l("Il manque « %(name)s », sans quoi la structure ne peut être créée.")),
    "PRE-FED-309": (Severity.WARNING, _l("Code de fonction inconnu : « %(name)s » ; lu comme un personnel.")),
    "PRE-FED-310": (Severity.WARNING, _l("Code de lien de parenté inconnu : « %(name)s ».")),
    "PRE-FED-311": (Severity.WARNING, _l("L’identifiant national élève (INE) n’a pas la forme attendue.")),
    "PRE-FED-312": (
        Severity.WARNING,
        _l("« %(name)s » répète sa valeur plus de %(limit)s fois ; la suite est ignorée."),
    ),
    "PRE-FED-313": (Severity.ERROR, _l("La clé a déjà servi plus tôt dans cette livraison.")),
    "PRE-FED-314": (
        Severity.WARNING,
        _l("La structure %(name)s n’est décrite nulle part : %(count)s rattachements sont laissés de côté."),
    ),
    "PRE-FED-315": (
        Severity.ERROR,
        _l("Une valeur dépasse %(limit)s caractères ; l’enregistrement est écarté."),
    ),
    "PRE-FED-316": (
        Severity.WARNING,
        _l(
            "%(name)s est déjà alimenté par une autre source (%(source)s) ; ce que cette livraison dit"
            " de ses personnes est laissé de côté."
        ),
    ),
    # CSV
    "PRE-FED-401": (
        Severity.FATAL,
        _l(
            "La première ligne n’est pas un en-tête reconnu : il y faut au moins « Nom » et « Prénom »"
            " (« UAI » et « Nom » dans etablissements.csv)."
        ),
    ),
    "PRE-FED-402": (Severity.ERROR, _l("Il manque la colonne « %(name)s » sur cette ligne.")),
    "PRE-FED-403": (
        Severity.ERROR,
        _l("La ligne n’a pas le nombre de colonnes de l’en-tête ; elle est écartée."),
    ),
    "PRE-FED-404": (Severity.WARNING, _l("Colonne inconnue, laissée de côté : « %(name)s ».")),
    "PRE-FED-405": (
        Severity.WARNING,
        _l("Profil inconnu : « %(name)s » ; lu comme une personne extérieure."),
    ),
    "PRE-FED-406": (
        Severity.WARNING,
        _l(
            "L’enfant cité par ce responsable n’a pas été trouvé, ou deux élèves portent ce nom ;"
            " ce lien n’est pas créé."
        ),
    ),
    "PRE-FED-407": (
        Severity.FATAL,
        _l(
            "Un guillemet ouvert à la ligne %(line)s n’est pas refermé, ou l’est mal ;"
            " la suite du fichier ne peut pas être lue."
        ),
    ),
    "PRE-FED-408": (
        Severity.ERROR,
        _l(
            "Un autre élève du même nom est déjà dans le fichier, sans date de naissance ni identifiant ;"
            " cette ligne est écartée."
        ),
    ),
    "PRE-FED-409": (
        Severity.ERROR,
        _l(
            "L’établissement %(uai)s n’est pas dans l’annuaire ; la ligne est écartée."
            " Le décrire dans etablissements.csv."
        ),
    ),
    "PRE-FED-410": (
        Severity.ERROR,
        _l(
            "Rien ne dit l’établissement de cette ligne ; elle est écartée. Remplir la colonne UAI,"
            " ou mettre l’UAI dans le nom du fichier."
        ),
    ),
    "PRE-FED-411": (
        Severity.WARNING,
        _l("Cette personne est déjà à la ligne %(line)s ; les deux lignes sont réunies."),
    ),
    "PRE-FED-412": (
        Severity.FATAL,
        _l("Le fichier dépasse %(limit)s lignes ; le couper en plusieurs livraisons."),
    ),
    "PRE-FED-413": (
        Severity.WARNING,
        _l("Le courriel n’a pas la forme d’une adresse ; il est laissé de côté."),
    ),
    "PRE-FED-414": (
        Severity.FATAL,
        _l(
            "Ni le nom du fichier ni une colonne « Profil » ne disent de qui il parle ;"
            " le nommer eleves.csv, responsables.csv, enseignants.csv, personnels.csv, agents.csv ou invites.csv."
        ),
    ),
    "PRE-FED-415": (
        Severity.ERROR,
        _l("« %(uai)s » n’est pas un UAI (sept chiffres et une lettre) ; la ligne est écartée."),
    ),
    # Plans
    "PRE-FED-501": (
        Severity.FATAL,
        _l(
            "Cette livraison est plus ancienne que la dernière appliquée ; l’annuaire ne revient pas en arrière."
        ),
    ),
    "PRE-FED-502": (
        Severity.FATAL,
        _l("Cette livraison est datée de plus de sept jours dans le futur ; vérifier sa date."),
    ),
    "PRE-FED-503": (Severity.WARNING, _l("Cette livraison a plus de sept jours.")),
    "PRE-FED-504": (
        Severity.WARNING,
        _l("%(name)s perdrait %(count)s personnes, soit %(percent)s %% de son effectif."),
    ),
    "PRE-FED-505": (
        Severity.WARNING,
        _l("%(count)s personnes quitteraient l’annuaire : c’est plus que les %(limit)s %% permis."),
    ),
    "PRE-FED-506": (Severity.FATAL, _l("La date de cette livraison n’est pas dans son nom ; la donner.")),
    "PRE-FED-507": (
        Severity.FATAL,
        _l("Une autre alimentation est en cours ; attendre sa fin ou la reprendre."),
    ),
    "PRE-FED-508": (
        Severity.FATAL,
        _l("Un seuil est dépassé : lire le plan, puis l’approuver pour continuer."),
    ),
    "PRE-FED-511": (
        Severity.WARNING,
        _l(
            "%(name)s n’est plus dans la livraison : en approuvant, l’établissement est suspendu ;"
            " ses %(count)s personnes gardent leur compte."
        ),
    ),
    "PRE-FED-512": (
        Severity.WARNING,
        _l("La livraison ferme %(name)s : en approuvant, ses %(count)s personnes le quittent."),
    ),
    "PRE-FED-510": (
        Severity.FATAL,
        _l("La lecture s’est arrêtée sans rien écrire dans l’annuaire ; relancer."),
    ),
    "PRE-FED-509": (
        Severity.FATAL,
        _l("L’archive de cette livraison n’est plus là ; la déposer de nouveau."),
    ),
}


def message(code: str, details: dict[str, str] | None = None) -> str:
    """The French sentence for a code; the language follows the reader when there is a request."""
    return str(_CATALOGUE[code][1]) % (details or {})


def catalogue() -> dict[str, tuple[Severity, LazyString]]:
    """Every code with what it stops and its sentence (docs/exploitation/erreurs.md reads it)."""
    return dict(_CATALOGUE)


class FeedError(PreauError):
    """A delivery that cannot be taken: a stable code and a sentence for the administrator."""

    status = 422

    def __init__(self, code: str, /, file: str = "", **details: str | int) -> None:
        self.file = file
        self.details = {name: str(value) for name, value in details.items()}
        where = f"{file}\u00a0: " if file else ""
        super().__init__(f"{where}{message(code, self.details)}", code=code)

    def __str__(self) -> str:
        return f"[{self.code}] {self.message}"

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (self.code, self.file, self.details)


def _rebuild(code: str, file: str, details: dict[str, str]) -> FeedError:
    return FeedError(code, file, **details)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in one place: file, ordinal of the record in it, key when it is known."""

    code: str
    file: str = ""
    position: int = 0
    key: str = ""
    details: dict[str, str] = field(default_factory=dict)

    @property
    def severity(self) -> Severity:
        """What the problem stops."""
        return _CATALOGUE[self.code][0]

    @property
    def message(self) -> str:
        """The French sentence."""
        return message(self.code, self.details)


# A hostile file must not fill memory with distinct complaints.
_MARKS: Final = 10_000


class ProblemLog:
    """Collects problems; keeps the first `keep` of each code and file, counts all of them."""

    def __init__(self, keep: int = 500) -> None:
        self.kept: list[Problem] = []
        self.counts: dict[tuple[str, str], int] = {}
        self._keep = keep
        self._once: set[tuple[str, ...]] = set()

    def add(self, code: str, file: str = "", position: int = 0, key: str = "", **details: str | int) -> None:
        """Note one occurrence; details longer than 120 characters are cut."""
        count = self.counts.get((code, file), 0) + 1
        self.counts[(code, file)] = count
        if count <= self._keep:
            texts = {name: str(value)[:120] for name, value in details.items()}
            self.kept.append(Problem(code, file, position, key[:80], texts))

    def once(self, code: str, file: str = "", position: int = 0, key: str = "", **details: str | int) -> None:
        """Like `add`, but a code with the same details is said one time only per file."""
        mark = (code, file, *(str(value) for value in details.values()))
        if mark not in self._once and len(self._once) < _MARKS:
            self._once.add(mark)
            self.add(code, file, position, key, **details)

    @property
    def dropped_records(self) -> int:
        """How many records were left aside."""
        return sum(n for (code, _), n in self.counts.items() if _CATALOGUE[code][0] is Severity.ERROR)
