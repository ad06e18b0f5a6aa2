"""The product database's tables about customers: declared once."""

from __future__ import annotations

from tapflow.core.schema import Field, Pii, SourceObject, Type
from tapflow.sources.app.changes import app_table
from tapflow.sources.app.devices_objects import DEVICE_OBJECTS

ACCOUNTS = app_table(
    "accounts",
    "one row per account of the product",
    "Customers and trials as the product knows them.",
    Field("id", Type.INT, "The account.", required=True, staged="account_id"),
    Field("uuid", Type.STRING, "Public id, used in links and by other systems.", required=True, staged="account_uuid"),
    Field("name", Type.STRING, "The house's name.", staged="account_name"),
    Field("domain", Type.STRING, "Web domain given at sign-up.", staged="email_domain"),
    Field("phone", Type.STRING, "Telephone number given at sign-up.", pii=Pii.CONFIDENTIAL),
    Field("industry", Type.STRING, "bar, restaurant, brewpub, hotel, stadium or club."),
    Field("country", Type.STRING, "Country, ISO 3166."),
    Field("region", Type.STRING, "Region of the country."),
    Field("timezone", Type.STRING, "IANA time zone."),
    Field("currency", Type.STRING, "Currency of the bills, ISO 4217."),
    Field("status", Type.STRING, "trial, signed, active, paused, churned or expired.", staged="account_status"),
    Field("churn_reason", Type.STRING, "What the customer said when leaving; null while with us."),
    Field("plan", Type.STRING, "Plan, or the one last held.", staged="plan"),
    Field("billing_interval", Type.STRING, "month or year."),
    Field("signup_source", Type.STRING, "What the customer said had brought them.", staged="signup_source"),
    Field("created_at", Type.TIMESTAMP, "When the account was made.", required=True),
    Field("opened_on", Type.DATE, "When the house itself opened its doors."),
    Field("trial_ends_at", Type.TIMESTAMP, "End of the trial; null without one."),
    Field("activated_at", Type.TIMESTAMP, "When onboarding was finished; null before.", staged="onboarded_at"),
    Field("is_internal", Type.BOOL, "One of our own test accounts.", required=True),
)
LOCATIONS = app_table(
    "locations",
    "one row per location of an account",
    "The houses: where taps stand.",
    Field("id", Type.INT, "The location.", required=True, staged="location_id"),
    Field("account_id", Type.INT, "Its account.", required=True),
    Field("name", Type.STRING, "Its name.", staged="location_name"),
    Field("country", Type.STRING, "Country, ISO 3166."),
    Field("region", Type.STRING, "Region of the country."),
    Field("timezone", Type.STRING, "IANA time zone."),
    Field("latitude", Type.FLOAT, "Degrees north.", pii=Pii.CONFIDENTIAL),
    Field("longitude", Type.FLOAT, "Degrees east.", pii=Pii.CONFIDENTIAL),
    Field("taps", Type.INT, "Taps in use.", staged="tap_count"),
    Field("created_at", Type.TIMESTAMP, "When it was added.", required=True),
    Field("closed_at", Type.TIMESTAMP, "When it was closed; null while open."),
)
USERS = app_table(
    "users",
    "one row per person with a login",
    "People who may sign in.",
    Field("id", Type.INT, "The user.", required=True, staged="user_id"),
    Field("email", Type.STRING, "Address to sign in with.", pii=Pii.PERSONAL),
    Field("first_name", Type.STRING, "Given name.", pii=Pii.PERSONAL),
    Field("last_name", Type.STRING, "Family name.", pii=Pii.PERSONAL),
    Field("created_at", Type.TIMESTAMP, "When the login was made.", required=True),
    Field("deleted_at", Type.TIMESTAMP, "When it was deleted; null while there."),
)
MEMBERSHIPS = app_table(
    "memberships",
    "one row per user and account",
    "Who belongs to which account, in which role, at which location.",
    Field("id", Type.INT, "The membership.", required=True, staged="membership_id"),
    Field("user_id", Type.INT, "The user.", required=True),
    Field("account_id", Type.INT, "The account.", required=True),
    Field("location_id", Type.INT, "Home location; null for the whole account."),
    Field("role", Type.STRING, "owner, manager, bartender or analyst.", staged="user_role"),
    Field("created_at", Type.TIMESTAMP, "Since when.", required=True),
)
PLANS = app_table(
    "plans",
    "one row per plan",
    "The plans that can be taken.",
    Field("id", Type.INT, "The plan.", required=True, staged="plan_id"),
    Field("name", Type.STRING, "Its name.", staged="plan_name"),
    Field("price_per_tap_cents", Type.INT, "List price a tap and month, USD cents.", staged="tap_month_usd_minor"),
    Field("seats_included", Type.INT, "Logins included."),
)
SUBSCRIPTIONS = app_table(
    "subscriptions",
    "one row per subscription as the product knows it",
    "What an account may use: the product's own copy, which knows no money.",
    Field("id", Type.INT, "The subscription.", required=True, staged="subscription_id"),
    Field("account_id", Type.INT, "Its account.", required=True),
    Field("plan", Type.STRING, "Plan."),
    Field("billing_interval", Type.STRING, "month or year."),
    Field("status", Type.STRING, "active, past_due, paused or canceled.", staged="subscription_status"),
    Field("stripe_subscription_id", Type.STRING, "Its id with the payment processor."),
    Field("started_at", Type.TIMESTAMP, "First billed instant."),
    Field("ended_at", Type.TIMESTAMP, "When it ended; null while live."),
)
ORDERS = app_table(
    "orders",
    "one row per order line",
    "Hardware and installation visits that were ordered.",
    Field("id", Type.INT, "The order line.", required=True, staged="order_id"),
    Field("account_id", Type.INT, "Who ordered.", required=True),
    Field("product", Type.STRING, "hardware or installation."),
    Field("quantity", Type.INT, "How many."),
    Field("unit_price_cents", Type.INT, "Price of one, minor units of the currency.", staged="unit_minor"),
    Field("currency", Type.STRING, "ISO 4217."),
    Field("ordered_at", Type.TIMESTAMP, "When.", required=True),
)
ONBOARDING_STEPS = app_table(
    "onboarding_steps",
    "one row per account and finished step",
    "Steps of onboarding that an account has finished.",
    Field("id", Type.INT, "The record.", required=True, staged="onboarding_step_id"),
    Field("account_id", Type.INT, "The account.", required=True),
    Field("step", Type.STRING, "Which step."),
    Field("position", Type.INT, "Its place in the order, from one.", staged="step_position"),
    Field("completed_at", Type.TIMESTAMP, "When it was finished.", required=True),
)
OBJECTS: tuple[SourceObject, ...] = (
    ACCOUNTS, LOCATIONS, USERS, MEMBERSHIPS, PLANS, SUBSCRIPTIONS, ORDERS, ONBOARDING_STEPS,
    *DEVICE_OBJECTS,
)  # fmt: skip
