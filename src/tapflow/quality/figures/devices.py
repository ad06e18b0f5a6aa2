"""Figures about devices: what they did, what the stream tells of it, and who went to see them.

Flows count by the time at which they happened. What the stream makes of that time is listed in
the ledger: events not yet received, and events that a wrong clock puts on another day.
"""

from __future__ import annotations

from tapflow.quality.figure import Figure, told

_MODEL = ("x.device_model", "x.model")
_MODELS = "join (select device, any_value(model) as model from truth.device group by device) as x using (device)"
_DAYS = (
    "fact.fact_device_days as d left join (select device_id, device_model from entity.entity_devices) as x "
    "on x.device_id = d.device_id"
)
_TRUE_DAYS = f"truth.device_day as d {_MODELS}"
_MESS = f"truth.telemetry_mess as d {_MODELS}"
_SIGN = "case effect when 'moved_in' then 1 when 'arrived' then 1 else -1 end"


def _figure(name: str, title: str, unit: str, kind: str, published: str, truth: str, explained: str | None) -> Figure:
    return Figure(
        name=name,
        title=title,
        domain="devices",
        unit=unit,
        kind=kind,
        published=f"select $period(d.day) as period, $dim as dim, {published} as value from {_DAYS} group by 1, 2",
        truth=f"select $period(d.day) as period, $dim as dim, {truth} as value from {_TRUE_DAYS} group by 1, 2",
        explained=explained,
        dims={"device_model": _MODEL},
    )


def _flow(name: str, title: str, unit: str, published: str, truth: str | None = None) -> Figure:
    """A sum over device-days that late, lost and skewed events touch."""
    true = truth or published
    return _figure(
        name,
        title,
        unit,
        "flow",
        f"sum({published})",
        f"sum({true})",
        f"select $period(d.day) as period, $dim as dim, sum({_SIGN} * ({true})) as value from {_MESS} group by 1, 2",
    )


def _exact(name: str, title: str, unit: str, value: str, kind: str = "flow") -> Figure:
    """The same expression over device-days on both sides, touched by no mess."""
    return _figure(name, title, unit, kind, value, value, None)


def _waste(table: str, sign: str = "1") -> str:
    """Device-days' waste, a row a kind."""
    return " union all ".join(
        f"select d.day, '{kind}' as kind, {sign} * {kind}_ml as ml from {table} as d"
        for kind in ("foam", "spill", "clean", "leftover")
    )


_WASTE = "select $period(day) as period, $dim as dim, sum(ml) as value from ({rows}) group by 1, 2"
_LATE = f"""
select $period(told_day) as period, $dim as dim, sum(
    case
        when effect = 'arrived' then events
        when effect = 'moved_out' and day < told_day then -events
        when effect = 'moved_in' and day < told_day then events
        else 0
    end
) as value
from {_MESS} group by 1, 2
"""
# A location is active with a pour received within seven days.
_ACTIVE = """
select $period(day) as period, $dim as dim, count(*) filter (where received > 0) as value
from (
    select day, location, sum(pours) over (
        partition by location order by day range between interval 6 day preceding and current row
    ) as received
    from (
        select d.day, x.location, sum(d.pours_received) as pours
        from truth.device_day as d
        join (select device, any_value(location) as location from truth.device group by device) as x using (device)
        where d.day >= $from - interval 6 day
        group by 1, 2
    )
)
group by 1, 2
"""
# Hours are let go sooner than days: only days of which there are hours can be held against them.
_HOURS_BEGIN = "(select cast(min(hour) as date) from entity.entity_devices_hourly)"
_UPTIME = "cast(sum(up_seconds) as double) / nullif(sum(monitored_seconds), 0)"
_WASTED_FLOW = "foam_ml + spill_ml + clean_ml"


def _retold(
    name: str, title: str, unit: str, published: tuple[str, str, str], truth: str, since: str | None = None
) -> Figure:
    """A sum over device-days, as a table other than theirs tells it; `published` is (instant, value, table)."""
    where = f"where d.day >= {since} " if since else ""
    return Figure(
        name=name,
        title=title,
        domain="devices",
        unit=unit,
        kind="flow",
        published=told(*published),
        truth=f"select $period(d.day) as period, $dim as dim, sum({truth}) as value "
        f"from truth.device_day as d {where}group by 1, 2",
        explained=f"select $period(d.day) as period, $dim as dim, sum({_SIGN} * ({truth})) as value "
        f"from truth.telemetry_mess as d {where}group by 1, 2",
    )


