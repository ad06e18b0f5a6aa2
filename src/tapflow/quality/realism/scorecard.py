"""Measuring companies and judging them: the scorecard."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from tapflow.core.errors import CheckFailed
from tapflow.quality.realism.arrows import ARROWS
from tapflow.quality.realism.statistic import Arrow, Found, Measured, Pool, Statistic
from tapflow.quality.realism.statistics import customers, devices, marketing, product, sales, support
from tapflow.quality.realism.views import DIGESTS, VIEWS
from tapflow.warehouse.engine import Connection

STATISTICS: tuple[Statistic, ...] = tuple(
    statistic for module in (customers, sales, marketing, product, support, devices) for statistic in module.STATISTICS
)
_FACT = re.compile(r"\bfacts\.[a-z_]+")
_LOG = re.compile(r"\blog\.([a-z0-9_]+?)__([a-z0-9_]+)")


@dataclass(frozen=True)
class Scorecard:
    """All rows, over the companies that were pooled."""

    companies: int
    statistics: tuple[Measured, ...]
    arrows: tuple[Found, ...]

    @property
    def passed(self) -> bool:
        """Every judged statistic in band and every arrow found."""
        return all(m.passed for m in self.statistics) and all(f.passed for f in self.arrows)

    def require(self) -> None:
        """Raise CheckFailed naming what is out of band or not found."""
        wrong = [m.statistic.name for m in self.statistics if not m.passed]
        wrong += [f.arrow.name for f in self.arrows if not f.passed]
        if wrong:
            raise CheckFailed(
                f"{len(wrong)} rows of the scorecard fail: {', '.join(wrong)}.",
                "See docs/realism.md for what moves each row.",
            )


def needed_logs(statistics: Iterable[Statistic] = STATISTICS, arrows: Iterable[Arrow] = ARROWS) -> list[str]:
    """The logs ("system/object") that the rows read, through the views and the digested streams."""
    texts = [*(s.sql for s in statistics), *(a.sql for a in arrows)]
    for view in reversed(VIEWS):  # a view reads only those before it
        if any(_made(view) in _FACT.findall(text) for text in texts):
            texts.append(view)
    facts = {fact for text in texts for fact in _FACT.findall(text)}
    found = {f"{system}/{name}" for text in texts for system, name in _LOG.findall(text)}
    return sorted(found | {log for log, table, _ in DIGESTS if table in facts} | {"app/accounts"})


def _made(view: str) -> str:
    return _FACT.findall(view)[0]


def begin(connection: Connection) -> None:
    """Make the schemas that a company's logs and what is told from them lie in."""
    for schema in ("log", "span", "facts"):
        connection.execute(f"create schema {schema}")


def digest(connection: Connection, log: str) -> None:
    """Take what lies in schema `span` of a stream's log into the facts made from it."""
    for stream, table, sql in DIGESTS:
        if stream == log:
            connection.execute(f"create table if not exists {table} as {sql} limit 0")
            connection.execute(f"insert into {table} {sql}")


def measure(
    connection: Connection,
    pool: Pool,
    statistics: Iterable[Statistic] = STATISTICS,
    arrows: Iterable[Arrow] = ARROWS,
    follow: Callable[[str], None] = lambda _: None,
) -> None:
    """Add one company to the pool: its logs lie in the connection's schema `log`."""
    for view in VIEWS:
        connection.execute(view)
    for statistic in statistics:
        pool.add(statistic.name, _rows(connection, statistic.sql), statistic.of_median)
        follow(statistic.name)
    for arrow in arrows:
        pool.add_arrow(arrow.name, _rows(connection, arrow.sql))
        follow(arrow.name)


def judged(
    pool: Pool,
    companies: int,
    statistics: Iterable[Statistic] = STATISTICS,
    arrows: Iterable[Arrow] = ARROWS,
) -> Scorecard:
    """What the pooled companies add up to."""
    return Scorecard(companies, tuple(pool.measure(s) for s in statistics), tuple(pool.find(a) for a in arrows))


def _rows(connection: Connection, sql: str) -> list[tuple[Any, ...]]:
    return connection.execute(sql).fetchall()
