"""Faults of tables that tell anew what another one tells, at the edges of days and months, and of what is told last."""

from __future__ import annotations

from tests.soundness.fault import Fault, mapped, replaced

FAULTS: tuple[Fault, ...] = (
    Fault(
        "hours are those of another time zone",
        "entity.entity_devices_hourly",
        replaced(hour="hour - interval '8' hour"),
        "device_hours_ml",
        quick=True,
    ),
    Fault(
        "an hour's messages are counted twice",
        "entity.entity_devices_hourly",
        "select * from sound union all select * from sound where extract(hour from hour) = 23",
        "device_hours_pours",
    ),
    Fault(
        "a beverage is left out",
        "fact.fact_beverage_days",
        "select * from sound where beverage_id <> (select min(beverage_id) from sound)",
        "device_beverage_pours",
    ),
    Fault(
        "what is served is waste, too",
        "fact.fact_beverage_days",
        replaced(wasted_flow_ml="wasted_flow_ml + serve_ml"),
        "device_beverage_wasted_ml",
    ),
    Fault(
        "a location is up while it is monitored",
        "entity.entity_locations_daily",
        replaced(up_seconds="monitored_seconds"),
        "locations_uptime",
        quick=True,
    ),
    Fault(
        "foam is volume poured at a location",
        "entity.entity_locations_daily",
        replaced(serve_ml="serve_ml + foam_ml"),
        "locations_ml",
    ),
    Fault(
        "spills of locations are forgotten",
        "entity.entity_locations_daily",
        replaced(spill_ml="cast(0 as bigint)"),
        "locations_wasted_ml",
    ),
    Fault(
        "a reopened ticket was solved when it was first",
        "fact.fact_tickets",
        replaced(
            last_solved_at="first_solved_at",
            resolution_seconds="date_diff('second', created_at, first_solved_at)",
        ),
        "resolution_hours",
        quick=True,
    ),
    Fault(
        "who comes for the first time returns",
        "entity.entity_users_daily",
        replaced(is_resurrected="is_active and active_days_28d = 1"),
        "resurrected_users",
        quick=True,
    ),
    Fault(
        "a month's last day is the next one's",
        "fact.fact_mrr_movements",
        replaced(day="case when day = last_day(day) then day + 1 else day end"),
        "net_new_mrr",
        quick=True,
    ),
    Fault(
        "a ticket's last day of a month is the next one's",
        "fact.fact_ticket_events",
        replaced(
            event_at="case when cast(event_at as date) = last_day(cast(event_at as date)) "
            "then event_at + interval '1' day else event_at end"
        ),
        "tickets_created",
    ),
    Fault(
        "brewpubs are restaurants",
        "entity.entity_customers",
        mapped("industry", brewpub="restaurant"),
        "signups",
        "industry",
    ),
    Fault(
        "a customer's cohort is that of a day before",
        "entity.entity_customers",
        replaced(signup_cohort="cast(date_trunc('month', signed_up_at - interval '1' day) as date)"),
        "opening_mrr",
        "signup_cohort",
    ),
    Fault(
        "a history tells the plan before",
        "entity.entity_customers_history",
        replaced(plan="coalesce(previous_plan, plan)"),
        "active_accounts_by_history",
        "plan",
        quick=True,
    ),
    Fault(
        "every visit is planned",
        "fact.fact_maintenance",
        replaced(is_planned="true"),
        "maintenance_visits",
        "planned",
    ),
)
