"""What is looked for in the white pages, and what is found."""

from dataclasses import dataclass, field

from pydantic import BaseModel, Field

from preau.socle.directory.names import LONGEST
from preau.socle.directory.words import PROFILE_LABELS

PER_PAGE = 30
# Beyond, the number of results says nothing more to a reader, and counting costs; least of all for a name
# alone, which the reader completes rather than turn ten pages.
COUNTED = 1000
NAMED = 300


class Criteria(BaseModel):
    """What is looked for. Empty fields do not narrow."""

    q: str = Field(default="", max_length=LONGEST)
    ecole: int | None = None
    profil: str = Field(default="", max_length=20)
    classe: str = Field(default="", max_length=40)
    matiere: str = Field(default="", max_length=40)

    @property
    def empty(self) -> bool:
        """Whether nothing narrows."""
        return self == Criteria()

    @property
    def only_a_name(self) -> bool:
        """Whether nothing but a name is asked for, wherever it is."""
        return self == Criteria(q=self.q)


@dataclass(slots=True)
class Card:
    """A person in the white pages, with what the reader may see of them and nothing else.

    ``photo`` is the hash of a stored picture.
    """

    profile_id: int
    uid: str
    first_name: str
    last_name: str
    kind: str
    structure_id: int
    structure: str
    function: str = ""
    mail: str = ""
    phone: str = ""
    website: str = ""
    about: str = ""
    photo: str = ""
    seen: frozenset[str] = frozenset()
    related: list[tuple[str, str, int | None]] = field(default_factory=list)

    @property
    def name(self) -> str:
        """First name and last name."""
        return f"{self.first_name} {self.last_name}"

    @property
    def profile(self) -> str:
        """The profile in French."""
        return str(PROFILE_LABELS[self.kind])


@dataclass(frozen=True, slots=True)
class Found:
    """A page of the list. ``total`` stops counting at ``most``."""

    cards: list[Card]
    total: int
    number: int
    most: int = COUNTED

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.total // PER_PAGE))
