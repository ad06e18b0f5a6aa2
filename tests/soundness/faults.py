"""Faults as a model might have them, planted into published tables: each must be seen by verification."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """A wrong version of one published table.

    `sql` reads the sound table as `sound`. `figure` is one that must differ; `dimension` is set
    where totals cannot show the fault. `quick` ones are tried in the fast suite, all in the slow one.
    """

    name: str
    table: str
    sql: str
    figure: str
    dimension: str | None = None
    quick: bool = False


def _replaced(**columns: str) -> str:
    changes = ", ".join(f"{sql} as {column}" for column, sql in columns.items())
    return f"select * replace ({changes}) from sound"


def _mapped(column: str, **words: str) -> str:
    cases = " ".join(f"when '{old}' then '{new}'" for old, new in words.items())
    return _replaced(**{column: f"case {column} {cases} else {column} end"})


_OURS_COUNTED = _replaced(is_internal="false")

FAULTS: tuple[Fault, ...] = (
    # Billing
    Fault(
        "a join repeats the lines of add-ons",
        "fact.fact_mrr_daily",
        "select * from sound union all select * from sound where product_line <> 'platform'",
        "mrr",
    ),
    Fault("MRR ends a day late", "fact.fact_mrr_daily", _replaced(valid_to_day="valid_to_day + 1"), "mrr"),
    Fault(
        "euros are counted as dollars",
        "fact.fact_mrr_daily",
        _replaced(
            mrr_usd_minor="case currency when 'EUR' then cast(mrr_usd_minor / 1.1 as bigint) else mrr_usd_minor end"
        ),
        "mrr",
        "currency",
        quick=True,
    ),
    Fault(
        "a contraction has the wrong sign",
        "fact.fact_mrr_movements",
        _replaced(amount_usd_minor="case movement when 'contraction' then -amount_usd_minor else amount_usd_minor end"),
        "contraction_mrr",
    ),
    Fault(
        "an expansion is called new",
        "fact.fact_mrr_movements",
        _mapped("movement", expansion="new"),
        "new_customers",
    ),
    Fault(
        "churn is told a day late",
        "fact.fact_mrr_movements",
        _replaced(day="case movement when 'churned' then day + 1 else day end"),
        "churned_mrr",
    ),
    Fault(
        "opening balances lose their currency",
        "fact.fact_mrr_movements",
        _replaced(currency="case movement when 'opening' then null else currency end"),
        "opening_mrr",
        "currency",
    ),
    Fault(
        "invoices of before the first day count",
        "fact.fact_invoices",
        _replaced(is_opening="false"),
        "dunning_recovery_rate",
    ),
    Fault(
        "prorations are left out",
        "fact.fact_invoice_lines",
        "select * from sound where line_kind <> 'proration'",
        "billed_lines",
        "line_kind",
        quick=True,
    ),
    Fault(
        "a discount is not subtracted",
        "fact.fact_invoice_lines",
        _replaced(amount_usd_minor="amount_usd_minor + discount_minor"),
        "billed_lines",
    ),
    Fault("a failed payment is money", "fact.fact_payments", _replaced(is_succeeded="true"), "failed_payments"),
    Fault("refunds are ignored", "fact.fact_refunds", "select * from sound where false", "refunds"),
    Fault(
        "credits before and after payment are mixed up",
        "fact.fact_credit_notes",
        _replaced(is_after_payment="not is_after_payment"),
        "credit_notes",
        "after_payment",
    ),
    Fault(
        "revenue is recognised a day late",
        "fact.fact_recognized_revenue",
        _replaced(day="day + 1"),
        "recognized_revenue",
    ),
    Fault(
        "receivables are aged from a wrong date",
        "fact.fact_receivables",
        _replaced(due_day="due_day + 30"),
        "accounts_receivable",
        "aging_bucket",
    ),
    # Customers
    Fault("our own accounts are customers", "entity.entity_customers_daily", _OURS_COUNTED, "trial_accounts"),
    Fault(
        "one country is taken for another",
        "entity.entity_customers_daily",
        _mapped("country", US="CA"),
        "active_accounts",
        "country",
        quick=True,
    ),
    Fault(
        "a trial's status is mapped wrongly",
        "entity.entity_customers_daily",
        _mapped("account_status", signed="trial"),
        "trial_accounts",
    ),
    Fault(
        "a customer's MRR is that of its plan at the end",
        "entity.entity_customers_daily",
        _mapped("plan", growth="enterprise"),
        "customers_mrr",
        "plan",
    ),
    Fault(
        "an expired trial is churn",
        "entity.entity_customers_history",
        _mapped("account_status", expired="churned"),
        "trials_expired",
    ),
    Fault(
        "a sign-up's channel is the last one, not the first",
        "entity.entity_customers",
        _mapped("acquisition_channel", content="paid_search"),
        "signups",
        "channel",
    ),
    Fault(
        "a subscription's month is the plan's before",
        "entity.entity_subscriptions_monthly",
        _mapped("plan", growth="starter"),
        "subscriptions_mrr",
        "plan",
    ),
    # Sales
    Fault("doubles are leads", "fact.fact_leads", _replaced(is_duplicate="false"), "leads_created", quick=True),
    Fault(
        "a lost deal is won",
        "fact.fact_opportunities",
        _replaced(is_won="is_closed", stage="case when is_closed then 'Closed Won' else stage end"),
        "win_rate",
    ),
    Fault(
        "a new customer's deal is called a trial's",
        "fact.fact_opportunities",
        _replaced(opportunity_type="'New Business'"),
        "opportunities_created",
        "opportunity_type",
    ),
    Fault(
        "a deal stays in the pipeline on the day after",
        "fact.fact_pipeline_daily",
        _replaced(day="day + 1"),
        "pipeline_value",
    ),
    Fault(
        "doubles of the CRM hold no revenue",
        "fact.fact_sales_arr_changes",
        "select * from sound where not is_duplicate",
        "sales_arr",
    ),
    Fault(
        "calls and mails are mixed up",
        "fact.fact_activities",
        _mapped("activity_type", call="email"),
        "sales_activities",
        "activity_type",
    ),
    # Marketing
    Fault(
        "a session's day is that of another time zone",
        "fact.fact_web_sessions",
        _replaced(session_date="cast(started_at - interval '8' hour as date)"),
        "website_sessions",
        quick=True,
    ),
    Fault(
        "paid visits count as direct ones",
        "fact.fact_web_sessions",
        _mapped("channel", paid_search="direct"),
        "website_sessions",
        "channel",
    ),
    Fault(
        "an advertising platform is missing",
        "fact.fact_ad_performance",
        "select * from sound where platform <> 'linkedin_ads'",
        "ad_spend",
    ),
    Fault(
        "mails' clicks are counted as sessions, too",
        "fact.fact_touchpoints",
        "select * from sound union all select * from sound where touchpoint_kind = 'email_click'",
        "touchpoints",
    ),
    Fault(
        "sessions go to a wrong campaign",
        "entity.entity_campaigns_daily",
        _replaced(
            campaign_id="case campaign_id when (select max(campaign_id) from sound where website_sessions > 0) "
            "then (select min(campaign_id) from sound) else campaign_id end"
        ),
        "campaign_sessions",
        "campaign",
    ),
    Fault(
        "a model shares out more than there is",
        "fact.fact_attribution",
        "select * from sound union all select * from sound where model = 'linear' and position = 1",
        "attributed_revenue",
        "model",
    ),
    # Product
    Fault("our own people are active users", "entity.entity_users_daily", _OURS_COUNTED, "mau"),
    Fault(
        "the mobile app's sessions are the web's",
        "fact.fact_app_sessions",
        _replaced(platform="'web'"),
        "app_sessions",
        "platform",
    ),
    Fault(
        "two features are mixed up",
        "entity.entity_features_daily",
        _mapped("feature_key", alerts="dashboard", dashboard="alerts"),
        "feature_daily_users",
        "feature",
    ),
    # Support
    Fault("our own tests write tickets", "fact.fact_ticket_events", _OURS_COUNTED, "tickets_created"),
    Fault(
        "a reopened ticket is a new one",
        "fact.fact_ticket_events",
        _mapped("event_kind", reopened="created"),
        "tickets_reopened",
    ),
    Fault(
        "nights count as business hours",
        "fact.fact_tickets",
        _replaced(first_response_business_seconds="date_diff('second', created_at, first_responded_at)"),
        "first_response_hours",
    ),
    # Finance
    Fault(
        "income's corrections have the wrong sign",
        "fact.fact_gl",
        _replaced(
            amount_usd_minor="case when gl_account_type = 'Income' then -abs(amount_usd_minor) "
            "else amount_usd_minor end"
        ),
        "income",
    ),
    Fault(
        "a department's cost is another's",
        "fact.fact_gl",
        _mapped("department", Sales="Marketing"),
        "operating_expenses",
        "department",
    ),
    Fault(
        "budgets begin a month late",
        "fact.fact_budgets",
        _replaced(budget_month="budget_month + interval '1' month"),
        "budget",
    ),
    # Devices
    Fault(
        "late events are dropped",
        "fact.fact_device_days",
        _replaced(pours="case when late_events_received > 0 then 0 else pours end"),
        "pours",
        quick=True,
    ),
    Fault(
        "a device is of a wrong model",
        "entity.entity_devices",
        _replaced(device_model="case device_id % 3 when 0 then 'TP-100' else device_model end"),
        "pours",
        "device_model",
    ),
    Fault(
        "cleaning is taken for foam",
        "fact.fact_device_days",
        _replaced(foam_ml="foam_ml + clean_ml", clean_ml="cast(0 as bigint)"),
        "waste_ml",
        "kind",
    ),
    # Features, lateness, territories, attribution
    Fault(
        "users of 28 days are users of the day",
        "entity.entity_features_daily",
        _replaced(users_28d="users"),
        "feature_users_28d",
        "feature",
    ),
    Fault(
        "two features' users of 28 days change places",
        "entity.entity_features_daily",
        "select s.* replace (coalesce(o.users_28d, s.users_28d) as users_28d) from sound as s left join sound as o "
        "on o.day = s.day and (s.feature_key, o.feature_key) in (('reports', 'alerts'), ('alerts', 'reports'))",
        "feature_users_28d",
        "feature",
        quick=True,
    ),
    Fault(
        "events that arrived late are left out",
        "fact.fact_app_sessions",
        "select * from sound where cast(loaded_at as date) <= activity_date + 1",
        "app_sessions",
        quick=True,
    ),
    Fault(
        "a territory and the one before it are mixed up",
        "fact.fact_territory_changes",
        _replaced(territory="previous_territory", previous_territory="territory"),
        "territory_changes",
        "territory",
    ),
    Fault(
        "a customer's history keeps the old territory",
        "entity.entity_customers_history",
        _replaced(sales_territory="coalesce(previous_sales_territory, sales_territory)"),
        "territory_changes_of_customers",
        "territory",
        quick=True,
    ),
    Fault(
        "a change of territory is told a day late",
        "entity.entity_customers_history",
        _replaced(
            valid_from="case change_reason when 'territory' then valid_from + interval '1' day else valid_from end"
        ),
        "territory_changes_of_customers",
    ),
    Fault(
        "the last touch gets what the first one should",
        "fact.fact_attribution",
        "select s.* replace (coalesce(o.attributed_revenue_usd_minor, s.attributed_revenue_usd_minor) "
        "as attributed_revenue_usd_minor) from sound as s left join sound as o on s.model = 'first' "
        "and o.model = 'last' and o.account_id = s.account_id and o.touchpoint_id = s.touchpoint_id",
        "attributed_revenue_by_channel",
        "channel_by_model",
    ),
    Fault(
        "linear attribution gives half of the touches all",
        "fact.fact_attribution",
        _replaced(
            weight="case when model = 'linear' then 1.0 / touchpoint_count else weight end",
            attributed_conversions="case when model <> 'linear' then attributed_conversions "
            "else 2.0 * (position % 2) / touchpoint_count end",
        ),
        "attributed_conversions_by_channel",
        "channel_by_model",
    ),
    Fault(
        "direct visits are content",
        "fact.fact_attribution",
        _mapped("channel", direct="content"),
        "attributed_revenue_by_channel",
        "channel_by_model",
    ),
    # Engineering
    Fault(
        "lead time begins when a pull request is opened",
        "fact.fact_pull_requests",
        _replaced(lead_time_hours="date_diff('second', opened_at, released_at) / 3600.0"),
        "lead_time_for_changes_hours",
    ),
    Fault(
        "a release belongs to a wrong service",
        "fact.fact_deployments",
        _replaced(service="(select min(service) from sound)"),
        "deployments",
        "service",
    ),
)
