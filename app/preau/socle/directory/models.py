"""The directory (annuaire ENT, SDET chapter 9): structures, persons and what ties them.

One human is one :class:`Person` with one identifier kept for life; everything a school says of that
human hangs from a :class:`Profile`. ``source`` is who feeds a row ("aaf2d", "aaf1d", "sapia",
"authority", "manual"); a feed only touches rows of its own source.
"""

from datetime import date
from typing import Any

from sqlalchemy import DDL, BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, event, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from preau.kernel.database import Created, Model, Serial, Updated
from preau.kernel.tenancy import InStructure, Oneself, Personal, through


class Structure(Model):
    """A school, academic service or authority. ``key`` is the source's join key (struct key of AAF)."""

    __tablename__ = "structure"

    id: Mapped[Serial]
    uai: Mapped[str | None] = mapped_column(unique=True)
    kind: Mapped[
        str
    ]  # ecole, college, lycee, cfa, cite_scolaire, service_academique, collectivite, remplacement
    degree: Mapped[int | None]
    name: Mapped[str]
    short_name: Mapped[str] = mapped_column(default="")
    siret: Mapped[str] = mapped_column(default="")
    source: Mapped[str] = mapped_column(default="manual")
    key: Mapped[str | None]
    contact: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default="{}")
    attributes: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default="{}")
    opened: Mapped[bool] = mapped_column(default=True, server_default="true")
    created_at: Mapped[Created]
    updated_at: Mapped[Updated]

    __table_args__ = (UniqueConstraint("source", "key"),)


class StructureLink(Model):
    """A structure within a larger one: cité scolaire, RPI, academy, authority."""

    __tablename__ = "structure_link"

    parent_id: Mapped[int] = mapped_column(ForeignKey("structure.id", ondelete="CASCADE"), primary_key=True)
    child_id: Mapped[int] = mapped_column(ForeignKey("structure.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(
        primary_key=True
    )  # cite_scolaire, rpi, academie, collectivite, circonscription


class Person(Oneself, Model):
    """One human. ``uid`` is opaque, public and invariant, also across solutions (SOC-SEC-IAU-01/02)."""

    __tablename__ = "person"
    uid: Mapped[str] = mapped_column(unique=True)
    last_name: Mapped[str]
    first_name: Mapped[str]
    birth_name: Mapped[str] = mapped_column(default="", server_default="")
    other_names: Mapped[str] = mapped_column(default="", server_default="")
    civility: Mapped[str] = mapped_column(default="", server_default="")
    birth_date: Mapped[date | None]
    mail: Mapped[str] = mapped_column(default="", server_default="")
    phones: Mapped[dict[str, str]] = mapped_column(JSONB, default=dict, server_default="{}")
    address: Mapped[dict[str, str]] = mapped_column(JSONB, default=dict, server_default="{}")
    attributes: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default="{}")
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    created_at: Mapped[Created]
    updated_at: Mapped[Updated]

    profiles: Mapped[list["Profile"]] = relationship(back_populates="person", viewonly=True)

    __table_args__ = (
        Index("ix_person_open_to", "open_to", postgresql_using="gin"),
        Index("ix_person_names", text("lower(last_name)"), text("lower(first_name)")),
        Index("ix_person_last_folded", text("preau_fold(last_name) text_pattern_ops")),
        Index("ix_person_first_folded", text("preau_fold(first_name) text_pattern_ops")),
    )

    @property
    def name(self) -> str:
        """First name and usual name, as shown to people."""
        return f"{self.first_name} {self.last_name}".strip()


# Names are looked for without accents nor case; unaccent() itself is not immutable, so no index may use it.
FOLD = """
CREATE OR REPLACE FUNCTION preau_fold(name text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN lower(public.unaccent('public.unaccent'::regdictionary, name))
"""
event.listen(Person.__table__, "before_create", DDL(FOLD))  # type: ignore[no-untyped-call]


class SourceKey(Model):
    """The key by which a source knows a person; merged duplicates keep all of theirs."""

    __tablename__ = "source_key"
    __wall__ = through("person", "person_id")

    source: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    delivery_id: Mapped[int | None] = mapped_column(BigInteger)
    hash: Mapped[str] = mapped_column(default="", server_default="")


