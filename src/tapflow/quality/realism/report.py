"""The scorecard for people and for programs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tapflow.quality.realism.scorecard import Scorecard
from tapflow.quality.realism.statistic import Found, Measured


@dataclass(frozen=True)
class Shown:
    """A statistic in words."""

    title: str
    value: str
    band: str
    events: str


def shown(measured: Measured) -> Shown:
    """A statistic's row: shares in percent, everything else with its unit's natural digits."""
    statistic = measured.statistic
    is_share = statistic.unit.startswith("of ") and statistic.high <= 1.5
    spell = _percent if is_share else _plain
    value = "" if measured.value is None else spell(measured.value)
    return Shown(statistic.title, value, f"{spell(statistic.low)} to {spell(statistic.high)}", f"{measured.events:,}")


def _percent(value: float) -> str:
    return f"{100 * value:.1f} %"


def _plain(value: float) -> str:
    return f"{value:.2f}"


def document(card: Scorecard) -> dict[str, Any]:
    """The scorecard as JSON, as docs/json/realism.schema.json tells."""
    return {
        "passed": card.passed,
        "companies": card.companies,
        "statistics": [_statistic(m) for m in card.statistics],
        "causes": [_cause(f) for f in card.arrows],
    }


def _statistic(measured: Measured) -> dict[str, Any]:
    statistic = measured.statistic
    return {
        "name": statistic.name,
        "title": statistic.title,
        "unit": statistic.unit,
        "value": measured.value,
        "low": statistic.low,
        "high": statistic.high,
        "events": measured.events,
        "judged": measured.judged,
        "passed": measured.passed,
        "source": statistic.source,
    }


def _cause(found: Found) -> dict[str, Any]:
    known = found.ratio is not None
    return {
        "name": found.arrow.name,
        "title": found.arrow.title,
        "ratio": found.ratio,
        "low": found.low if known else None,
        "high": found.high if known else None,
        "power": found.power,
        "events_exposed": found.events[0],
        "events_rest": found.events[1],
        "passed": found.passed,
    }
