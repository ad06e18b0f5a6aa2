"""Engineering: requests and bugs become issues, issues become changes, changes become releases."""

from __future__ import annotations

from tapflow.business.company import Company
from tapflow.business.day import Day
from tapflow.business.engineering import issues, releases, truth, work


def found(company: Company, day: Day) -> None:
    """Teams, and a version of every service that runs already."""
    work.found_engineers(company)
    releases.found_releases(company, day)


def step(company: Company, day: Day) -> None:
    """A day of engineering."""
    issues.take_requests(company, day)
    issues.report_bugs(company, day)
    issues.plan_topics(company, day)
    # What is merged before a fix goes out, goes out with it: reviews come first.
    if issues.is_working_day(day):
        work.review(company, day)
    releases.mend(company, day)
    if issues.is_working_day(day):
        work.work(company, day)
    releases.release(company, day)
    truth.tell(company, day)


__all__ = ["found", "step"]
