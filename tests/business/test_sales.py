"""Invariants of sales, over a small company that lives for a while."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from tapflow.business import names
from tapflow.business.company import Company
from tapflow.business.customers.state import AccountStatus
from tapflow.business.day import Columns, Day
from tapflow.business.sales import leads
from tapflow.business.sales import process as sales_process
from tapflow.business.sales.crm import true_arr
from tapflow.business.sales.deals import whole_dollars
from tapflow.business.sales.history import STAGES
from tapflow.business.sales.state import NOBODY, Deal, LeadStatus, Sales, forget, joined, kept
from tapflow.business.sales.team import quarter_of, quarter_start, reps_for, territory_of
from tapflow.business.scenario.load import load_scenario
from tapflow.business.step import step
from tapflow.core.clock import day_number, day_start_seconds
from tapflow.core.vendor_ids import crm_lead_ids

FIRST = 20_500
DAYS = 100
MICROS = 1_000_000
# More of what is rare, so that a small company shows it.
OVERRIDES: dict[str, Any] = {
    "size": {"accounts": 500, "locations": 750},
    "customers": {"mess": {"test_accounts": 0.25}, "leaving": {"price": 0.0003}},
    "sales": {
        "warm_up_leads": 0.006,
        "leads": {"signup_locations": 1},
        "mess": {"duplicate_accounts": 0.1, "duplicate_leads": 0.15, "merge_daily": 0.01, "not_closed": 0.4},
        "deals": {"stage_days_small": [2, 2, 3, 2], "stage_days_large": [4, 4, 5, 3]},
        "team": {"leaving": 0.02},
    },
    "incidents": {
        "scheduled": [
            {"kind": "crm_bad_import", "first_day": 40, "last_day": 40, "target": "salesforce", "effect": 0.2}
        ]
    },
}


class Life:
    """A company, the facts and the ledger of its days, and what sales held at each day's end."""

    def __init__(self) -> None:
        self.company = Company(load_scenario("tiny", OVERRIDES), seed=3, first_day=FIRST)
        self.days: list[Day] = []
        self.crm_arr: list[int] = []
        self.finance_arr_before: list[int] = []  # what Finance knew the evening before, tests left out
        self.duplicates: list[tuple[int, int]] = []  # number of the double, of its original
        self.talked: list[int] = []  # statuses of accounts in an upsell conversation
        self.orphaned = 0  # open deals at a day's end whose rep had left
        for _ in range(DAYS):
            if self.days:
                before = true_arr(self.company)[~self.company.accounts.is_test].sum()
            day = step(self.company)
            sales = self.company.part(Sales)
            self.days.append(day)
            self.finance_arr_before.append(int(before) if len(self.days) > 1 else -1)
            self.crm_arr.append(int(sales.crm.arr_minor.sum()))
            book = self.company.accounts
            self.talked += book.status[book.signal_upsell > 0].tolist()
            left = np.flatnonzero(sales.reps.left_day >= 0)
            self.orphaned += int(np.isin(sales.deals.rep[sales.deals.stage < 4], left).sum())
            fresh = (sales.leads.original >= 0) & (sales.leads.created_at >= day.start_seconds)
            pairs = zip(sales.leads.number[fresh], sales.leads.original[fresh], strict=True)
            self.duplicates += [(int(n), int(o)) for n, o in pairs]

    def told(self, table: str) -> Columns:
        parts = [part for day in self.days if (part := day.ledger().get(table))]
        return {k: np.concatenate([p[k] for p in parts]) for k in parts[0]}

    def facts(self, fact: str) -> Columns:
        parts = [part for day in self.days if (part := day.fact(fact))]
        return {k: np.concatenate([p[k] for p in parts]) for k in parts[0]}


@pytest.fixture(scope="module")
def life() -> Life:
    return Life()


