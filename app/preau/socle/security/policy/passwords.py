"""What a password must be, for whom: length and variety by tier, never a known one, never one's own name.

No expiry, any character, 64 characters and more allowed (ASVS 6.2.5, 6.2.9, 6.2.10, CNIL 2022).
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from flask_babel import gettext as _
from flask_babel import ngettext

from preau.kernel import preferences
from preau.kernel.identity import Identity, ProfileKind

LONGEST = 256
# zxcvbn looks at what a person could remember; beyond this length a password is strong anyway.
STRENGTH_LENGTH = 72
CONTEXT = (
    "preau",
    "ent",
    "ecole",
    "college",
    "lycee",
    "academie",
    "professeur",
    "eleve",
    "parent",
    "maitresse",
)
TRUSTED = frozenset({ProfileKind.HEAD, ProfileKind.ACADEMIC, ProfileKind.AUTHORITY})


@dataclass(frozen=True, slots=True)
class PasswordPolicy:
    """The rule for one person."""

    tier: str
    length: int
    variety: int
    strength: int

    def sentences(self) -> list[str]:
        """The rule in words, before anything is typed."""
        said = [ngettext("%(num)s caractère au moins", "%(num)s caractères au moins", self.length)]
        if self.variety > 1:
            said.append(
                _(
                    "%(count)s sortes de signes au moins, parmi : minuscules, majuscules, chiffres, autres signes",
                    count=self.variety,
                )
            )
        said.append(_("ni votre nom, ni un mot de passe que tout le monde utilise"))
        return said


def tier_of(identity: Identity) -> str:
    """The most demanding tier of a person's profiles and roles."""
    if identity.everywhere or TRUSTED & identity.kinds or identity.structures_with("security.accounts"):
        return "trusted"
    if identity.kinds - {ProfileKind.PUPIL}:
        return "adult"
    return "young" if identity.face in ("maternelle", "elementaire") else "pupil"


def policy_of(identity: Identity) -> PasswordPolicy:
    """The rule that holds for a person, from the settings of the project and of the school."""
    tier = tier_of(identity)
    names = [f"security.password_{part}_{tier}" for part in ("length", "variety", "strength")]
    values = preferences.resolve(names, identity)
    return PasswordPolicy(tier, *(values[name] for name in names))


def faults(policy: PasswordPolicy, password: str, words: Iterable[str] = ()) -> list[str]:
    """What is wrong with a password, in words that help; nothing when it is good. ``words``: names, login."""
    if len(password) > LONGEST:
        return [_("Raccourcissez : %(count)s caractères au plus.", count=LONGEST)]
    found = []
    if len(password) < policy.length:
        found.append(_("Allongez-le : il faut au moins %(count)s caractères.", count=policy.length))
    if len(password) < 2 * policy.length and variety(password) < policy.variety:
        found.append(
            _(
                "Mélangez au moins %(count)s sortes de signes, par exemple des lettres et un chiffre.",
                count=policy.variety,
            )
        )
    plain = fold(password)
    if any(len(word) > 2 and fold(word) in plain for word in words):  # noqa: PLR2004
        found.append(_("N’y mettez ni votre nom ni votre identifiant."))
    if (
        plain in common()
        or plain.rstrip("0123456789!?.") in common()
        or score(password, words) < policy.strength
    ):
        found.append(_("Il est trop facile à deviner. Assemblez par exemple trois mots et un nombre."))
    return found


def variety(password: str) -> int:
    """How many kinds of characters it mixes, out of four."""
    kinds = (str.islower, str.isupper, str.isdigit, lambda c: not c.isalnum())
    return sum(any(kind(character) for character in password) for kind in kinds)


def fold(text: str) -> str:
    """Lower case without accents nor separators."""
    decomposed = unicodedata.normalize("NFKD", text.lower())
    return "".join(c for c in decomposed if c.isalnum())


@lru_cache(maxsize=1)
def common() -> frozenset[str]:
    """Passwords everybody knows: the thirty thousand of zxcvbn's breaches, ours in French, and our context."""
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    french = (Path(__file__).parent / "french.txt").read_text().split()
    return frozenset({*FREQUENCY_LISTS["passwords"], *french, *CONTEXT})


def score(password: str, words: Iterable[str] = ()) -> int:
    """Resistance to guessing, 0 to 4."""
    from zxcvbn import zxcvbn

    result = zxcvbn(password[:STRENGTH_LENGTH], user_inputs=[*words, *CONTEXT])
    return int(result["score"])
