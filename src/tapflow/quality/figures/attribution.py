"""Figures about attribution: what each model gives each channel.

The truth shares revenue out over every touch, by its true kind. What leaves no trace, or shows
another channel, makes the difference to what can be published, and explains it to the cent.
"""

from __future__ import annotations

from tapflow.quality.figure import Figure, told

# The metrics' definition: touches of 90 days; half-lives of 7 days; the first and the last get 40 % each.
_WINDOW_DAYS, _HALF_LIFE_DAYS, _END_SHARE = 90, 7, 0.4

# Every touch with the channel that its trace shows, and whether it leaves a trace under a name that we know.
_TOUCHES = """(
    select t.prospect, t."at" as touched_at, t.touch, t.kind,
        case t.trace when 'website' then w.shown_channel else t.kind end as shown_channel,
        c.contact is not null and t.trace <> 'none' and not (t.trace = 'website' and c.form = 'imported') as is_seen
    from truth.touch as t
    left join truth.contact as c on c.contact = t.prospect
    left join truth.web_visit as w on w.visit = t.visit and t.visit >= 0
)"""
_CONVERSIONS = """(
    select m.account, a.prospect, cast(m."at" as date) as day, 12 * sum(m.amount_usd_minor) as revenue
    from truth.mrr_movement as m
    join (select account, max(prospect) as prospect from truth.account group by account) as a using (account)
    where m.kind = 'new' and not m.is_test and m.amount_usd_minor <> 0
    group by all
)"""


def _weight(model: str) -> str:
    share = f"case when size = 2 then 0.5 when place in (1, size) then {_END_SHARE} "
    share += f"else {1 - 2 * _END_SHARE:.10g} / (size - 2) end"
    return {
        "first": "cast(place = 1 as integer)",
        "last": "cast(place = size as integer)",
        "linear": "1.0 / size",
        "time_decay": "freshness / sum(freshness) over (partition by account)",
        "position": f"case when size = 1 then 1.0 else {share} end",
    }[model]


MODELS = ("first", "last", "linear", "time_decay", "position")


def _shared_out(channel: str, among: str) -> str:
    """What each model gives to the touches that a condition picks: rows of day, model, channel, weight and revenue."""
    models = " union all ".join(f"select *, '{m}' as model, {_weight(m)} as weight from paths" for m in MODELS)
    return f"""(
        with
            paths as (
                select c.account, c.day, c.revenue, coalesce(t.{channel}, 'unattributed') as channel,
                    row_number() over (partition by c.account order by t.touched_at, t.touch) as place,
                    count(*) over (partition by c.account) as size,
                    pow(0.5, coalesce(epoch(c.day + interval '1' day) - epoch(t.touched_at), 0)
                        / (86400.0 * {_HALF_LIFE_DAYS})) as freshness
                from {_CONVERSIONS} as c
                left join (select * from {_TOUCHES} where {among}) as t on t.prospect = c.prospect
                    and t.touched_at < c.day + interval '1' day
                    and t.touched_at >= c.day - interval '{_WINDOW_DAYS}' day
            ),
            weighed as ({models}),
            running as (
                select *, case when place = size then 1.0
                    else sum(weight) over (partition by account, model order by place) end as upto
                from weighed
            )
        select day, model, channel, cast(weight as double) as weight,
            round(revenue * upto) - coalesce(lag(round(revenue * upto)) over (
                partition by account, model order by place
            ), 0) as revenue
        from running
    )"""


_ALL, _SEEN = _shared_out("kind", "true"), _shared_out("shown_channel", "is_seen")
_DIFFERENCE = f"""(
    select * from {_SEEN}
    union all
    select day, model, channel, -weight as weight, -revenue as revenue from {_ALL}
)"""


def _by_channel(name: str, title: str, unit: str, published: str, value: str) -> Figure:
    return Figure(
        name=name,
        title=title,
        domain="marketing",
        unit=unit,
        kind="flow",
        published=told("conversion_date", f"sum({published})", "fact.fact_attribution"),
        truth=told("day", value, _ALL),
        explained=told("day", value, _DIFFERENCE),
        dims={"channel_by_model": ("model || ': ' || channel", "model || ': ' || channel")},
    )


FIGURES: tuple[Figure, ...] = (
    _by_channel(
        "attributed_revenue_by_channel",
        "First-year revenue of new customers by model and channel, summed over the models",
        "usd_minor",
        "attributed_revenue_usd_minor",
        "cast(sum(revenue) as bigint)",
    ),
    _by_channel(
        "attributed_conversions_by_channel",
        "New customers by model and channel, summed over the models",
        "count",
        "attributed_conversions",
        # Weights that cancel out leave a trace of floating point, which is no gap.
        "round(sum(weight), 12)",
    ),
)
