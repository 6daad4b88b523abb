"""What the pages of accounts receive."""

import re
from datetime import date

from flask_babel import gettext as _
from pydantic import BaseModel, Field, field_validator

from preau.kernel.identity import ProfileKind

MAIL = re.compile(r"[^@\s<>\"',;]{1,64}@[^@\s<>\"',;]+\.[^@\s<>\"',;.]{2,}")
LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{2,60}")


class AccountFilter(BaseModel):
    """What is looked for."""

    q: str = Field("", max_length=100)
    structure: int | None = None
    group: int | None = None
    profile: str = Field("", max_length=20)
    state: str = Field("", max_length=20)


class AccountChange(BaseModel):
    """The identity of an account."""

    login: str = Field(max_length=60)
    first_name: str = Field(min_length=1, max_length=80)
    last_name: str = Field(min_length=1, max_length=80)
    mail: str = Field("", max_length=200)

    @field_validator("login")
    @classmethod
    def _login(cls, value: str) -> str:
        value = value.lower()
        if not LOGIN.fullmatch(value):
            raise ValueError(_("Trois lettres au moins : lettres sans accent, chiffres, points et tirets."))
        return value

    @field_validator("mail")
    @classmethod
    def _mail(cls, value: str) -> str:
        if value and not MAIL.fullmatch(value):
            raise ValueError(_("Écrivez une adresse électronique, par exemple prenom@exemple.fr."))
        return value


class PurgeDate(BaseModel):
    """The day an account's data is erased; the usual delay without one."""

    purge_on: date | None = None


# Heads, academies and authorities come from the directory's sources: nobody makes one on a form.
NEW_KINDS = (
    ProfileKind.EXTERNAL,
    ProfileKind.STAFF,
    ProfileKind.TEACHER,
    ProfileKind.GUARDIAN,
    ProfileKind.PUPIL,
)


class NewAccount(BaseModel):
    """A person that no feed knows."""

    structure: int
    profile: ProfileKind
    first_name: str = Field(min_length=1, max_length=80)
    last_name: str = Field(min_length=1, max_length=80)
    mail: str = Field("", max_length=200)
    ends_on: date | None = None

    @field_validator("profile")
    @classmethod
    def _profile(cls, value: ProfileKind) -> ProfileKind:
        if value not in NEW_KINDS:
            raise ValueError(_("Ce profil ne se crée pas ici : il vient de l’annuaire."))
        return value

    @field_validator("mail")
    @classmethod
    def _mail(cls, value: str) -> str:
        if value and not MAIL.fullmatch(value):
            raise ValueError(_("Écrivez une adresse électronique, par exemple prenom@exemple.fr."))
        return value
