"""Figures about marketing: advertising, the website, forms, mails, touchpoints.

PostHog does not see visitors with an ad blocker, and links without tags hide their channel:
those gaps are explained, visit by visit, from the ledger.
"""

from __future__ import annotations

from tapflow.quality.figure import Figure

_VISIT_DIMS = {
    "channel": ("channel", "channel"),
    "device_type": ("device_type", "device_type"),
    "landing_page": ("landing_page", "landing_page"),
}
_ADS_DIMS = {"channel": ("channel", "channel"), "platform": ("platform", "platform")}
_FORMS = """case form when 'newsletter' then 'Newsletter' when 'guide' then 'Draft Beer Guide'
    when 'webinar' then 'Webinar Registration' when 'signup' then 'Free Trial Sign-up'
    when 'demo' then 'Demo Request' end"""
# What the trackers make of visits: blocked ones are missing; untagged ones count under another channel.
_UNSEEN = """(
    select *, -1 as sign from truth.web_visit where is_blocked
    union all
    select *, -1 as sign from truth.web_visit where not is_blocked and shown_channel <> channel
    union all
    select * replace (shown_channel as channel), 1 as sign from truth.web_visit
    where not is_blocked and shown_channel <> channel
)"""


def _ads(name: str, title: str, unit: str, column: str) -> Figure:
    return Figure(
        name=name,
        title=title,
        domain="marketing",
        unit=unit,
        kind="flow",
        published=f"select $period(performance_date) as period, $dim as dim, sum({column}) as value "
        "from fact.fact_ad_performance group by 1, 2",
        truth=f"select $period(day) as period, $dim as dim, sum({column}) as value "
        "from truth.ad_performance group by 1, 2",
        dims=_ADS_DIMS,
    )


def _ads_ratio(name: str, title: str, unit: str, above: str, below: str) -> Figure:
    value = f"cast(sum({above}) as double) / nullif(sum({below}), 0)"
    return Figure(
        name=name,
        title=title,
        domain="marketing",
        unit=unit,
        kind="own",
        published=f"select $period(performance_date) as period, $dim as dim, {value} as value "
        "from fact.fact_ad_performance group by 1, 2",
        truth=f"select $period(day) as period, $dim as dim, {value} as value from truth.ad_performance group by 1, 2",
        dims=_ADS_DIMS,
    )


def _visits(name: str, title: str, published: str, truth: str) -> Figure:
    return Figure(
        name=name,
        title=title,
        domain="marketing",
        unit="count",
        kind="flow",
        published=f"select $period(session_date) as period, $dim as dim, sum({published}) as value "
        "from fact.fact_web_sessions group by 1, 2",
        truth=f"select $period(start_at) as period, $dim as dim, sum({truth}) as value "
        "from truth.web_visit group by 1, 2",
        explained=f"select $period(start_at) as period, $dim as dim, sum(sign * ({truth})) as value "
        f"from {_UNSEEN} group by 1, 2",
        dims=_VISIT_DIMS,
    )


def _visits_own(name: str, title: str, unit: str, published: str, truth: str) -> Figure:
    # No additive gap: the value over the visits that were seen, less the value over all. No dimensions either:
    # in a small cell everybody may be unseen, and then there is nothing to compare.
    seen = truth.replace("visitor", "case when not is_blocked then visitor end") if "distinct" in truth else ""
    seen = seen or f"{truth} filter (where not is_blocked)"
    return Figure(
        name=name,
        title=title,
        domain="marketing",
        unit=unit,
        kind="own",
        published=f"select $period(session_date) as period, $dim as dim, {published} as value "
        "from fact.fact_web_sessions group by 1, 2",
        truth=f"select $period(start_at) as period, $dim as dim, {truth} as value from truth.web_visit group by 1, 2",
        explained=f"select $period(start_at) as period, $dim as dim, {seen} - {truth} as value "
        "from truth.web_visit group by 1, 2",
    )


def _mails(name: str, title: str, published: str, truth: str) -> Figure:
    return Figure(
        name=name,
        title=title,
        domain="marketing",
        unit="count",
        kind="flow",
        published=f"select $period(sent_date) as period, $dim as dim, count({published}) as value "
        "from fact.fact_email_messages group by 1, 2",
        truth="select $period(sent_at) as period, $dim as dim, "
        f"sum(cast({truth} as bigint)) as value from truth.email_message group by 1, 2",
        dims={"mailing": ("mailing", "kind")},
    )