FIGURES: tuple[Figure, ...] = (
    _figure(
        "devices_installed",
        "Devices installed",
        "count",
        "stock",
        "count(*) filter (where is_installed)",
        "count(*) filter (where installed)",
        None,
    ),
    _figure(
        "devices_active",
        "Devices of which something was received",
        "count",
        "own",
        "count(distinct d.device_serial) filter (where events_received > 0)",
        "count(distinct device) filter (where events_received > 0)",
        None,
    ),
    _exact("monitored_seconds", "Seconds installed without planned service", "seconds", "sum(monitored_seconds)"),
    _exact("up_seconds", "Seconds up", "seconds", "sum(up_seconds)"),
    _exact("offline_seconds", "Seconds monitored and not up", "seconds", "sum(monitored_seconds) - sum(up_seconds)"),
    _exact(
        "device_uptime",
        "Share of monitored time up",
        "share",
        _UPTIME,
        "own",
    ),
    _flow("device_faults", "Faults", "count", "faults"),
    _flow("pours", "Pours", "count", "pours"),
    _flow("pour_volume_ml", "Volume poured", "ml", "serve_ml"),
    Figure(
        name="waste_ml",
        title="Foam, spills, cleaning, and what was left in changed kegs",
        domain="devices",
        unit="ml",
        kind="flow",
        published=_WASTE.format(rows=_waste("fact.fact_device_days")),
        truth=_WASTE.format(rows=_waste("truth.device_day")),
        explained=_WASTE.format(rows=_waste("truth.telemetry_mess", _SIGN)),
        dims={"kind": ("kind", "kind")},
    ),
    _flow("temperature_readings", "Temperature readings", "count", "readings"),
    _flow("temperature_excursions", "Readings outside the allowed band", "count", "excursions"),
    _flow("temperature_sum_dc", "Sum of readings, tenths of a degree", "dc", "temperature_sum_dc", "temperature_dc"),
    _flow("keg_changes", "Kegs changed", "count", "keg_changes"),
    _flow("stockout_seconds", "Seconds without beer at taps, by keg changes", "seconds", "empty_seconds"),
    _exact("telemetry_events", "Events first received", "count", "sum(events_received)"),
    _exact("telemetry_copies", "Second sendings received", "count", "sum(copies_received)"),
    Figure(
        name="late_events",
        title="Events received on a later day than that on which they count",
        domain="devices",
        unit="count",
        kind="flow",
        published=f"select $period(d.day) as period, $dim as dim, sum(late_events_received) as value from {_DAYS} "
        "group by 1, 2",
        truth=_LATE,
        dims={"device_model": _MODEL},
    ),
    Figure(
        name="device_repairs",
        title="Faults that were over",
        domain="devices",
        unit="count",
        kind="flow",
        published="select $period(repaired_at) as period, $dim as dim, count(*) as value from fact.fact_device_faults "
        "where repaired_at is not null group by 1, 2",
        truth="select $period(at) as period, $dim as dim, count(*) as value from truth.device_repair group by 1, 2",
        dims={"fault_kind": ("fault_kind", "kind")},
    ),
    Figure(
        name="maintenance_visits",
        title="Technicians' visits",
        domain="devices",
        unit="count",
        kind="flow",
        published="select $period(started_at) as period, $dim as dim, count(*) as value from fact.fact_maintenance "
        "group by 1, 2",
        truth="select $period(at) as period, $dim as dim, count(*) as value from truth.device_visit group by 1, 2",
        dims={"kind": ("visit_kind", "kind"), "planned": ("is_planned", "planned")},
    ),
    Figure(
        name="maintenance_seconds",
        title="Time that visits took",
        domain="devices",
        unit="seconds",
        kind="flow",
        published="select $period(started_at) as period, $dim as dim, sum(visit_seconds) as value "
        "from fact.fact_maintenance group by 1, 2",
        truth='select $period(at) as period, $dim as dim, sum(epoch(ended_at - "at")) as value '
        "from truth.device_visit group by 1, 2",
        dims={"kind": ("visit_kind", "kind"), "planned": ("is_planned", "planned")},
    ),
    Figure(
        name="locations_active",
        title="Locations with a pour received within seven days",
        domain="devices",
        unit="count",
        kind="stock",
        published="select $period(day) as period, $dim as dim, count(*) filter (where is_active) as value "
        "from entity.entity_locations_daily group by 1, 2",
        truth=_ACTIVE,
    ),
    _retold(
        "device_beverage_ml",
        "Volume served, as summed by beverage",
        "ml",
        ("day", "sum(serve_ml)", "fact.fact_beverage_days"),
        "serve_ml",
    ),
    _retold(
        "device_beverage_pours",
        "Pours, as summed by beverage",
        "count",
        ("day", "sum(pours)", "fact.fact_beverage_days"),
        "pours",
    ),
    _retold(
        "device_beverage_wasted_ml",
        "Foam, spills and cleaning, as summed by beverage",
        "ml",
        ("day", "sum(wasted_flow_ml)", "fact.fact_beverage_days"),
        _WASTED_FLOW,
    ),
    _retold(
        "device_hours_pours",
        "Pours, as summed by the hour",
        "count",
        ("hour", "sum(pours)", "entity.entity_devices_hourly"),
        "pours",
        _HOURS_BEGIN,
    ),
    _retold(
        "device_hours_ml",
        "Volume poured, as summed by the hour",
        "ml",
        ("hour", "sum(serve_ml)", "entity.entity_devices_hourly"),
        "serve_ml",
        _HOURS_BEGIN,
    ),
    _retold(
        "locations_ml",
        "Volume poured, location by location",
        "ml",
        ("day", "sum(serve_ml)", "entity.entity_locations_daily"),
        "serve_ml",
    ),
    _retold(
        "locations_wasted_ml",
        "Foam, spills and cleaning, location by location",
        "ml",
        ("day", "sum(foam_ml + spill_ml + clean_ml)", "entity.entity_locations_daily"),
        _WASTED_FLOW,
    ),
    Figure(
        name="locations_uptime",
        title="Share of monitored time up, location by location",
        domain="devices",
        unit="share",
        kind="own",
        published=told("day", _UPTIME, "entity.entity_locations_daily"),
        truth=told("day", _UPTIME, "truth.device_day"),
    ),
)
