"""What LinkedIn's ads show: a campaign group is what other platforms call a campaign."""

from __future__ import annotations

from tapflow.core.schema import Derived, Field, Kind, SourceObject, Type

CAMPAIGN_GROUPS = SourceObject(
    system="linkedin_ads",
    name="campaign_groups",
    grain="one row per campaign group",
    description="Campaign groups: a budget and a run each.",
    fields=(
        Field("id", Type.INT, "LinkedIn's number of the group.", required=True, staged="campaign_group_id"),
        Field("account", Type.STRING, "urn of the sponsored account.", staged=None),
        Field("name", Type.STRING, "Its name.", required=True, staged="campaign_group_name"),
        Field("status", Type.STRING, "ACTIVE, PAUSED or COMPLETED.", staged="campaign_group_status"),
        Field("dailyBudget", Type.JSON, "Budget a day: amount as text and currencyCode.", staged=None),
        Field("runSchedule", Type.JSON, "start and end, epoch milliseconds.", staged="run_schedule"),
        Field("created", Type.TIMESTAMP, "When it was made.", staged="created_at"),
        Field("lastModified", Type.TIMESTAMP, "When it last changed.", required=True, staged="updated_at"),
    ),
    key=("id",),
    version="lastModified",
    derived=(
        Derived(
            "daily_budget_usd_minor",
            Type.INT,
            "cast(round(cast({{ json_value('dailyBudget', 'amount') }} as decimal(18, 2)) * 100) as bigint)",
            "Budget a day, US cents.",
        ),
    ),
)

CAMPAIGNS = SourceObject(
    system="linkedin_ads",
    name="campaigns",
    grain="one row per campaign (other platforms' ad group)",
    description="Campaigns of campaign groups: an audience each.",
    fields=(
        Field("id", Type.INT, "LinkedIn's number of the campaign.", required=True, staged="campaign_id"),
        Field("campaignGroup", Type.STRING, "urn of its group.", required=True, staged="campaign_group_urn"),
        Field("name", Type.STRING, "Its name.", staged="campaign_name"),
        Field("status", Type.STRING, "ACTIVE, PAUSED or COMPLETED.", staged="campaign_status"),
        Field("costType", Type.STRING, "CPC.", staged="cost_type"),
        Field("lastModified", Type.TIMESTAMP, "When it last changed.", required=True, staged="updated_at"),
    ),
    key=("id",),
    version="lastModified",
)

AD_ANALYTICS = SourceObject(
    system="linkedin_ads",
    name="ad_analytics",
    grain="one row per campaign and day",
    description="What campaigns delivered on a day, and cost.",
    fields=(
        Field("dateRange", Type.DATE, "Day (start and end are the same).", required=True, staged="performance_date"),
        Field("pivotValues", Type.STRING, "urn of the campaign.", required=True, staged="campaign_urn"),
        Field("campaignGroup", Type.STRING, "urn of its group.", required=True, staged="campaign_group_urn"),
        Field("impressions", Type.INT, "Times shown."),
        Field("clicks", Type.INT, "Clicks."),
        Field("costInUsd", Type.STRING, "Cost in US dollars, as text.", staged=None),
        Field(
            "externalWebsiteConversions",
            Type.INT,
            "Conversions on our website within 30 days of a click.",
            staged="conversions",
        ),
    ),
    key=("pivotValues", "dateRange"),
    version="dateRange",
    derived=(
        Derived(
            "cost_usd_minor",
            Type.INT,
            "cast(round(cast(costInUsd as decimal(18, 2)) * 100) as bigint)",
            "Cost in US cents.",
        ),
    ),
    kind=Kind.EVENTS,
)

OBJECTS: tuple[SourceObject, ...] = (CAMPAIGN_GROUPS, CAMPAIGNS, AD_ANALYTICS)
