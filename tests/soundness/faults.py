"""Faults as a model might have them, planted into published tables: each must be seen by verification."""

from __future__ import annotations

from tests.soundness.fault import Fault, mapped, replaced
from tests.soundness.faults_of_change import FAULTS as OF_CHANGE
from tests.soundness.faults_of_retelling import FAULTS as OF_RETELLING

_OURS_COUNTED = replaced(is_internal="false")

FAULTS: tuple[Fault, ...] = (
    # Billing
    Fault(
        "a join repeats the lines of add-ons",
        "fact.fact_mrr_daily",
        "select * from sound union all select * from sound where product_line <> 'platform'",
        "mrr",
    ),
    Fault("MRR ends a day late", "fact.fact_mrr_daily", replaced(valid_to_day="valid_to_day + 1"), "mrr"),
    Fault(
        "euros are counted as dollars",
        "fact.fact_mrr_daily",
        replaced(
            mrr_usd_minor="case currency when 'EUR' then cast(mrr_usd_minor / 1.1 as bigint) else mrr_usd_minor end"
        ),
        "mrr",
        "currency",
        quick=True,
    ),
    Fault(
        "a contraction has the wrong sign",
        "fact.fact_mrr_movements",
        replaced(amount_usd_minor="case movement when 'contraction' then -amount_usd_minor else amount_usd_minor end"),
        "contraction_mrr",
    ),
    Fault(
        "an expansion is called new",
        "fact.fact_mrr_movements",
        mapped("movement", expansion="new"),
        "new_customers",
    ),
    Fault(
        "churn is told a day late",
        "fact.fact_mrr_movements",
        replaced(day="case movement when 'churned' then day + 1 else day end"),
        "churned_mrr",
    ),
    Fault(
        "opening balances lose their currency",
        "fact.fact_mrr_movements",
        replaced(currency="case movement when 'opening' then null else currency end"),
        "opening_mrr",
        "currency",
    ),
    Fault(
        "invoices of before the first day count",
        "fact.fact_invoices",
        replaced(is_opening="false"),
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
        replaced(amount_usd_minor="amount_usd_minor + discount_minor"),
        "billed_lines",
    ),
    Fault("a failed payment is money", "fact.fact_payments", replaced(is_succeeded="true"), "failed_payments"),
    Fault("refunds are ignored", "fact.fact_refunds", "select * from sound where false", "refunds"),
    Fault(
        "credits before and after payment are mixed up",
        "fact.fact_credit_notes",
        replaced(is_after_payment="not is_after_payment"),
        "credit_notes",
        "after_payment",
    ),
    Fault(
        "revenue is recognised a day late",
        "fact.fact_recognized_revenue",
        replaced(day="day + 1"),
        "recognized_revenue",
    ),
    Fault(
        "receivables are aged from a wrong date",
        "fact.fact_receivables",
        replaced(due_day="due_day + 30"),
        "accounts_receivable",
        "aging_bucket",
    ),
    # Customers
    Fault("our own accounts are customers", "entity.entity_customers_daily", _OURS_COUNTED, "trial_accounts"),
    Fault(
        "one country is taken for another",
        "entity.entity_customers_daily",
        mapped("country", US="CA"),
        "active_accounts",
        "country",
        quick=True,
    ),
    Fault(
        "a trial's status is mapped wrongly",
        "entity.entity_customers_daily",
        mapped("account_status", signed="trial"),
        "trial_accounts",
    ),
    Fault(
        "a customer's MRR is that of its plan at the end",
        "entity.entity_customers_daily",
        mapped("plan", growth="enterprise"),
        "customers_mrr",
        "plan",
    ),
    Fault(
        "an expired trial is churn",
        "entity.entity_customers_history",
        mapped("account_status", expired="churned"),
        "trials_expired",
    ),
    Fault(
        "a sign-up's channel is the last one, not the first",
        "entity.entity_customers",
        mapped("acquisition_channel", content="paid_search"),
        "signups",
        "channel",
    ),
    Fault(
        "a subscription's month is the plan's before",
        "entity.entity_subscriptions_monthly",
        mapped("plan", growth="starter"),
        "subscriptions_mrr",
        "plan",
    ),
    # Sales
    Fault("doubles are leads", "fact.fact_leads", replaced(is_duplicate="false"), "leads_created", quick=True),
    Fault(
        "a lost deal is won",
        "fact.fact_opportunities",
        replaced(is_won="is_closed", stage="case when is_closed then 'Closed Won' else stage end"),
        "win_rate",
    ),
    Fault(
        "a new customer's deal is called a trial's",
        "fact.fact_opportunities",
        replaced(opportunity_type="'New Business'"),
        "opportunities_created",
        "opportunity_type",
    ),
    Fault(
        "a deal stays in the pipeline on the day after",
        "fact.fact_pipeline_daily",
        replaced(day="day + 1"),
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
        mapped("activity_type", call="email"),
        "sales_activities",
        "activity_type",
    ),
    # Marketing
    Fault(
        "a session's day is that of another time zone",
        "fact.fact_web_sessions",
        replaced(session_date="cast(started_at - interval '8' hour as date)"),
        "website_sessions",
        quick=True,
    ),
    Fault(
        "paid visits count as direct ones",
        "fact.fact_web_sessions",
        mapped("channel", paid_search="direct"),
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
        replaced(
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
        replaced(platform="'web'"),
        "app_sessions",
        "platform",
    ),
    Fault(
        "two features are mixed up",
        "entity.entity_features_daily",
        mapped("feature_key", alerts="dashboard", dashboard="alerts"),
        "feature_daily_users",
        "feature",
    ),
    # Support
    Fault("our own tests write tickets", "fact.fact_ticket_events", _OURS_COUNTED, "tickets_created"),
    Fault(
        "a reopened ticket is a new one",
        "fact.fact_ticket_events",
        mapped("event_kind", reopened="created"),
        "tickets_reopened",
    ),
    Fault(
        "nights count as business hours",
        "fact.fact_tickets",
        replaced(first_response_business_seconds="date_diff('second', created_at, first_responded_at)"),
        "first_response_hours",
    ),
    # Finance
    Fault(
        "income's corrections have the wrong sign",
        "fact.fact_gl",
        replaced(
            amount_usd_minor="case when gl_account_type = 'Income' then -abs(amount_usd_minor) "
            "else amount_usd_minor end"
        ),
        "income",
    ),
    Fault(
        "a department's cost is another's",
        "fact.fact_gl",
        mapped("department", Sales="Marketing"),
        "operating_expenses",
        "department",
    ),
    Fault(
        "budgets begin a month late",
        "fact.fact_budgets",
        replaced(budget_month="budget_month + interval '1' month"),
        "budget",
    ),
    # Devices
    Fault(
        "late events are dropped",
        "fact.fact_device_days",
        replaced(pours="case when late_events_received > 0 then 0 else pours end"),
        "pours",
        quick=True,
    ),
    Fault(
        "a device is of a wrong model",
        "entity.entity_devices",
        replaced(device_model="case device_id % 3 when 0 then 'TP-100' else device_model end"),
        "pours",
        "device_model",
    ),
    Fault(
        "cleaning is taken for foam",
        "fact.fact_device_days",
        replaced(foam_ml="foam_ml + clean_ml", clean_ml="cast(0 as bigint)"),
        "waste_ml",
        "kind",
    ),
    # Engineering
    Fault(
        "lead time begins when a pull request is opened",
        "fact.fact_pull_requests",
        replaced(lead_time_hours="date_diff('second', opened_at, released_at) / 3600.0"),
        "lead_time_for_changes_hours",
    ),
    Fault(
        "a release belongs to a wrong service",
        "fact.fact_deployments",
        replaced(service="(select min(service) from sound)"),
        "deployments",
        "service",
    ),
    *OF_CHANGE,
    *OF_RETELLING,
)
