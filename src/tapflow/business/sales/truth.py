"""The part of the ledger that sales writes."""

from __future__ import annotations

from tapflow.core.schema import TruthColumn as Column
from tapflow.core.schema import TruthTable, Type

TABLES = (
    TruthTable(
        "sales_lead",
        "one row per lead and event in its life",
        "Leads as they really came and went; doubles in the CRM are not among them.",
        (
            Column("lead", Type.INT, "The lead's number."),
            Column("event", Type.STRING, "created, responded, qualified, unqualified or self_served."),
            Column("at", Type.TIMESTAMP, "When."),
            Column("created_at", Type.TIMESTAMP, "When the lead came."),
            Column("kind", Type.STRING, "demo, outbound, event or signup."),
            Column("channel", Type.INT, "What truly brought it, by number."),
            Column("marketing_qualified", Type.BOOL, "Handed over to sales by marketing."),
            Column("account", Type.INT, "The account of a sign-up, -1 for others."),
            Column("prospect", Type.INT, "Marketing's number of the person."),
        ),
    ),
    TruthTable(
        "sales_step",
        "one row per deal and step: opening, stage, price, a moved close date, closing",
        "Deals as they really went; the newest step holds.",
        (
            Column("deal", Type.INT, "The deal's number."),
            Column("kind", Type.STRING, "New Business, Trial Conversion, Renewal or Upsell."),
            Column("account", Type.INT, "The account, -1 while it is none."),
            Column("prospect", Type.INT, "Marketing's number of the person, -1 if none."),
            Column("at", Type.TIMESTAMP, "When."),
            Column("created_at", Type.TIMESTAMP, "When the deal was opened."),
            Column("stage", Type.STRING, "Stage after the step."),
            Column("opened", Type.BOOL, "Whether this step opened the deal."),
            Column("amount_usd_minor", Type.INT, "Worth a year after the step, USD minor units."),
            Column("probability", Type.INT, "Percent, by stage."),
            Column("close_day", Type.DATE, "Expected close, or the actual one."),
            Column("pushes", Type.INT, "How often the close date was moved."),
            Column("discount_bp", Type.INT, "Negotiated discount, basis points."),
            Column("rep", Type.INT, "Who works it."),
        ),
    ),
    TruthTable(
        "sales_pipeline_day",
        "one row per day, kind and stage with open deals",
        "The open pipeline at each day's end, our own test accounts left out.",
        (
            Column("day", Type.DATE, "The day."),
            Column("kind", Type.STRING, "What the deals are about."),
            Column("stage", Type.STRING, "Stage at the day's end."),
            Column("deals", Type.INT, "Open deals."),
            Column("amount_usd_minor", Type.INT, "Their worth a year."),
            Column("weighted_usd_minor", Type.INT, "The same, times the stage's probability."),
            Column("slipped", Type.INT, "Those past their close date."),
        ),
    ),
    TruthTable(
        "sales_activity",
        "one row per call, mail, task or meeting",
        "What the team did.",
        (
            Column("activity", Type.INT, "The activity's number."),
            Column("kind", Type.STRING, "call, email, task or meeting."),
            Column("at", Type.TIMESTAMP, "When."),
            Column("rep", Type.INT, "Who."),
            Column("lead", Type.INT, "The lead it was about, -1 if none."),
            Column("deal", Type.INT, "The deal it was about, -1 if none."),
        ),
    ),
    TruthTable(
        "sales_quota",
        "one row per rep and quarter",
        "Quotas as given.",
        (
            Column("rep", Type.INT, "Whose."),
            Column("territory", Type.STRING, "The rep's territory."),
            Column("at", Type.TIMESTAMP, "When it was given."),
            Column("first_day", Type.DATE, "First day of the quarter."),
            Column("following_day", Type.DATE, "First day of the quarter after."),
            Column("amount_usd_minor", Type.INT, "Bookings asked for."),
        ),
    ),
    TruthTable(
        "sales_territory",
        "one row per CRM account and change of its territory",
        "Accounts that were moved to another territory.",
        (
            Column("crm_account", Type.STRING, "The CRM account, by its Salesforce id."),
            Column("account", Type.INT, "The account's number, -1 while it is none."),
            Column("territory", Type.STRING, "The territory after."),
            Column("previous_territory", Type.STRING, "The one before."),
            Column("rep", Type.INT, "Who looks after it from now on."),
            Column("at", Type.TIMESTAMP, "When."),
        ),
    ),
    TruthTable(
        "sales_arr_gap",
        "one row per day and cause",
        "Why the CRM's annual recurring revenue at a day's end differs from Finance's of the evening before.",
        (
            Column("day", Type.DATE, "The day."),
            Column(
                "cause",
                Type.STRING,
                "imported_account, duplicate_account, test_account, signed_not_started, churned_not_closed; "
                "unnamed is an error of the simulation.",
            ),
            Column("accounts", Type.INT, "CRM accounts concerned."),
            Column("amount_usd_minor", Type.INT, "CRM's revenue less the true one, USD minor units a year."),
        ),
    ),
)
