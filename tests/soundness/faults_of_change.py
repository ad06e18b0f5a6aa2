"""Faults about what comes late, moves and is shared out: features over 28 days, territories, attribution."""

from __future__ import annotations

from tests.soundness.fault import Fault, mapped, replaced

FAULTS: tuple[Fault, ...] = (
    Fault(
        "users of 28 days are users of the day",
        "entity.entity_features_daily",
        replaced(users_28d="users"),
        "feature_users_28d",
        "feature",
    ),
    Fault(
        "two features' users of 28 days change places",
        "entity.entity_features_daily",
        "select s.* replace (coalesce(o.users_28d, s.users_28d) as users_28d) from sound as s "
        "left join (select * from sound) as o on o.day = s.day "
        "and (s.feature_key, o.feature_key) in (('reports', 'alerts'), ('alerts', 'reports'))",
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
        replaced(territory="previous_territory", previous_territory="territory"),
        "territory_changes",
        "territory",
    ),
    Fault(
        "a customer's history keeps the old territory",
        "entity.entity_customers_history",
        replaced(sales_territory="coalesce(previous_sales_territory, sales_territory)"),
        "territory_changes_of_customers",
        "territory",
        quick=True,
    ),
    Fault(
        "a change of territory is told a day late",
        "entity.entity_customers_history",
        replaced(
            valid_from="case change_reason when 'territory' then valid_from + interval '1' day else valid_from end"
        ),
        "territory_changes_of_customers",
    ),
    Fault(
        "the last touch gets what the first one should",
        "fact.fact_attribution",
        "select s.* replace (coalesce(o.attributed_revenue_usd_minor, s.attributed_revenue_usd_minor) "
        "as attributed_revenue_usd_minor) from sound as s left join (select * from sound) as o on s.model = 'first' "
        "and o.model = 'last' and o.account_id = s.account_id and o.touchpoint_id = s.touchpoint_id",
        "attributed_revenue_by_channel",
        "channel_by_model",
    ),
    Fault(
        "linear attribution gives half of the touches all",
        "fact.fact_attribution",
        replaced(
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
        mapped("channel", direct="content"),
        "attributed_revenue_by_channel",
        "channel_by_model",
    ),
)
