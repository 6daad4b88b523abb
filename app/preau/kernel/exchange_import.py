"""Importing an archive: all of it or nothing, under one of three policies, after a dry run if one likes.

*refuse* stops at the first kind that has data already; *replace* writes the archive's objects over those
of the same key and removes the others of the same scope; *merge* arbitrates field by field and removes
nothing. SOC-INT-IED-14, -15, -16, -21, -22.
"""

from collections.abc import Callable, Collection
from pathlib import Path
from typing import IO, Any

from flask_babel import gettext as _
from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm.attributes import flag_modified

from preau.kernel import journal
from preau.kernel.database import db
from preau.kernel.errors import Invalid, PreauError
from preau.kernel.exchange import POLICIES, Exchangeable, Imported, Item
from preau.kernel.exchange_archive import Archive
from preau.kernel.exchange_context import Context, Scope
from preau.kernel.exchange_lines import items_of, standing
from preau.kernel.exchange_manifest import Line, Part, formats
from preau.kernel.exchange_merge import merged
from preau.kernel.exchange_reading import failure, imported, key_of, same, upgraded
from preau.kernel.exchange_report import PartReport, Report, refusal
from preau.kernel.identity import Identity
from preau.kernel.transaction import atomic

MOST_REPORTED = 50
BATCH = 500


class _DryRun(Exception):
    pass


def import_archive(
    identity: Identity,
    scope: Scope,
    source: Path | IO[bytes],
    *,
    policy: str = "merge",
    only: Collection[str] | None = None,
    dry_run: bool = False,
    progress: Callable[[int], None] = lambda _done: None,
) -> Report:
    """Import what the archive holds of the formats named by ``only`` (all without it); one transaction.

    Raises :class:`Invalid` for an archive that is refused, for a policy of refusal that meets existing
    data, and for an object that cannot be written: nothing has changed then.
    """
    if policy not in POLICIES:
        raise Invalid(_("Politique inconnue : %(policy)s.", policy=policy))
    with Archive(source) as archive:
        archive.verify()
        report = Report(
            policy, dry_run, archive.manifest.instance.name, archive.manifest.exported_at.isoformat()
        )
        report.unsupported = [f"{part.title} ({part.name}-v{part.version})" for part in archive.unsupported()]
        run = _Run(Context(identity, scope, policy, opener=archive.open), archive, report, progress)
        with standing(identity, scope):
            try:
                with atomic():
                    run.all(only)
                    if report.conflicts and not dry_run:
                        raise Invalid(refusal(report), code="PRE-ECH-020")
                    if dry_run:
                        raise _DryRun
                    journal.record(
                        identity, "exchange.import", kind="archive", key=archive.manifest.export_id,
                        structure_id=scope.structure_id, policy=policy, objects=run.done,
                    )  # fmt: skip
            except _DryRun:
                pass
    return report


