"""The end of `make test`: what passed, what failed, what could not run here and why."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from test import Stage


@dataclass(frozen=True)
class Outcome:
    """What a stage gave."""

    name: str
    title: str
    succeeded: bool | None
    seconds: float
    passed: int
    failed: int
    skipped: Counter[str]

    @classmethod
    def of(cls, stage: Stage, succeeded: bool | None, seconds: float) -> Outcome:  # noqa: FBT001 - a result
        """Count the stage's tests; a stage of tests that ran none has failed, whatever its exit code."""
        passed, failed, skipped = 0, 0, Counter[str]()
        if stage.junit().exists():
            for case in ET.parse(stage.junit()).iter("testcase"):  # noqa: S314 - pytest wrote it
                if (skip := case.find("skipped")) is not None:
                    skipped[skip.get("message", "sans raison")] += 1
                elif case.find("failure") is not None or case.find("error") is not None:
                    failed += 1
                else:
                    passed += 1
        if stage.counts_tests and succeeded and not passed:
            succeeded = False
        if succeeded is False and not failed:
            failed = 1
        if succeeded and not stage.counts_tests:
            passed = len(stage.commands)
        return cls(stage.name, stage.title, succeeded, seconds, passed, failed, skipped)


def write(outcomes: list[Outcome], absent: list[str]) -> int:
    """Print the table and the closing line; return the exit code."""
    print("\n━━ En résumé ━━")
    for one in outcomes:
        state = {True: "réussi", False: "ÉCHEC", None: "pas lancé"}[one.succeeded]
        skipped = f", {one.skipped.total()} non lancés" if one.skipped else ""
        numbers = f"{one.passed} réussis, {one.failed} en échec{skipped}"
        print(f"{one.title:<44} {state:<10} {one.seconds:6.0f} s   {numbers}")
    _write_what_cannot_run(outcomes, absent)
    failed = sum(one.failed for one in outcomes)
    print(f"\n{sum(one.passed for one in outcomes)} passed, {failed} failed")
    return 1 if failed or any(one.succeeded is False for one in outcomes) else 0


def _write_what_cannot_run(outcomes: list[Outcome], absent: list[str]) -> None:
    rows = [("paquet du système", text) for text in absent]
    rows += [(one.title, "programme absent") for one in outcomes if one.succeeded is None]
    rows += [(f"{one.title} (× {count})", why) for one in outcomes for why, count in one.skipped.items()]
    if not rows:
        print("\nTout ce que contient ce dépôt a tourné sur cette machine.")
        return
    print("\nNe peut pas tourner ici (cannot run here) : raison")
    for what, why in rows:
        print(f"  {what} : {why}")