def steps_of_deals(life: Life) -> dict[int, list[tuple[int, str]]]:
    told = life.told("sales_step")
    order = np.lexsort((told["at"], told["deal"]))
    out: dict[int, list[tuple[int, str]]] = {}
    for i in order:
        out.setdefault(int(told["deal"][i]), []).append((int(told["at"][i]), str(told["stage"][i])))
    return out


def test_a_deal_goes_forward_stage_by_stage_and_closes_once(life: Life) -> None:
    deals = steps_of_deals(life)
    assert len(deals) > 100
    told = life.told("sales_step")
    past = set(told["deal"][told["at"] < day_start_seconds(FIRST) * MICROS].tolist())
    for number, steps in deals.items():
        instants = [at for at, _ in steps]
        assert instants == sorted(set(instants)), "two steps of a deal in one second"
        stages = [STAGES.index(stage) for _, stage in steps]
        assert all(stage < 4 for stage in stages[:-1]), "something happened after the close"
        if number not in past:
            assert stages[0] == 0
        for before, after in itertools.pairwise(stages):
            assert after >= 4 or after - before in (0, 1)


def test_every_step_lies_within_its_day(life: Life) -> None:
    for day in life.days[1:]:
        told = day.ledger().get("sales_step")
        if told is not None:
            seconds = told["at"] // MICROS
            assert (seconds >= day.start_seconds).all() and (seconds < day.end_seconds).all()


def test_the_pipeline_is_what_the_steps_leave_open(life: Life) -> None:
    told = life.told("sales_step")
    pipeline = life.told("sales_pipeline_day")
    order = np.argsort(told["at"], kind="stable")
    is_test = life.company.accounts.is_test
    assert is_test[told["account"][told["account"] >= 0]].any(), "no test account was worked"
    for index in range(DAYS):
        end = day_start_seconds(FIRST + index + 1) * MICROS
        newest = {int(told["deal"][i]): i for i in order if told["at"][i] < end}
        left = [i for i in newest.values() if not str(told["stage"][i]).startswith("Closed")]
        left = [i for i in left if told["account"][i] < 0 or not is_test[told["account"][i]]]
        mine = pipeline["day"] == FIRST + index
        assert int(pipeline["deals"][mine].sum()) == len(left)
        assert int(pipeline["amount_usd_minor"][mine].sum()) == sum(int(told["amount_usd_minor"][i]) for i in left)


def test_a_won_prospect_becomes_the_account_that_the_crm_knows(life: Life) -> None:
    won = life.facts("deal_won")
    book, sales = life.company.accounts, life.company.part(Sales)
    assert len(won["deal"]) >= 5
    for prospect, at, start in zip(won["prospect"], won["at"], won["start_day"], strict=True):
        (account,) = np.flatnonzero(book.prospect == prospect)
        assert start > at // 86_400
        if book.created_day[account] < life.company.last_day:  # the CRM learns it in the night
            row = sales.accounts.crm[account]
            assert sales.crm.account[row] == account and sales.crm.prospect[row] == prospect


def test_sales_revenue_differs_from_finances_by_the_causes_told(life: Life) -> None:
    gaps = life.told("sales_arr_gap")
    seen = set(gaps["cause"].tolist())
    assert {"duplicate_account", "signed_not_started", "churned_not_closed"} <= seen
    assert "unnamed" not in seen
    for index in range(1, DAYS):
        told = int(gaps["amount_usd_minor"][gaps["day"] == FIRST + index].sum())
        assert life.crm_arr[index] - life.finance_arr_before[index] == told, f"day {index}"


def test_the_field_history_adds_up_to_what_the_crm_believes(life: Life) -> None:
    changes, crm = life.facts("crm_arr_changed"), life.company.part(Sales).crm
    total = np.zeros(len(crm), dtype=np.int64)
    np.add.at(total, changes["crm"], changes["after_minor"] - changes["before_minor"])
    assert np.array_equal(total, crm.arr_minor)


