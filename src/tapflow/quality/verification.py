"""The verification of a home: its current version against its ledger, whole or in part."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from tapflow.core.clock import stopwatch
from tapflow.core.errors import AskedWrongly, UnknownName
from tapflow.quality.asking import Span
from tapflow.quality.figure import Figure, ledger_tables, matchings, registry
from tapflow.quality.truth import truth_database
from tapflow.quality.verify import Matched, Outcome, measure, plain, require_agreement, verify
from tapflow.warehouse.engine import Limits
from tapflow.warehouse.reader import reading
from tapflow.warehouse.version import Versions


@dataclass(frozen=True)
class Wanted:
    """What to verify: everything by default. `figures` are names; `by` a dimension."""

    figures: Sequence[str] = ()
    begin: date | None = None
    end: date | None = None
    by: str | None = None


@dataclass(frozen=True)
class Verification:
    """What came out, and of which version and days."""

    version: str
    span: Span
    outcomes: list[Outcome]
    matched: list[Matched]
    seconds: float

    @property
    def figures(self) -> Mapping[str, list[Outcome]]:
        """The outcomes of each figure, by its name."""
        found: dict[str, list[Outcome]] = {}
        for outcome in self.outcomes:
            found.setdefault(outcome.figure.name, []).append(outcome)
        return found

    @property
    def empty(self) -> list[str]:
        """The figures of which there was nothing to compare: neither side tells anything but zero."""
        return [name for name, outcomes in self.figures.items() if all(o.empty for o in outcomes)]

    @property
    def agreeing(self) -> list[str]:
        """The figures that agree with the truth in all that was compared; empty ones are not among them."""
        return [n for n, outcomes in self.figures.items() if all(o.passed for o in outcomes) and n not in self.empty]

    @property
    def passed(self) -> bool:
        """Whether everything agrees with the truth, or differs by what is explained."""
        return all(o.passed for o in self.outcomes) and all(m.passed for m in self.matched)

    def require(self) -> None:
        """Raise CheckFailed naming the worst differences, unless all passed."""
        require_agreement(self.outcomes, self.matched)

    def document(self) -> dict[str, Any]:
        """The whole as JSON values (docs/json/verify.schema.json)."""
        return {
            "version": self.version,
            "from": self.span.begin.isoformat(),
            "to": self.span.end.isoformat(),
            "passed": self.passed,
            "agreeing": len(self.agreeing),
            "empty": self.empty,
            "seconds": round(self.seconds, 3),
            "figures": [_outcome(o) for o in self.outcomes],
            "matchings": [_matched(m) for m in self.matched],
        }


def verify_home(
    home: Path, limits: Limits, wanted: Wanted = Wanted(), progress: Callable[[str], None] = lambda name: None
) -> Verification:
    """Verify the current version of a home. Raises AskedWrongly and UnknownName; differences are in the answer."""
    began = stopwatch()
    figures = chosen(wanted)
    versions = Versions(home / "warehouse")
    version = versions.current()
    span = _span(wanted, date.fromisoformat(version.first_day), date.fromisoformat(version.data_through_day))
    identities = () if wanted.figures or wanted.by else matchings()
    ledger = truth_database(home, limits, ledger_tables([*figures, *identities]))
    with reading(versions, limits, version.id, {"truth": ledger}, [home / "truth"]) as reader:
        outcomes = verify(reader, figures, span, wanted.by, progress)
        matched = measure(reader, identities)
    return Verification(version.id, span, outcomes, matched, stopwatch() - began)


def chosen(wanted: Wanted) -> list[Figure]:
    """The figures asked for; those that have the dimension, when one is asked."""
    known = registry()
    for name in wanted.figures:
        if name not in known:
            raise UnknownName("figure", name, known)
    found = [f for f in known.values() if not wanted.figures or f.name in wanted.figures]
    if wanted.by is None:
        return found
    fitting = [f for f in found if wanted.by in f.dims]
    if not fitting:
        raise UnknownName("dimension", wanted.by, {d for f in found for d in f.dims})
    return fitting


def _span(wanted: Wanted, first: date, last: date) -> Span:
    span = Span(max(wanted.begin or first, first), min(wanted.end or last, last))
    if span.begin > span.end:
        raise AskedWrongly(f"No published day lies there: days run from {first} to {last}.", "Give other dates.")
    return span


def _outcome(outcome: Outcome) -> Mapping[str, Any]:
    figure, gap = outcome.figure, outcome.worst
    worst = None
    if gap is not None:
        worst = {
            "period": gap.period.isoformat(),
            "dim": gap.dim,
            "published": plain(gap.published),
            "truth": plain(gap.truth),
            "explained": plain(gap.explained),
        }
    return {
        "name": figure.name,
        "title": figure.title,
        "domain": figure.domain,
        "unit": figure.unit,
        "kind": figure.kind,
        "grain": outcome.grain,
        "by": outcome.dimension,
        "passed": outcome.passed,
        "empty": outcome.empty,
        "compared": outcome.compared,
        "differing": outcome.differing,
        "explained": outcome.explained,
        "worst": worst,
        "error": outcome.error,
    }


def _matched(matched: Matched) -> Mapping[str, Any]:
    return {
        "name": matched.matching.name,
        "title": matched.matching.title,
        "found": matched.found,
        "true": matched.true,
        "right": matched.right,
        "precision": matched.precision,
        "recall": matched.recall,
        "least": matched.matching.least,
        "passed": matched.passed,
        "error": matched.error,
    }
