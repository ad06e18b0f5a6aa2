"""The customers' part of the ledger."""

from __future__ import annotations

from tapflow.core.schema import TruthColumn as Column
from tapflow.core.schema import TruthTable, Type

TABLES = (
    TruthTable(
        "account",
        "one row per account and day on which something about it changed; the newest day holds",
        "Accounts as they really are: every later table speaks of `account` by this number.",
        (
            Column("account", Type.INT, "The account's number."),
            Column("day", Type.DATE, "The day whose end the row tells."),
            Column("prospect", Type.INT, "Marketing's number of the person who signed up, -1 if none."),
            Column("created_at", Type.TIMESTAMP, "When it signed up, or was won."),
            Column("channel", Type.STRING, "What truly brought it."),
            Column("industry", Type.STRING, "Kind of house."),
            Column("country", Type.STRING, "Country, ISO 3166."),
            Column("region", Type.STRING, "Region of the country."),
            Column("status", Type.STRING, "Status at the day's end."),
            Column("plan", Type.STRING, "Plan at the day's end, or the one last held."),
            Column("interval", Type.STRING, "Billing interval."),
            Column("locations", Type.INT, "Open locations at the day's end."),
            Column("taps", Type.INT, "Taps at the day's end."),
            Column("is_test", Type.BOOL, "One of our own tests."),
            Column("sales_assisted", Type.BOOL, "Looked after by sales."),
        ),
    ),
    TruthTable(
        "mrr_movement",
        "one row per subscription, UTC day and kind (a year's new rates are a kind of their own)",
        "Every change of monthly recurring revenue, in USD minor units, netted per customer and day.",
        (
            Column("subscription", Type.INT, "The subscription's number."),
            Column("account", Type.INT, "The account's number."),
            Column("at", Type.TIMESTAMP, "Instant of the day's last change."),
            Column("kind", Type.STRING, "opening, new, expansion, contraction, churned, reactivation or fx."),
            Column("currency", Type.STRING, "Currency of the subscription, ISO 4217."),
            Column("amount_usd_minor", Type.INT, "Change of MRR; negative for contraction and churn."),
            Column("after_usd_minor", Type.INT, "MRR after it."),
            Column("cause", Type.STRING, "Why, for churn and contraction; empty else."),
            Column("is_test", Type.BOOL, "One of our own tests: not the company's revenue."),
        ),
    ),
    TruthTable(
        "customer_event",
        "one row per event in a customer's life",
        "Trials, conversions, onboarding, pauses, churn with its cause, win-backs, growth and shrinking.",
        (
            Column("account", Type.INT, "The account's number."),
            Column("at", Type.TIMESTAMP, "When."),
            Column("kind", Type.STRING, "signup, trial_started, trial_converted, trial_expired, onboarded, ..."),
            Column("cause", Type.STRING, "Cause of a churn or pause; empty else."),
        ),
    ),
    TruthTable(
        "hazard_day",
        "one row per paying account and day",
        "The daily hazard of leaving that the dice were thrown against, and the signals behind it.",
        (
            Column("account", Type.INT, "The account's number."),
            Column("day", Type.DATE, "The day."),
            Column("churn_hazard", Type.FLOAT, "Probability of leaving on this day, but for unpaid bills."),
            Column("offline_hours_28d", Type.FLOAT, "Offline hours a device over 28 days, as the hazard saw them."),
            Column("usage_ratio", Type.FLOAT, "Pours of 7 days against the 28-day weekly mean."),
        ),
    ),
)