def test_nobody_is_a_lead_twice_but_by_listed_mess(life: Life) -> None:
    told = life.told("sales_lead")
    created = told["event"] == "created"
    prospects = told["prospect"][created]
    assert len(np.unique(prospects)) == len(prospects)
    assert len(np.unique(told["lead"][created])) == len(prospects)
    mess = life.told("mess")
    listed = set(mess["key"][np.isin(mess["kind"], ("duplicate_lead", "imported_lead"))].tolist())
    assert listed == set(crm_lead_ids([number for number, _ in life.duplicates]).tolist())
    assert len(listed) > 10


def test_a_known_person_is_no_new_lead() -> None:
    company = Company(load_scenario("tiny"), seed=4, first_day=FIRST)
    step(company)
    sales = company.part(Sales)
    day = Day(FIRST + 1, company.chance(FIRST + 1))
    who = {"channel": [0, 0, 1], "region": [0, 0, 1], "industry": [0, 0, 1], "locations_wanted": [1, 1, 2]}
    at = day.start_seconds + np.array([10, 20, 30])
    before = sales.next_lead
    for _ in range(2):  # the second time all are known
        day.emit("lead_created", prospect=[900, 900, 901], kind=[0, 3, 2], at=at, **who)
        leads.arrive(company, day)
    mine = np.isin(sales.leads.prospect, (900, 901))
    assert sales.leads.prospect[mine].tolist() == [900, 901]
    assert sales.leads.kind[mine].tolist() == [0, 2]
    assert sales.next_lead >= before + 2


def test_a_sign_up_of_a_known_person_finds_its_lead_and_its_deal() -> None:
    company = Company(load_scenario("tiny"), seed=4, first_day=FIRST)
    step(company)
    sales, book = company.part(Sales), company.accounts
    lead = np.flatnonzero((sales.leads.status < LeadStatus.QUALIFIED) & (sales.leads.account < 0))[0]
    deal = np.flatnonzero((sales.deals.kind == 0) & (sales.deals.stage < 4))[0]
    prospects = [int(sales.leads.prospect[lead]), int(sales.deals.prospect[deal])]
    place = {name: book[name][:2].copy() for name in book.names}
    place |= {"prospect": np.array(prospects), "created_day": np.full(2, FIRST), "status": np.zeros(2)}
    place |= {"trial_end_day": np.full(2, FIRST + 14), "first_paid_day": np.full(2, -1), "subscription": np.full(2, -1)}
    accounts = book.append(2, **place)
    number, day = int(sales.deals.number[deal]), Day(FIRST + 1, company.chance(FIRST + 1))
    before = sales.next_lead
    sales_process.step(company, day)
    found = np.flatnonzero(sales.leads.prospect == prospects[0])
    assert sales.leads.account[found].tolist() == [accounts[0]]
    (now,) = np.flatnonzero(sales.deals.number == number)
    assert sales.deals.account[now] == accounts[1] and sales.deals.kind[now] == Deal.TRIAL
    assert sales.crm.account[sales.deals.crm[now]] == accounts[1]
    assert not (sales.leads.prospect[sales.leads.number >= before] == prospects[1]).any()


def test_a_lead_is_decided_once_and_after_its_answer(life: Life) -> None:
    told = life.told("sales_lead")
    by_lead: dict[int, dict[str, int]] = {}
    for lead, event, at in zip(told["lead"], told["event"], told["at"], strict=True):
        events = by_lead.setdefault(int(lead), {})
        assert str(event) not in events
        events[str(event)] = int(at)
    for events in by_lead.values():
        assert len({"qualified", "unqualified", "self_served"} & set(events)) <= 1
        if "qualified" in events:
            assert events["created"] < events["responded"] < events["qualified"]