class _Run:
    """One import under way."""

    def __init__(
        self, context: Context, archive: Archive, report: Report, progress: Callable[[int], None]
    ) -> None:
        self.context = context
        self.archive = archive
        self.report = report
        self.progress = progress
        self.done = 0

    def all(self, only: Collection[str] | None) -> None:
        unsupported = {part.name for part in self.archive.unsupported()}
        parts = {part.name: part for part in self.archive.manifest.parts if part.name not in unsupported}
        for _service, each in formats():
            if each.name in parts and (only is None or each.name in only):
                if self.context.scope.kind in each.scopes and (
                    self.context.unrestricted or not each.project_only
                ):
                    self.part(each, parts[each.name])
                else:
                    self.report.notes.append(_("« %(label)s » ne s’importe pas ici.", label=each.label))
        self.report.notes += self.context.notes
        self.report.absent = sorted(self.context.refs.absent)

    def part(self, each: Exchangeable, part: Part) -> None:
        counts = PartReport(each.name, str(each.label))
        self.report.parts.append(counts)
        there: dict[str, Item] = {}
        if self.context.policy != "refuse":
            there = {item.key: item for item in items_of(self.context.identity, each, self.context.scope)}
        kept: set[str] = set()
        later: list[tuple[Any, Imported]] = []
        for number, line in self.archive.lines(part):
            try:
                obj, item = self.object(each, part, line, there, counts)
            except (
                PreauError,
                SQLAlchemyError,
                ValidationError,
                LookupError,
                ValueError,
                TypeError,
            ) as error:
                raise failure(each, number, line, error) from error
            kept |= {line.key, key_of(obj or item.existing)}
            if obj is not None:
                later.append((obj, item))
            self.done += 1
            self.progress(self.done)
            if len(later) >= BATCH and each.link is None:
                self.settle(each, later)
                later = []
        self.settle(each, later)
        if self.context.policy == "replace":
            self.remove_others(each, there, kept, counts)

    def object(
        self, each: Exchangeable, part: Part, line: Line, there: dict[str, Item], counts: PartReport
    ) -> tuple[Any, Imported]:
        context = self.context
        item = imported(line, each.schema.model_validate(upgraded(each, part.version, line.data)))
        if (owner := getattr(item.data, "owner", None)) and context.owner(owner) is None:
            counts.skipped += 1
            return None, item
        find = each.find or (lambda _identity, item, context: context.existing(each.model, item))
        item.existing = find(context.identity, item, context)
        if item.existing is not None:
            if context.policy == "refuse":
                counts.conflicts += 1
                if len(self.report.conflicts) < MOST_REPORTED:
                    self.report.conflicts.append(f"{each.label}{_(' :')} {line.title or line.key}")
                return None, item
            mine = there.get(line.key) or there.get(key_of(item.existing))
            if context.policy == "merge" and mine is not None:
                self.merge(each, mine, line, item)
            if mine is not None and same(mine, item):
                counts.unchanged += 1
                return None, item
        outcome = (
            "created" if item.existing is None else "merged" if context.policy == "merge" else "replaced"
        )
        obj = each.import_(context.identity, item, context)
        if obj is None:
            counts.skipped += 1
            return None, item
        db.session.flush()
        setattr(counts, outcome, getattr(counts, outcome) + 1)
        return obj, item

    def merge(self, each: Exchangeable, mine: Item, line: Line, item: Imported) -> None:
        data = item.data.model_dump(mode="json", by_alias=True)
        item.data = each.schema.model_validate(merged(each.merge, mine, line, data))
        item.created_at = min(filter(None, [mine.created_at, item.created_at]), default=None)
        item.updated_at = max(filter(None, [mine.updated_at, item.updated_at]), default=None)

    def settle(self, each: Exchangeable, later: list[tuple[Any, Imported]]) -> None:
        """Second pass: links between objects of the kind, then the dates that the archive says."""
        for obj, item in later:
            if each.link is not None:
                item.existing = obj
                each.link(self.context.identity, item, self.context)
        db.session.flush()
        for obj, item in later:
            for name in ("created_at", "updated_at"):
                value = getattr(item, name)
                if value is not None and name in type(obj).__mapper__.column_attrs:
                    setattr(obj, name, value)
                    # Without it, a date equal to the present one would be renewed by the column's onupdate.
                    flag_modified(obj, name)
        db.session.flush()

    def remove_others(
        self, each: Exchangeable, there: dict[str, Item], kept: set[str], counts: PartReport
    ) -> None:
        for key in there.keys() - kept:
            item = Imported(key=key, data=there[key].data)
            find = each.find or (lambda _identity, item, context: context.existing(each.model, item))
            obj = find(self.context.identity, item, self.context)
            if obj is None or each.remove is keep:
                continue
            if each.remove is not None:
                each.remove(self.context.identity, obj)
            else:
                db.session.delete(obj)
            counts.removed += 1
        db.session.flush()


def keep(identity: Identity, obj: Any) -> None:
    """``remove=keep``: a replacing import leaves out nothing of this kind (people are never deleted by one)."""
    del identity, obj
