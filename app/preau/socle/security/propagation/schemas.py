"""What the form of a partner may hold."""

from datetime import date
from typing import Literal

from flask_babel import gettext as _
from pydantic import BaseModel, Field, field_validator, model_validator

from preau.kernel.identity import AuthenticationLevel
from preau.socle.security.propagation.addresses import parts_of
from preau.socle.security.propagation.attributes import ATTRIBUTES
from preau.socle.security.propagation.categories import CATEGORIES, OPAQUE, PERSONAL

MOST_ADDRESSES = 20


class Release(BaseModel):
    """One attribute that leaves, under the name the partner knows, and why it needs it."""

    name: str
    sent_as: str = Field("", max_length=80, pattern=r"^([A-Za-z_][A-Za-z0-9_.-]*)?$")
    reason: str = Field("", max_length=300)


class PartnerIn(BaseModel):
    """A partner as the form sends it."""

    name: str = Field(min_length=1, max_length=80)
    description: str = Field("", max_length=500)
    owner: str = Field(min_length=1, max_length=200)
    agreement: str = Field("", max_length=500)
    category: int = Field(ge=min(CATEGORIES), le=max(CATEGORIES))
    landing: str = Field(min_length=1, max_length=2000)
    addresses: list[str] = Field(default_factory=list, max_length=MOST_ADDRESSES)
    identifier: Literal["opaque", "uid", "login", "mail"] = "opaque"
    released: list[Release] = Field(default_factory=list)
    layout: Literal["cas3", "cas2", "flat"] = "cas3"
    level: AuthenticationLevel = AuthenticationLevel.PICTURE
    may_proxy: bool = False
    starts_on: date | None = None
    ends_on: date | None = None
    suspended: bool = False

    @field_validator("landing")
    @classmethod
    def _plain(cls, value: str) -> str:
        if parts_of(value) is None:
            raise ValueError(_("Écrivez une adresse complète, par exemple https://service.exemple.fr/."))
        return value

    @field_validator("addresses")
    @classmethod
    def _all_plain(cls, values: list[str]) -> list[str]:
        for value in values:
            if parts_of(value) is None or "?" in value:
                raise ValueError(_("« %(address)s » n’est pas un début d’adresse complet.", address=value))
        return values

    @model_validator(mode="after")
    def _within_category(self) -> "PartnerIn":
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            raise ValueError(_("La fin vient avant le début."))
        too_much = [
            str(ATTRIBUTES[release.name].label)
            for release in self.released
            if ATTRIBUTES[release.name].least > self.category
        ]
        if too_much:
            raise ValueError(
                _(
                    "La catégorie choisie ne permet pas de transmettre : %(what)s.",
                    what=", ".join(too_much),
                )
            )
        if self.identifier != "opaque" and self.category < PERSONAL:
            raise ValueError(
                _("Sans convention (catégorie 5), seul l’identifiant opaque peut être transmis.")
            )
        if self.category >= OPAQUE and not self.agreement:
            raise ValueError(_("Dès la catégorie 3, dites quelle convention encadre l’échange."))
        unexplained = [
            str(ATTRIBUTES[release.name].label) for release in self.released if not release.reason.strip()
        ]
        if unexplained:
            raise ValueError(
                _("Dites pourquoi le service a besoin de : %(what)s.", what=", ".join(unexplained))
            )
        return self
