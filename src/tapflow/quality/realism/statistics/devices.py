"""Devices and pours, from the gateway's messages."""

from __future__ import annotations

from tapflow.quality.realism.noise import CERTAIN, ratio, share
from tapflow.quality.realism.statistic import Statistic

# facts.pours: volume and number of pours by local day and hour of the location; facts.connections:
# spells of a device between a connect and the next disconnect or fault.
_BIG = """(
        (month(day) = 3 and day(day) = 17)
        or (month(day) = 5 and dayofweek(day) = 1 and day(day) >= 25)
        or (month(day) = 9 and dayofweek(day) = 0 and day(day) between 7 and 13)
    )"""
# A pour shares its day and region's weather and its house's trade with others; spells of trouble last hours;
# volume comes by the flow, and a keg's end or a worn line spoils several.
_TOGETHER = 100
_SPELL_SECONDS = 200_000
_FLOW_ML = 5_000
_FLAT_WEEK = {"devices": {"demand": {"weekday_weights": [1.0] * 7}}}
_FLAT_DAY = {"devices": {"demand": {"hour_weights": [1.0] * 24, "happy_hour_factor": 1.0}}}
_DEAD_HOUR = {"devices": {"demand": {"weekday_weights": [1.0] * 7, "happy_hour_factor": 0.5}}}
_FIRST_SUNDAY = {"month": 9, "weekday": 6, "after_first_monday": True, "factor": 4.0}
_TOO_BIG = {"devices": {"demand": {"calendar": [{"name": "First NFL Sunday", **_FIRST_SUNDAY}]}}}

STATISTICS: tuple[Statistic, ...] = (
    Statistic(
        "availability", "Device availability", "of monitored time", 0.95, 0.995, "DevicePilot",
        "select sum(up_seconds), sum(monitored_seconds) from facts.uptime",
        {"devices": {"network": {"offline_rate": 3.0}}}, share(clustering=_SPELL_SECONDS),
    ),
    Statistic(
        "waste", "Keg waste", "of volume", 0.05, 0.25, "bar-industry figures",
        "select sum(waste_ml), sum(volume_ml) from facts.pours",
        {"devices": {"demand": {"foam_share": 0.6}}}, share(clustering=_FLOW_ML),
    ),
    Statistic(
        "weekend_share", "Friday to Sunday share of pours", "of pours", 0.50, 0.62, "Nielsen CGA 58 %",
        "select sum(pours) filter (where dayofweek(day) in (0, 5, 6)), sum(pours) from facts.pours",
        _FLAT_WEEK, share(_TOGETHER),
    ),
    Statistic(
        "saturday_share", "Saturday's share of pours", "of pours", 0.20, 0.30, "Union",
        "select sum(pours) filter (where dayofweek(day) = 6), sum(pours) from facts.pours",
        _FLAT_WEEK, share(_TOGETHER),
    ),
    Statistic(
        "saturday_lead", "Saturday against the next busiest day", "times", 1.0, 2.0, "Union",
        """
        select max(n) filter (where d = 6), max(n) filter (where d <> 6)
        from (select dayofweek(day) as d, sum(pours) as n from facts.pours group by 1)
        """,
        _FLAT_WEEK, ratio(1.0, _TOGETHER),
    ),
    Statistic(
        "busiest_hours", "Share of the four busiest hours that lie in 17-20 h local", "of four hours", 1.0, 1.0,
        "Nielsen CGA",
        """
        select count(*) filter (where hour between 17 and 20), count(*), sum(n) from (
            select hour, sum(pours) as n from facts.pours group by 1 order by n desc limit 4
        )
        """,
        _FLAT_DAY, CERTAIN,
    ),
    Statistic(
        "wednesday_lift", "Wednesday happy hour against Tuesday's", "times", 1.05, 2.0, "Nielsen CGA",
        """
        select sum(pours) filter (where dayofweek(day) = 3 and hour between 16 and 18),
            sum(pours) filter (where dayofweek(day) = 2 and hour between 16 and 18) from facts.pours
        """,
        _DEAD_HOUR, ratio(1.0, _TOGETHER),
    ),
    Statistic(
        "big_events", "Pours on big-event days against the same weekday around", "times", 1.10, 1.40, "BeerBoard",
        f"""
        with days as (select day, sum(pours) as n from facts.pours group by 1),
        big as (select day, n from days where {_BIG})
        select sum(b.n), sum((before.n + after.n) / 2.0) from big as b
        join days as before on before.day = b.day - 7 join days as after on after.day = b.day + 7
        """,
        _TOO_BIG, ratio(1.0, _TOGETHER),
    ),
)  # fmt: skip
