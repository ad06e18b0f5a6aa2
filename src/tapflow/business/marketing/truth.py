"""The marketing part of the ledger."""

from __future__ import annotations

from tapflow.core.schema import TruthColumn as Column
from tapflow.core.schema import TruthTable, Type

TABLES = (
    TruthTable(
        "prospect",
        "one row per prospect, on the day of its first touch",
        "People who may become customers, with what truly brought them.",
        (
            Column("prospect", Type.INT, "The prospect's number."),
            Column("arrived_day", Type.DATE, "Day of the first touch."),
            Column("channel", Type.STRING, "True source: the kind of the first touch."),
            Column("campaign", Type.STRING, "Tag of the campaign of the first touch."),
            Column("country", Type.STRING, "Country, ISO 3166."),
            Column("industry", Type.STRING, "Kind of house."),
            Column("locations_wanted", Type.INT, "Locations to be fitted."),
            Column("intent", Type.FLOAT, "Lasting factor of the hazard of converting."),
            Column("end_day", Type.DATE, "Day on which interest is over, unless converted before."),
        ),
    ),
    TruthTable(
        "touch",
        "one row per touch of a prospect",
        "Every touch, seen or not, with what it did to the hazard of converting.",
        (
            Column("prospect", Type.INT, "The prospect's number."),
            Column("touch", Type.INT, "The touch's number."),
            Column(
                "at", Type.TIMESTAMP, "When; a mail's at its click; noon of its day for touches outside the website."
            ),
            Column("kind", Type.STRING, "Kind of touch: a channel, email or direct."),
            Column("campaign", Type.STRING, "Tag of its campaign; empty for none."),
            Column("effect", Type.FLOAT, "Hazard ratio on its day; fades with the scenario's half-life."),
            Column("visit", Type.INT, "The website visit that it led to, -1 for none."),
            Column("trace", Type.STRING, "Where it can be seen: website, email, crm or none."),
        ),
    ),
    TruthTable(
        "prospect_hazard",
        "one row per day, channel and whether touched that day",
        "The daily hazard of converting that the dice were thrown against, summed over prospects.",
        (
            Column("day", Type.DATE, "Day."),
            Column("channel", Type.STRING, "True source of the prospects."),
            Column("touched_today", Type.BOOL, "Had a touch on the day."),
            Column("at_risk", Type.INT, "Prospects."),
            Column("expected_conversions", Type.FLOAT, "Sum of their hazards."),
            Column("conversions", Type.INT, "Conversions that happened."),
        ),
    ),
    TruthTable(
        "conversion",
        "one row per prospect that converted",
        "Sign-ups, demo requests and leads by hand, with the hazard on the day.",
        (
            Column("prospect", Type.INT, "The prospect's number."),
            Column("at", Type.TIMESTAMP, "When."),
            Column("form", Type.STRING, "signup, demo, or imported for a lead by hand."),
            Column("channel", Type.STRING, "True source."),
            Column("hazard", Type.FLOAT, "Hazard of the day."),
            Column("touches", Type.INT, "Touches before and on the day."),
        ),
    ),
    TruthTable(
        "contact",
        "one row per prospect that became known by name",
        "Since when, and by which form; those known before the first day are told on it.",
        (
            Column("contact", Type.INT, "The prospect's number."),
            Column("created_at", Type.TIMESTAMP, "When."),
            Column("form", Type.STRING, "newsletter, guide, webinar, signup, demo, or imported by hand."),
            Column("is_blocked", Type.BOOL, "Its browser lets no event through: its visits are nobody's."),
        ),
    ),
    TruthTable(
        "qualification",
        "one row per contact that became marketing-qualified",
        "Contacts whose score reached the threshold, or who asked for a demo.",
        (
            Column("contact", Type.INT, "The prospect's number."),
            Column("at", Type.TIMESTAMP, "When first."),
            Column("score", Type.INT, "Its score then."),
        ),
    ),
    TruthTable(
        "web_visit",
        "one row per visit of the website",
        "Every visit, including those that trackers did not see.",
        (
            Column("visit", Type.INT, "The visit's number."),
            Column("visitor", Type.INT, "The visitor's number; a prospect's own when below 2^40."),
            Column("persona", Type.STRING, "bar_owner, chain_manager, curious, job_seeker or customer."),
            Column("start_at", Type.TIMESTAMP, "First page."),
            Column("duration_seconds", Type.INT, "From the first page to leaving the last."),
            Column("channel", Type.STRING, "What truly brought it."),
            Column("shown_channel", Type.STRING, "What its tags and referrer tell."),
            Column("campaign", Type.STRING, "Tag of its campaign; empty for none."),
            Column("landing_page", Type.STRING, "First page's path."),
            Column("device_type", Type.STRING, "desktop, mobile or tablet."),
            Column("pageviews", Type.INT, "Pages opened."),
            Column("pricing_page_views", Type.INT, "Of those, the pricing page."),
            Column("acted", Type.BOOL, "Did more than look at pages."),
            Column("signup_started", Type.BOOL, "Began the sign-up form."),
            Column("signup_completed", Type.BOOL, "Signed up."),
            Column("demo_requested", Type.BOOL, "Asked for a demo."),
            Column("is_blocked", Type.BOOL, "No event of it reached PostHog."),
            Column("is_unseen_by_analytics", Type.BOOL, "Google Analytics did not count it."),
            Column(
                "is_untagged",
                Type.BOOL,
                "No tag names its campaign: links without tags, or a search.",
            ),
        ),
    ),
    TruthTable(
        "ad_performance",
        "one row per ad group and day",
        "What advertising delivered and cost.",
        (
            Column("day", Type.DATE, "Day."),
            Column("campaign", Type.STRING, "Tag of the campaign."),
            Column("ad_group", Type.INT, "The ad group's number."),
            Column("platform", Type.STRING, "google_ads, facebook_ads or linkedin_ads."),
            Column("channel", Type.STRING, "paid_search or social."),
            Column("impressions", Type.INT, "Times shown."),
            Column("clicks", Type.INT, "Clicks."),
            Column("cost_usd_minor", Type.INT, "Cost in US cents."),
            Column("conversions", Type.INT, "Sign-ups and demo requests that the platform claims."),
        ),
    ),
    TruthTable(
        "email_message",
        "one row per message",
        "Mails sent, and what became of them.",
        (
            Column("message", Type.INT, "The message's number."),
            Column("recipient", Type.INT, "The contact's number."),
            Column("kind", Type.STRING, "nurture, newsletter or onboarding."),
            Column("campaign", Type.STRING, "Tag of the campaign."),
            Column("sent_at", Type.TIMESTAMP, "When."),
            Column("delivered", Type.BOOL, "Was not bounced."),
            Column("opened", Type.BOOL, "Was opened."),
            Column("clicked", Type.BOOL, "A link was clicked."),
            Column("unsubscribed", Type.BOOL, "The reader wants no more."),
        ),
    ),
)