_SINCE = "(select cast(min(day) as timestamp) from truth.cash_day)"

FIGURES: tuple[Figure, ...] = (
    _ads("ad_spend", "Cost of advertising", "usd_minor", "cost_usd_minor"),
    _ads("impressions", "Ads shown", "count", "impressions"),
    _ads("clicks", "Clicks on ads", "count", "clicks"),
    _ads("ad_conversions", "Conversions that the platforms claim", "count", "conversions"),
    _ads_ratio("click_through_rate", "Clicks of impressions", "ratio", "clicks", "impressions"),
    _ads_ratio("cost_per_click", "Cost of a click", "usd_minor", "cost_usd_minor", "clicks"),
    _visits("website_sessions", "Website sessions", "1", "1"),
    _visits_own("unique_visitors", "Visitors", "count", "count(distinct visitor_id)", "count(distinct visitor)"),
    _visits("pageviews", "Pages opened", "pageviews", "pageviews"),
    _visits("pricing_page_views", "Pricing pages opened", "pricing_page_views", "pricing_page_views"),
    _visits("signups_started", "Sign-up forms begun", "signups_started", "cast(signup_started as bigint)"),
    _visits("signups_completed", "Sign-ups on the website", "signups_completed", "cast(signup_completed as bigint)"),
    _visits_own(
        "bounce_rate",
        "Sessions with one page and no action",
        "ratio",
        "avg(cast(is_bounce as double))",
        "avg(cast(pageviews = 1 and not acted as double))",
    ),
    _visits_own(
        "session_duration_seconds", "Median session", "seconds", "median(duration_seconds)", "median(duration_seconds)"
    ),
    Figure(
        name="demo_requests",
        title="Demos asked for on the website",
        domain="marketing",
        unit="count",
        kind="flow",
        published="select $period(submitted_date) as period, $dim as dim, count(*) as value "
        "from fact.fact_form_submissions where form_name = 'Demo Request' group by 1, 2",
        truth="select $period(at) as period, $dim as dim, count(*) as value "
        "from truth.conversion where form = 'demo' group by 1, 2",
    ),
    Figure(
        name="leads_created_by_form",
        title="People who became known by a form",
        domain="marketing",
        unit="count",
        kind="flow",
        published="select $period(submitted_date) as period, $dim as dim, count(*) as value "
        "from fact.fact_form_submissions where creates_contact group by 1, 2",
        truth="select $period(created_at) as period, $dim as dim, count(*) as value from truth.contact "
        f"where form <> 'imported' and created_at >= {_SINCE} group by 1, 2",
        dims={"form": ("form_name", _FORMS)},
    ),
    Figure(
        name="mqls",
        title="Contacts that became marketing-qualified",
        domain="marketing",
        unit="count",
        kind="flow",
        published="select $period(qualified_date) as period, $dim as dim, count(*) as value "
        "from fact.fact_qualifications group by 1, 2",
        truth='select $period("at") as period, $dim as dim, count(*) as value from truth.qualification group by 1, 2',
    ),
    _mails("emails_sent", "Marketing mails sent", "*", "true"),
    _mails("emails_delivered", "Marketing mails delivered", "delivered_at", "delivered"),
    _mails("emails_opened", "Marketing mails opened", "opened_at", "opened"),
    _mails("emails_clicked", "Marketing mails with a click", "clicked_at", "clicked"),
    _mails("emails_unsubscribed", "Readers who wanted no more", "unsubscribed_at", "unsubscribed"),
    Figure(
        name="touchpoints",
        title="Touchpoints of people known by name",
        domain="marketing",
        unit="count",
        kind="flow",
        published="select $period(touched_date) as period, $dim as dim, count(*) as value "
        "from fact.fact_touchpoints group by 1, 2",
        truth="select $period(t.at) as period, $dim as dim, count(*) as value from truth.touch as t "
        "join truth.contact as c on t.prospect = c.contact group by 1, 2",
        # Unseen: what leaves no trace (outside the website, or behind a blocker), and the visits of people whose
        # record was made by hand, which no form tied to a browser.
        explained="select $period(t.at) as period, $dim as dim, -count(*) as value from truth.touch as t "
        "join truth.contact as c on t.prospect = c.contact "
        "where t.trace = 'none' or (t.trace = 'website' and c.form = 'imported') group by 1, 2",
    ),
)