def test_a_bad_import_is_undone_when_it_is_over(life: Life) -> None:
    crm = life.company.part(Sales).crm
    assert crm.imported.any()
    assert crm.deleted[crm.imported].all() and (crm.arr_minor[crm.imported] == 0).all()
    mess = life.told("mess")
    days = mess["day"][mess["kind"] == "imported_account"]
    assert set(days.tolist()) == {FIRST + 40}


def test_whoever_left_no_longer_owns_anything_open(life: Life) -> None:
    sales = life.company.part(Sales)
    left = np.flatnonzero(sales.reps.left_day >= 0)
    assert len(left)
    assert life.orphaned == 0
    assert not np.isin(sales.crm.rep[~sales.crm.deleted], left).any()
    assert not np.isin(sales.seats.rep, left).any()
    assert not np.isin(life.company.accounts.sales_rep, left).any()


def test_a_prospect_keeps_its_name_and_address_as_an_account(life: Life) -> None:
    company = life.company
    book, users = company.accounts, company.users
    rows = np.flatnonzero(book.prospect >= 0)[:40]
    told = names.prospect_names(company, book.prospect[rows], book.industry[rows])
    assert np.array_equal(told, names.account_names(company, rows))
    owners = np.array([np.flatnonzero((users.account == row) & (users.role == 0))[0] for row in rows])
    assert np.array_equal(names.prospect_emails(company, book.prospect[rows]), names.user_emails(company, owners))


def test_addresses_are_distinct(life: Life) -> None:
    emails = names.user_emails(life.company, life.company.users.rows)
    domains = names.account_domains(life.company, life.company.accounts.rows)
    assert len(set(emails)) == len(emails) and len(set(domains)) == len(domains)


def test_reps_sit_in_the_territory_of_what_they_look_after(life: Life) -> None:
    sales = life.company.part(Sales)
    regions = np.arange(len(life.company.scenario.customers.regions))
    territory = sales.reps.territory[reps_for(life.company, regions, regions)]
    assert np.array_equal(territory, territory_of(life.company, regions))


def test_only_living_accounts_are_talked_to_about_more(life: Life) -> None:
    assert life.talked
    # A customer who left today is told to the CRM tomorrow.
    assert set(life.talked) <= {AccountStatus.ACTIVE, AccountStatus.PAUSED, AccountStatus.CHURNED}


def test_memory_holds_nothing_closed_for_long(life: Life) -> None:
    sales = life.company.part(Sales)
    today = day_start_seconds(life.company.last_day)
    closed = sales.leads.status >= LeadStatus.QUALIFIED
    assert (sales.leads.updated_at[closed] >= today).all()
    assert (sales.deals.closed_at[sales.deals.stage >= 4] >= today).all()
    assert len(sales.bookings_by_day) <= 91


def test_tables_keep_and_join_rows_in_order() -> None:
    sales = Sales()
    sales.signed.append(prospect=np.array([5, 6, 7]), crm=np.array([50, 60, 70]))
    odd = kept(sales.signed, sales.signed.prospect % 2 == 1)
    assert odd.prospect.tolist() == [5, 7]
    assert joined(odd, sales.signed).crm.tolist() == [50, 70, 50, 60, 70]
    none = kept(sales.signed, np.zeros(3, dtype=bool))
    assert len(none) == 0 and joined(none, odd).prospect.tolist() == [5, 7]
    forget(sales, 0)
    assert len(sales.deals) == 0


def test_quarters_begin_four_times_a_year() -> None:
    starts = [n for n in range(20_454, 20_454 + 365) if quarter_start(n)]
    assert len(starts) == 4
    for number in (20_454, 20_500, 20_543, 20_544):
        first, following = quarter_of(number)
        assert first <= number < following and quarter_start(first) and quarter_start(following)
    assert day_number(np.datetime64("2026-01-01").item()) == quarter_of(20_500)[0]


def test_deals_are_told_in_whole_dollars() -> None:
    assert whole_dollars([149, 150, 250, -1]).tolist() == [100, 200, 200, 0]
    assert NOBODY == -1
