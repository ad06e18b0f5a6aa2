"""Figures about campaigns, day by day: what they delivered, brought and cost."""

from __future__ import annotations

from tapflow.quality.figure import Figure, told

_DAILY = (
    "entity.entity_campaigns_daily left join (select campaign_id, campaign_tag from entity.entity_campaigns) "
    "using (campaign_id)"
)
_CAMPAIGN = {"campaign": ("campaign_tag", "campaign")}
_UNTAGGED = "(is_blocked or is_untagged)"


def _daily(
    name: str,
    title: str,
    unit: str,
    published: str,
    truth: tuple[str, str, str],
    explained: str | None = None,
    dims: dict[str, tuple[str, str]] = _CAMPAIGN,
) -> Figure:
    """A sum over campaigns; the truth is (instant, value, rows), and `explained` says which rows leave no trace."""
    at, value, rows = truth
    return Figure(
        name=name,
        title=title,
        domain="marketing",
        unit=unit,
        kind="flow",
        published=told("day", f"sum({published})", _DAILY),
        truth=told(at, value, rows),
        explained=told(at, f"-({value})", f"{rows} and {explained}") if explained else None,
        dims=dims,
    )


def _ads(name: str, title: str, unit: str, published: str, truth: str) -> Figure:
    rows = "truth.ad_performance where true"
    return _daily(name, title, unit, published, ("day", f"sum({truth})", rows), dims={
        **_CAMPAIGN, "channel": ("channel", "channel"),
    })  # fmt: skip


def _visits(name: str, title: str, published: str, value: str) -> Figure:
    rows = "truth.web_visit where campaign <> ''"
    return _daily(name, title, "count", published, ("start_at", value, rows), _UNTAGGED)


def _mails(name: str, title: str, published: str, truth: str) -> Figure:
    rows = f"truth.email_message where {truth}"
    return _daily(name, title, "count", published, ("sent_at", "count(*)", rows))


FIGURES: tuple[Figure, ...] = (
    _ads("campaign_impressions", "Ads of campaigns shown", "count", "impressions", "impressions"),
    _ads("campaign_clicks", "Clicks on ads of campaigns", "count", "clicks", "clicks"),
    _ads("campaign_spend", "Cost of campaigns' advertising", "usd_minor", "ad_spend_usd_minor", "cost_usd_minor"),
    _ads("campaign_conversions", "Conversions claimed for campaigns", "count", "claimed_conversions", "conversions"),
    _visits("campaign_sessions", "Website sessions that campaigns brought", "website_sessions", "count(*)"),
    _visits(
        "campaign_signups",
        "Sign-ups in sessions that campaigns brought",
        "signups_completed",
        "sum(cast(signup_completed as bigint))",
    ),
    _visits(
        "campaign_demo_requests",
        "Demos asked for in sessions that campaigns brought",
        "demos_requested",
        "sum(cast(demo_requested as bigint))",
    ),
    _mails("campaign_emails_sent", "Campaigns' mails sent", "emails_sent", "true"),
    _mails("campaign_emails_delivered", "Campaigns' mails delivered", "emails_delivered", "delivered"),
    _mails("campaign_emails_clicked", "Campaigns' mails with a click", "emails_clicked", "clicked"),
    _daily(
        "campaign_touchpoints",
        "Touchpoints of people known by name that campaigns brought",
        "count",
        "touchpoints",
        (
            "t.at",
            "count(*)",
            "(select t.*, c.form, coalesce(w.is_untagged, false) as is_untagged from truth.touch as t "
            "join truth.contact as c on t.prospect = c.contact "
            "left join truth.web_visit as w on w.visit = t.visit and t.visit >= 0 where t.campaign <> '') as t "
            "where true",
        ),
        "(trace = 'none' or (trace = 'website' and (form = 'imported' or is_untagged)))",
    ),
)
