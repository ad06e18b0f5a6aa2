"""Experiments: who is shown which variant, and who reaches the goal because of it or anyway."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tapflow.business.company import Company
from tapflow.business.customers.state import NEVER
from tapflow.business.day import Day
from tapflow.business.product.people import is_test
from tapflow.business.product.state import Product

Rows = NDArray[np.int64]
VARIANTS = ("control", "treatment")


def variant_bits(company: Company, people: Rows) -> Rows:
    """Bit an experiment: the person is assigned to its treatment, for ever."""
    bits = np.zeros(len(people), dtype=np.int64)
    for row, experiment in enumerate(company.scenario.product.experiments):
        treated = company.lasting().uniform(f"product/variant/{experiment.key}", people) < 0.5
        bits |= treated.astype(np.int64) << row
    return bits


def exposures(company: Company, day: Day, people: Rows) -> Rows:
    """Bit an experiment: these active people are shown its variant today for the first time."""
    memory, bits = company.part(Product), np.zeros(len(people), dtype=np.int64)
    inside = (company.users.account[people] >= 0) & ~is_test(company, people)
    for row, experiment in enumerate(company.scenario.product.experiments):
        since = day.number - company.first_day - experiment.begin_day
        if not 0 <= since < experiment.days:
            continue
        part = company.lasting().uniform(f"product/rollout/{experiment.key}", people) < experiment.rollout
        new = ((memory.people.exposed[people] >> row) & 1) == 0
        bits |= (inside & part & new).astype(np.int64) << row
    return bits


def goals(company: Company, day: Day, people: Rows) -> Rows:
    """Bit an experiment: these active people reach its goal today."""
    due = company.part(Product).goal_due[people]
    bits = np.zeros(len(people), dtype=np.int64)
    for row in range(due.shape[1]):
        bits |= ((due[:, row] != NEVER) & (due[:, row] <= day.number)).astype(np.int64) << row
    return bits


def expose(
    company: Company, day: Day, row: int, people: Rows, at: Rows, arrives: Rows, treated: NDArray[np.bool_]
) -> None:
    """People saw the variant: the dice of the goal are thrown, with the variant's true rate."""
    experiment, memory = company.scenario.product.experiments[row], company.part(Product)
    memory.people.exposed[people] |= np.int64(1 << row)
    rate = np.where(treated, experiment.treatment_rate, experiment.control_rate)
    converts = day.chance.happens(f"product/goal/{experiment.key}", people, rate)
    wait = 1 + day.chance.exponential(f"product/goal_wait/{experiment.key}", people, experiment.delay_days)
    memory.goal_due[people, row] = np.where(converts, day.number + wait.astype(np.int64), NEVER)
    _tell(company, day, row, people, at, arrives, treated, "exposure")


def reach(company: Company, day: Day, row: int, people: Rows, at: Rows, arrives: Rows) -> None:
    """People did what the experiment hoped for."""
    company.part(Product).goal_due[people, row] = NEVER
    treated = (variant_bits(company, people) >> row) & 1 == 1
    _tell(company, day, row, people, at, arrives, treated, "conversion")


def forget_late(company: Company, day: Day) -> None:
    """Goals not reached within the experiment's window are never reached."""
    memory = company.part(Product)
    for row, experiment in enumerate(company.scenario.product.experiments):
        end = company.first_day + experiment.begin_day + experiment.days
        if day.number == end + experiment.window_days:
            memory.goal_due[:, row] = NEVER


def tell_design(company: Company, day: Day) -> None:
    """The truth about the experiments, once, on the first day."""
    for experiment in company.scenario.product.experiments:
        begin = company.first_day + experiment.begin_day
        day.tell(
            "experiment_design",
            experiment=np.array([experiment.key], dtype=object),
            begin_day=[begin],
            end_day=[begin + experiment.days],
            control_rate=[experiment.control_rate],
            treatment_rate=[experiment.treatment_rate],
            window_days=[experiment.window_days],
        )


def _tell(
    company: Company, day: Day, row: int, people: Rows, at: Rows, arrives: Rows, treated: NDArray[np.bool_], kind: str
) -> None:
    day.tell(
        "experiment",
        experiment=np.full(len(people), company.scenario.product.experiments[row].key, dtype=object),
        variant=np.array(VARIANTS, dtype=object)[treated.astype(np.int64)],
        kind=np.full(len(people), kind, dtype=object),
        user=people,
        at=at * 1_000_000,
        tracked=~company.part(Product).people.blocked[people],
        arrived_on=arrives,
    )
