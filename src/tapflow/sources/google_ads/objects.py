"""What Google Ads shows, as its search answers it."""

from __future__ import annotations

from tapflow.core.schema import Derived, Field, Kind, SourceObject, Type

CAMPAIGNS = SourceObject(
    system="google_ads",
    name="campaigns",
    grain="one row per campaign",
    description="Campaigns of search advertising.",
    fields=(
        Field("id", Type.INT, "Google's number of the campaign.", required=True, staged="campaign_id"),
        Field("resource_name", Type.STRING, "customers/<id>/campaigns/<id>.", staged=None),
        Field("name", Type.STRING, "Its name.", required=True, staged="campaign_name"),
        Field("status", Type.STRING, "ENABLED, PAUSED or REMOVED.", staged="campaign_status"),
        Field("advertising_channel_type", Type.STRING, "SEARCH."),
        Field("start_date", Type.DATE, "First day."),
        Field("end_date", Type.DATE, "Last day."),
        Field("budget_amount_micros", Type.INT, "Budget a day, millionths of a US dollar."),
        Field("final_url_suffix", Type.STRING, "Tags put on its links; null when nobody set them."),
        Field("last_change_date_time", Type.TIMESTAMP, "When it last changed.", required=True, staged="updated_at"),
    ),
    key=("id",),
    version="last_change_date_time",
    derived=(
        Derived(
            "daily_budget_usd_minor",
            Type.INT,
            "cast(budget_amount_micros / 10000 as bigint)",
            "Budget a day, US cents.",
        ),
    ),
)

AD_GROUPS = SourceObject(
    system="google_ads",
    name="ad_groups",
    grain="one row per ad group",
    description="Ad groups of campaigns.",
    fields=(
        Field("id", Type.INT, "Google's number of the ad group.", required=True, staged="ad_group_id"),
        Field("campaign_id", Type.INT, "Its campaign.", required=True),
        Field("name", Type.STRING, "Its name.", staged="ad_group_name"),
        Field("status", Type.STRING, "ENABLED, PAUSED or REMOVED.", staged="ad_group_status"),
        Field("last_change_date_time", Type.TIMESTAMP, "When it last changed.", required=True, staged="updated_at"),
    ),
    key=("id",),
    version="last_change_date_time",
)

AD_GROUP_PERFORMANCE = SourceObject(
    system="google_ads",
    name="ad_group_performance",
    grain="one row per ad group and day",
    description="What ad groups delivered on a day, and cost.",
    fields=(
        Field("segments_date", Type.DATE, "Day.", required=True, staged="performance_date"),
        Field("campaign_id", Type.INT, "Campaign.", required=True),
        Field("ad_group_id", Type.INT, "Ad group.", required=True),
        Field("metrics_impressions", Type.INT, "Times shown.", staged="impressions"),
        Field("metrics_clicks", Type.INT, "Clicks.", staged="clicks"),
        Field("metrics_cost_micros", Type.INT, "Cost, millionths of a US dollar.", staged="cost_micros"),
        Field("metrics_conversions", Type.FLOAT, "Conversions within 30 days of a click.", staged="conversions"),
    ),
    key=("ad_group_id", "segments_date"),
    version="segments_date",
    derived=(Derived("cost_usd_minor", Type.INT, "cast(metrics_cost_micros / 10000 as bigint)", "Cost in US cents."),),
    kind=Kind.EVENTS,
)

OBJECTS: tuple[SourceObject, ...] = (CAMPAIGNS, AD_GROUPS, AD_GROUP_PERFORMANCE)
