"""The one place where SQL of a person is judged, run and logged, whatever the surface it came by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from tapflow.access.audit import Access, AuditLog, Outcome
from tapflow.access.decision import Decision
from tapflow.access.guard import Guarded, guarded
from tapflow.access.guard.second_reading import require_same
from tapflow.access.policy import Scope
from tapflow.core.clock import stopwatch
from tapflow.core.errors import AskedWrongly, LimitReached, TapflowError, UnknownName


class Rows(Protocol):
    """An answer, as far as the gate must know it."""

    @property
    def rows(self) -> Sequence[Any]:
        """Its rows."""


A = TypeVar("A", bound=Rows)
A_co = TypeVar("A_co", bound=Rows, covariant=True)


class Engine(Protocol[A_co]):
    """What runs a query that was judged. The warehouse's reader is one."""

    def tree(self, sql: str) -> Mapping[str, Any]:
        """How the engine itself reads a query."""

    def run(self, sql: str, seconds: float, rows: int) -> A_co:
        """Run it, within limits."""


@dataclass(frozen=True)
class Asker:
    """Who asks, on whose behalf, by which door and from where.

    `by` is who is really there when somebody asks as another.
    """

    decision: Decision
    surface: str
    place: str
    by: str = ""


class Gate(Generic[A]):
    """Judges a person's SQL, runs it on an engine, and logs it: answered, refused or failed."""

    def __init__(self, engine: Engine[A], log: AuditLog | None) -> None:
        self._engine, self._log = engine, log

    def sql(self, asker: Asker, text: str) -> A:
        """The answer to a query. Raises what the guard or the engine raise; no message tells of what is kept back."""
        began = stopwatch()
        judged: Guarded | None = None
        try:
            asker.decision.may(Scope.SQL).require()
            judged = guarded(text, asker.decision)
            answer = self._run(judged, asker.decision)
        except TapflowError as error:
            outcome = Outcome.REFUSED if judged is None else Outcome.FAILED
            self._note(asker, text, judged, outcome, stopwatch() - began, said=type(error).__name__)
            raise
        self._note(asker, text, judged, Outcome.ANSWERED, stopwatch() - began, rows=len(answer.rows))
        return answer

    def _run(self, judged: Guarded, decision: Decision) -> A:
        limits = decision.limits
        try:
            require_same(self._engine.tree(judged.sql), judged.reads)
            return self._engine.run(judged.sql, limits.seconds, limits.rows)
        except TapflowError as error:
            if not judged.is_restricted:
                raise
            # Without the cause: a traceback would print what the message leaves out.
            raise _quiet(error, judged) from None

    def _note(
        self, asker: Asker, text: str, judged: Guarded | None, outcome: Outcome, seconds: float, rows: int = 0,
        said: str = "",
    ) -> None:  # fmt: skip
        if self._log is None:
            return
        self._log.append(
            Access(
                who=asker.decision.person, by=asker.by or asker.decision.person, surface=asker.surface,
                place=asker.place, what="sql", asked=text, outcome=outcome, said=said, rows=rows,
                seconds=round(seconds, 4), tables=judged.tables if judged else (),
                applied=judged.applied if judged else (), policy=asker.decision.policy,
                version=asker.decision.version,
            )
        )  # fmt: skip


def _quiet(error: TapflowError, judged: Guarded) -> TapflowError:
    """An error that tells nothing of values, nor of the query as it was rewritten."""
    if isinstance(error, LimitReached):
        return error
    if isinstance(error, UnknownName) and error.kind == "column":
        return UnknownName("column", error.name, {c.name for rule in judged.rules for c in rule.columns})
    hidden = ", ".join(rule.table for rule in judged.rules if rule.is_restricted)
    return AskedWrongly(
        f"The query failed; what the engine said is kept back, as a policy narrows {hidden}.",
        "Check the types of its columns (use TRY_CAST where a text may not be a number), its GROUP BY and its names.",
    )
