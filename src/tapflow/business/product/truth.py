"""The product's part of the ledger."""

from __future__ import annotations

from tapflow.core.schema import TruthColumn as Column
from tapflow.core.schema import TruthTable, Type

_TRACKED = Column(
    "tracked", Type.BOOL, "False for people whose ad blocker keeps their events from the trackers (mess)."
)
_ARRIVED = Column("arrived_on", Type.DATE, "The day on which the trackers got it; later than it happened is mess.")
_TEST = Column("is_test", Type.BOOL, "One of our own tests.")
_USER = Column("user", Type.INT, "The user's number.")
_DAY = Column("day", Type.DATE, "The day, UTC.")

TABLES = (
    TruthTable(
        "product_user",
        "one row per person with a login, on the day of joining (the starting population on the first day)",
        "Who may use the product.",
        (
            _USER,
            Column("account", Type.INT, "The account's number, -1 for none."),
            Column("role", Type.STRING, "owner, manager, bartender or analyst."),
            Column("created_at", Type.TIMESTAMP, "When the login was made."),
            Column("in_history", Type.BOOL, "Joined in the simulated time, not before it."),
            _TEST,
            _TRACKED,
        ),
    ),
    TruthTable(
        "user_day",
        "one row per person and day with a session",
        "What each person did with the product on a day.",
        (
            _DAY,
            _USER,
            Column("account", Type.INT, "The account's number, -1 for none."),
            Column("role", Type.INT, "0 owner, 1 manager, 2 bartender, 3 analyst."),
            Column("sessions", Type.INT, "Sessions begun."),
            Column("events", Type.INT, "Events in the app, of all kinds."),
            Column("feature_events", Type.INT, "Of these, uses of a feature."),
            Column("errors", Type.INT, "Of these, errors."),
            Column("features", Type.INT, "Bit mask of the features used, by feature number."),
            Column("seconds", Type.INT, "Seconds between the first and last event, summed over sessions."),
            _TEST,
            _TRACKED,
            _ARRIVED,
        ),
    ),
    TruthTable(
        "app_session",
        "one row per session in the app",
        "Sessions and how long they were.",
        (
            _DAY,
            _USER,
            Column("seconds", Type.INT, "Seconds from the first event to the last."),
            Column("events", Type.INT, "Events in it."),
            Column("is_mobile", Type.BOOL, "In the mobile app."),
            _TEST,
            _TRACKED,
            _ARRIVED,
        ),
    ),
    TruthTable(
        "feature_day",
        "one row per launched feature, day, whether its users are tracked, and day on which their events arrive",
        "Use of each feature, without our own tests.",
        (
            _DAY,
            Column("feature", Type.STRING, "The feature's key."),
            Column("number", Type.INT, "Its number: the bit in masks."),
            Column("users", Type.INT, "People who used it."),
            Column("events", Type.INT, "Uses."),
            Column(
                "users_28d",
                Type.INT,
                "People who used it within 28 days of the simulated time, that day included; nought on rows of late "
                "arrival, where those people are not told again.",
            ),
            Column("adopters", Type.INT, "People who have taken it up, used today or not."),
            _TRACKED,
            _ARRIVED,
        ),
    ),
    TruthTable(
        "user_activation",
        "one row per person who reached the activation set in time",
        "Device connected, dashboard viewed and report made within the window after joining.",
        (
            _USER,
            Column("created_at", Type.TIMESTAMP, "When the login was made: the cohort."),
            Column("activated_at", Type.TIMESTAMP, "When the last of the three was done."),
            _TEST,
            _TRACKED,
        ),
    ),
    TruthTable(
        "activation_step",
        "one row per new tracked person, step of the activation set and day within the window on which it was done",
        "What the trackers have to get for an activation to be seen: any day of each step will do.",
        (
            _USER,
            Column("step", Type.STRING, "device, dashboard or report."),
            Column("at", Type.TIMESTAMP, "When, first on that day."),
            _ARRIVED,
        ),
    ),
    TruthTable(
        "experiment_design",
        "one row per experiment",
        "What is really true about the experiments.",
        (
            Column("experiment", Type.STRING, "The flag's key."),
            Column("begin_day", Type.DATE, "First day."),
            Column("end_day", Type.DATE, "Day after the last one."),
            Column("control_rate", Type.FLOAT, "Share of control that wants to reach the goal."),
            Column("treatment_rate", Type.FLOAT, "Share of treatment that wants to reach the goal."),
            Column("window_days", Type.INT, "Days after the exposure within which the goal counts."),
        ),
    ),
    TruthTable(
        "experiment",
        "one row per person, experiment and event: first exposure, conversion",
        "Who saw which variant, and who reached the goal.",
        (
            Column("experiment", Type.STRING, "The flag's key."),
            Column("variant", Type.STRING, "control or treatment."),
            Column("kind", Type.STRING, "exposure or conversion."),
            _USER,
            Column("at", Type.TIMESTAMP, "When."),
            _TRACKED,
            _ARRIVED,
        ),
    ),
    TruthTable(
        "nps_response",
        "one row per answer to the survey in the app",
        "Would you recommend us?",
        (
            _USER,
            Column("account", Type.INT, "The account's number."),
            Column("score", Type.INT, "0 to 10."),
            Column("at", Type.TIMESTAMP, "When."),
            _TEST,
            _TRACKED,
            _ARRIVED,
        ),
    ),
    TruthTable(
        "app_error",
        "one row per day, release of the app, feature, whether tracked, and day of arrival",
        "Errors in the app and the release that people ran, without our own tests.",
        (
            _DAY,
            Column("release", Type.INT, "The app's release, as in `release`."),
            Column("feature", Type.STRING, "The feature that failed."),
            Column("errors", Type.INT, "Errors."),
            _TRACKED,
            _ARRIVED,
        ),
    ),
)
