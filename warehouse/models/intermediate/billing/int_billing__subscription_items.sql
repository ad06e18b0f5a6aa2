-- Grain: one row per subscription, day on which it changed, and item
-- Of the day's last version. A version of the past never changes: only the newest loads are taken apart.
{{
    config(
        materialized="incremental",
        incremental_strategy="delete+insert",
        unique_key=["subscription_id", "version_day"],
    )
}}
{#- A source may come days late, and a day may be loaded again. -#}
{%- set days_made_again = late_days() %}
with
    versions as (
        select
            id as subscription_id,
            items,
            cast({{ from_epoch("updated") }} as date) as version_day,
            _loaded_at,
            row_number() over (
                partition by id, cast({{ from_epoch("updated") }} as date) order by updated desc, _loaded_at desc
            ) as newest
        from {{ source("stripe", "subscriptions") }}
        {% if is_incremental() %}
            where _loaded_at > (select max(loaded_at) - interval '{{ days_made_again }}' day from {{ this }})
        {% endif %}
    )

select
    versions.subscription_id,
    versions.version_day,
    {{ json_value("item.element", "id") }} as item_id,
    products.product,
    products.product_line,
    cast({{ json_value("item.element", "quantity") }} as bigint) as quantity,
    cast({{ json_value("item.element", "price.unit_amount") }} as bigint) as unit_minor,
    {{ json_value("item.element", "price.recurring.interval") }} as billing_interval,
    cast(
        case {{ json_value("item.element", "price.recurring.interval") }} when 'year' then 12 else 1 end as bigint
    ) as interval_months,
    versions._loaded_at as loaded_at
from versions
cross join {{ json_elements("versions.items", "data") }} as item(element, position)
left join
    {{ ref("int_billing__products") }} as products
    on {{ json_value("item.element", "price.product") }} = products.product_id
where versions.newest = 1