class Profile(InStructure, Model):
    """A person in a structure under a profil applicatif, for a time."""

    __tablename__ = "profile"

    id: Mapped[Serial]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str]
    source: Mapped[str] = mapped_column(default="manual", server_default="manual")
    functions: Mapped[list[dict[str, str]]] = mapped_column(JSONB, default=list, server_default="[]")
    level: Mapped[str] = mapped_column(default="", server_default="")  # MEF or MEFSTAT4 of a pupil
    attributes: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default="{}")
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    left_on: Mapped[date | None]

    person: Mapped[Person] = relationship(back_populates="profiles")
    structure: Mapped[Structure] = relationship()

    __table_args__ = (
        UniqueConstraint("person_id", "structure_id", "kind"),
        Index(None, "structure_id", "kind"),
    )


class Role(InStructure, Model):
    """A scoped, dated and delegable role: form_teacher, delegate, functional_admin, referent and others."""

    __tablename__ = "role"

    id: Mapped[Serial]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    group_id: Mapped[int | None] = mapped_column(ForeignKey("grouping.id", ondelete="CASCADE"))
    source: Mapped[str] = mapped_column(default="manual", server_default="manual")
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    delegated_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))

    __table_args__ = (
        UniqueConstraint("person_id", "structure_id", "name", "group_id", postgresql_nulls_not_distinct=True),
    )


class Group(Personal, Model):
    """Classe, groupe d'enseignement, équipe or groupe libre; across schools when ``structure_id`` is empty."""

    __tablename__ = "grouping"

    id: Mapped[Serial]
    uid: Mapped[str] = mapped_column(unique=True)
    structure_id: Mapped[int | None] = mapped_column(
        ForeignKey("structure.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[str]  # class, teaching, team, function, free
    code: Mapped[str] = mapped_column(default="", server_default="")
    name: Mapped[str]
    description: Mapped[str] = mapped_column(default="", server_default="")
    level: Mapped[str] = mapped_column(default="", server_default="")
    source: Mapped[str] = mapped_column(default="manual", server_default="manual")
    attributes: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default="{}")
    owner_id: Mapped[int | None] = mapped_column(  # type: ignore[assignment]
        ForeignKey("person.id", ondelete="SET NULL")
    )
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    created_at: Mapped[Created]
    updated_at: Mapped[Updated]

    structure: Mapped[Structure | None] = relationship()

    __table_args__ = (
        Index(
            "uq_grouping_source_code",
            "structure_id",
            "kind",
            "code",
            unique=True,
            postgresql_where=text("code <> ''"),
        ),
        Index("ix_grouping_open_to", "open_to", postgresql_using="gin"),
    )


class Membership(Model):
    """A person in a group, as member or manager."""

    __tablename__ = "membership"
    __wall__ = through("grouping", "group_id")

    group_id: Mapped[int] = mapped_column(ForeignKey("grouping.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    role: Mapped[str] = mapped_column(default="member", server_default="member")  # member, manager, teacher
    source: Mapped[str] = mapped_column(default="manual", server_default="manual")


class Relation(Model):
    """A responsible person of a pupil. ``legal``: 1 legal representative, 2 in charge, 0 neither (AAF 4.1.1)."""

    __tablename__ = "relation"
    __wall__ = through("person", "pupil_id")

    guardian_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    pupil_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    link: Mapped[str]
    legal: Mapped[int] = mapped_column(default=0, server_default="0")
    financial: Mapped[bool] = mapped_column(default=False, server_default="false")
    contact: Mapped[bool] = mapped_column(default=False, server_default="false")
    payment: Mapped[bool] = mapped_column(default=False, server_default="false")
    lives_with: Mapped[bool] = mapped_column(default=False, server_default="false")
    source: Mapped[str] = mapped_column(default="manual", server_default="manual")

    __table_args__ = (CheckConstraint("legal BETWEEN 0 AND 2", name="legal"),)


class Subject(Model):
    """A subject of the nomenclature (ENTMatJointure, six characters)."""

    __tablename__ = "subject"

    code: Mapped[str] = mapped_column(primary_key=True)
    label: Mapped[str]
    national_code: Mapped[str] = mapped_column(default="", server_default="")


class Mef(Model):
    """A module élémentaire de formation (eleven digits)."""

    __tablename__ = "mef"

    code: Mapped[str] = mapped_column(primary_key=True)
    label: Mapped[str]
    national_code: Mapped[str] = mapped_column(default="", server_default="")
    stat_code: Mapped[str] = mapped_column(default="", server_default="")


class Teaching(InStructure, Model):
    """A teacher teaches a subject to a class or group."""

    __tablename__ = "teaching"

    id: Mapped[Serial]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("grouping.id", ondelete="CASCADE"), index=True)
    subject_code: Mapped[str] = mapped_column(default="", server_default="")
    source: Mapped[str] = mapped_column(default="manual", server_default="manual")

    __table_args__ = (UniqueConstraint("person_id", "group_id", "subject_code"),)
