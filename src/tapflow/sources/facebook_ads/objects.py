"""What Meta's ads show, as the Graph API answers it: numbers in insights are texts."""

from __future__ import annotations

from tapflow.core.schema import Derived, Field, Kind, SourceObject, Type

CAMPAIGNS = SourceObject(
    system="facebook_ads",
    name="campaigns",
    grain="one row per campaign",
    description="Campaigns on Facebook and Instagram.",
    fields=(
        Field("id", Type.STRING, "Meta's number of the campaign.", required=True, staged="campaign_id"),
        Field("account_id", Type.STRING, "The advertising account.", staged=None),
        Field("name", Type.STRING, "Its name.", required=True, staged="campaign_name"),
        Field("status", Type.STRING, "ACTIVE, PAUSED or ARCHIVED.", staged="campaign_status"),
        Field("objective", Type.STRING, "OUTCOME_LEADS or OUTCOME_TRAFFIC."),
        Field("daily_budget", Type.STRING, "Budget a day in US cents, as text."),
        Field("start_time", Type.TIMESTAMP, "When it starts."),
        Field("stop_time", Type.TIMESTAMP, "When it stops."),
        Field("created_time", Type.TIMESTAMP, "When it was made.", staged="created_at"),
        Field("updated_time", Type.TIMESTAMP, "When it last changed.", required=True, staged="updated_at"),
    ),
    key=("id",),
    version="updated_time",
    derived=(Derived("daily_budget_usd_minor", Type.INT, "cast(daily_budget as bigint)", "Budget a day, US cents."),),
)

AD_SETS = SourceObject(
    system="facebook_ads",
    name="ad_sets",
    grain="one row per ad set",
    description="Ad sets of campaigns: an audience each.",
    fields=(
        Field("id", Type.STRING, "Meta's number of the ad set.", required=True, staged="ad_set_id"),
        Field("campaign_id", Type.STRING, "Its campaign.", required=True),
        Field("name", Type.STRING, "Its name.", staged="ad_set_name"),
        Field("effective_status", Type.STRING, "ACTIVE or CAMPAIGN_PAUSED.", staged="ad_set_status"),
        Field("url_tags", Type.STRING, "Tags put on its ads' links; null when nobody set them."),
        Field("updated_time", Type.TIMESTAMP, "When it last changed.", required=True, staged="updated_at"),
    ),
    key=("id",),
    version="updated_time",
)

INSIGHTS = SourceObject(
    system="facebook_ads",
    name="insights",
    grain="one row per ad set and day",
    description="What ad sets delivered on a day, and cost.",
    fields=(
        Field("date_start", Type.DATE, "Day.", required=True, staged="performance_date"),
        Field("date_stop", Type.DATE, "The same day.", staged=None),
        Field("campaign_id", Type.STRING, "Campaign.", required=True),
        Field("adset_id", Type.STRING, "Ad set.", required=True, staged="ad_set_id"),
        Field("impressions", Type.STRING, "Times shown, as text.", staged=None),
        Field("clicks", Type.STRING, "Clicks, as text.", staged=None),
        Field("spend", Type.STRING, "Cost in US dollars, as text.", staged=None),
        Field("actions", Type.JSON, "Actions by type, as a list; leads are counted within 30 days of a click."),
    ),
    key=("adset_id", "date_start"),
    version="date_start",
    derived=(
        Derived("impressions", Type.INT, "cast(impressions as bigint)", "Times shown."),
        Derived("clicks", Type.INT, "cast(clicks as bigint)", "Clicks."),
        Derived(
            "cost_usd_minor",
            Type.INT,
            "cast(round(cast(spend as decimal(18, 2)) * 100) as bigint)",
            "Cost in US cents.",
        ),
    ),
    kind=Kind.EVENTS,
)

OBJECTS: tuple[SourceObject, ...] = (CAMPAIGNS, AD_SETS, INSIGHTS)
