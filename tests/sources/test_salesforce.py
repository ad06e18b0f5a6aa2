"""What the CRM shows of sales."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest

from tapflow.business import names
from tapflow.business.company import Company
from tapflow.business.customers.state import NEVER
from tapflow.business.day import Day
from tapflow.business.sales.state import Sales
from tapflow.business.scenario.load import load_scenario
from tapflow.business.step import step
from tapflow.core.vendor_ids import crm_account_ids, crm_contact_ids, crm_lead_ids
from tapflow.sources import salesforce
from tapflow.sources.logs import table_of
from tapflow.sources.salesforce.columns import another_address, typed_emails

FIRST, DAYS = 20_500, 45
EPOCH = datetime(1970, 1, 1)
OBJECTS = {declared.name: declared for declared in salesforce.OBJECTS}
Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def logs() -> tuple[Company, list[Day], list[dict[str, Rows]]]:
    overrides = {"sales": {"mess": {"duplicate_leads": 0.3, "hidden_duplicates": 0.5}}}
    company = Company(load_scenario("tiny", overrides), seed=11, first_day=FIRST)
    days, told = [], []
    for _ in range(DAYS):
        days.append(step(company))
        made = salesforce.records(company, days[-1])
        told.append({name: table_of(OBJECTS[name], log).to_pylist() for name, log in made.items()})
    return company, days, told


Logs = tuple[Company, list[Day], list[dict[str, Rows]]]


def newest(told: list[dict[str, Rows]], name: str) -> dict[str, dict[str, Any]]:
    return {row["Id"]: row for day in told for row in day.get(name, [])}


def test_every_object_is_shown_and_nothing_else(logs: Logs) -> None:
    shown = {name for day in logs[2] for name in day}
    assert shown == set(OBJECTS)


def test_a_days_log_holds_an_object_once_in_order_of_change(logs: Logs) -> None:
    for day in logs[2]:
        for name, rows in day.items():
            keys = [row["Id"] for row in rows]
            assert len(set(keys)) == len(keys), name
            versions = [row[OBJECTS[name].version] for row in rows]
            assert versions == sorted(versions), name


def test_a_version_is_of_its_day_but_for_the_first(logs: Logs) -> None:
    for day, told in zip(logs[1][1:], logs[2][1:], strict=True):
        begin = EPOCH + timedelta(days=day.number)
        for name, rows in told.items():
            for row in rows:
                assert begin <= row[OBJECTS[name].version] < begin + timedelta(days=1), name


def test_events_are_never_told_again(logs: Logs) -> None:
    for name in ("opportunity_history", "account_history", "task", "event"):
        keys = [row["Id"] for day in logs[2] for row in day.get(name, [])]
        assert len(set(keys)) == len(keys), name


def test_links_lead_to_records_that_are_there(logs: Logs) -> None:
    told = logs[2]
    accounts, contacts = newest(told, "account"), newest(told, "contact")
    leads, deals, users = newest(told, "lead"), newest(told, "opportunity"), newest(told, "user")
    assert {c["AccountId"] for c in contacts.values()} <= set(accounts)
    assert {d["AccountId"] for d in deals.values()} <= set(accounts)
    assert {d["OwnerId"] for d in deals.values()} <= set(users)
    assert {c for d in deals.values() if (c := d["ContactId"])} <= set(contacts)
    for row in (row for name in ("task", "event") for row in newest(told, name).values()):
        assert row["WhoId"] is None or row["WhoId"] in contacts or row["WhoId"] in leads
        assert row["WhatId"] is None or row["WhatId"] in deals
    for lead in leads.values():
        assert lead["IsConverted"] == (lead["Status"] == "Qualified") == (lead["ConvertedAccountId"] is not None)


def test_history_ends_where_the_opportunity_stands(logs: Logs) -> None:
    deals = newest(logs[2], "opportunity")
    steps: dict[str, Rows] = defaultdict(list)
    for row in (row for day in logs[2] for row in day.get("opportunity_history", [])):
        steps[row["OpportunityId"]].append(row)
    assert set(steps) == set(deals)
    for key, deal in deals.items():
        last = max(steps[key], key=lambda row: row["CreatedDate"])
        for field in ("StageName", "Amount", "Probability", "CloseDate"):
            assert last[field] == deal[field], field


def test_doubled_leads_share_an_address_unless_hidden(logs: Logs) -> None:
    _company, _, told = logs
    leads = newest(told, "lead")
    mess = [day.ledger().get("mess") for day in logs[1]]
    hidden = {
        key: effect
        for part in mess
        if part is not None
        for kind, key, effect in zip(part["kind"], part["key"], part["effect"], strict=True)
        if kind == "duplicate_lead"
    }
    assert {0.0, 1.0} <= set(hidden.values())
    first = {row["Email"].lower(): key for key, row in reversed(leads.items()) if key not in hidden}
    for key, effect in hidden.items():
        assert (leads[key]["Email"].lower() in first) == (effect == 0.0)


def test_the_crm_knows_the_products_id_of_most_customers(logs: Logs) -> None:
    company, _, told = logs
    crm = company.part(Sales).crm
    accounts = newest(told, "account")
    told_ids = [accounts[key]["App_Account_Id__c"] for key in crm_account_ids(crm.rows)]
    for row, text in enumerate(told_ids):
        assert text is None or text == str(crm.account[row] + 1)
    known = [text is not None for row, text in enumerate(told_ids) if crm.account[row] >= 0 and crm.original[row] < 0]
    assert 0.8 < np.mean(known) < 1


def test_people_type_their_address_their_own_way() -> None:
    company = Company(load_scenario("tiny"), seed=1, first_day=FIRST)
    rows = np.arange(2_000)
    emails = np.array([f"a.b{i}@house.example" for i in rows], dtype=object)
    typed = typed_emails(company, rows, emails, np.full(2_000, "B.A", dtype=object))
    other = [t.lower() != e for t, e in zip(typed, emails, strict=True)]
    assert 0.02 < np.mean(other) < 0.05
    assert 0.08 < np.mean([t.lower() == e and t != e for t, e in zip(typed, emails, strict=True)]) < 0.12
    assert another_address("a@b.example", "X.Y") == "x.y@b.example"


def test_contacts_with_another_address_are_listed(logs: Logs) -> None:
    company, days, told = logs
    contacts, table = newest(told, "contact"), company.part(Sales).contacts
    listed = {
        key
        for day in days
        if (part := day.ledger().get("mess")) is not None
        for kind, system, key in zip(part["kind"], part["system"], part["key"], strict=True)
        if kind == "contact_email_differs" and system == "salesforce"
    }
    rows = np.flatnonzero(table.user >= 0)
    true = names.user_emails(company, table.user[rows])
    keys = crm_contact_ids(rows)
    differing = {key for key, email in zip(keys, true, strict=True) if contacts[key]["Email"].lower() != email}
    assert differing == listed & set(keys) and differing


def test_a_lead_speaks_of_its_prospects_house(logs: Logs) -> None:
    company, _, told = logs
    table, leads = company.part(Sales).leads, newest(told, "lead")
    rows = np.flatnonzero(table.original < 0)
    domains = names.prospect_domains(company, table.prospect[rows])
    hosts = [leads[key]["Email"].split("@")[1] for key in crm_lead_ids(table.number[rows])]
    own = [host == domain for host, domain in zip(hosts, domains, strict=True)]
    assert np.mean(own) > 0.6
    free = {host for host, mine in zip(hosts, own, strict=True) if not mine}
    assert free <= {"gmail.com", "outlook.com", "yahoo.com", "icloud.com"}


@pytest.fixture(scope="module")
def changing() -> Logs:
    overrides = {
        "sales": {"team": {"reassigned": 0.02}, "mess": {"contacts_deleted_daily": 0.5}},
    }
    company = Company(load_scenario("tiny", overrides), seed=11, first_day=FIRST)
    days, told = [], []
    for _ in range(20):
        days.append(step(company))
        made = salesforce.records(company, days[-1])
        told.append({name: table_of(OBJECTS[name], log).to_pylist() for name, log in made.items()})
    return company, days, told


def test_deleted_contacts_are_those_of_people_who_left_and_are_listed_as_mess(changing: Logs) -> None:
    company, days, told = changing
    contacts = newest(told, "contact")
    gone = {key for key, row in contacts.items() if row["IsDeleted"]}
    listed = {
        key
        for day in days
        for key, kind in zip(day.ledger()["mess"]["key"], day.ledger()["mess"]["kind"], strict=True)
        if kind == "contact_deleted"
    }
    assert gone == listed and gone
    table = company.part(Sales).contacts
    users = table.user[table.deleted]
    assert (company.users.deleted_day[users] != NEVER).all()


def test_moves_to_another_territory_stand_in_the_accounts_history_and_in_the_ledger(changing: Logs) -> None:
    _, days, told = changing
    accounts = newest(told, "account")
    history = [r for day in told for r in day.get("account_history", []) if r["Field"] == "Territory__c"]
    assert len(history) > 20
    last = {row["AccountId"]: row for row in history}
    assert all(accounts[key]["Territory__c"] == row["NewValue"] for key, row in last.items())
    assert all(row["OldValue"] != row["NewValue"] for row in history)
    ledger = [
        pair
        for day in days
        if (moved := day.ledger().get("sales_territory"))
        for pair in zip(moved["crm_account"], moved["previous_territory"], moved["territory"], strict=True)
    ]
    assert sorted(ledger) == sorted((r["AccountId"], r["OldValue"], r["NewValue"]) for r in history)


def test_a_new_territory_brings_a_rep_of_it_who_takes_the_open_deals(changing: Logs) -> None:
    company, _, told = changing
    sales, users = company.part(Sales), newest(told, "user")
    accounts, deals = newest(told, "account"), newest(told, "opportunity")
    moved = {row["AccountId"] for day in told for row in day.get("account_history", []) if row["Field"] != "ARR__c"}
    standing = [accounts[key] for key in moved if not accounts[key]["IsDeleted"]]
    assert standing and all(users[row["OwnerId"]]["Territory__c"] == row["Territory__c"] for row in standing)
    open_deals = [deal for deal in deals.values() if deal["AccountId"] in moved and not deal["IsClosed"]]
    assert open_deals and all(deal["OwnerId"] == accounts[deal["AccountId"]]["OwnerId"] for deal in open_deals)
    assert (sales.seats.rep >= 0).all()
