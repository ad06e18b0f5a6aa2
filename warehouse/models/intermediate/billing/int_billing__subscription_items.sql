-- Grain: one row per subscription, day on which it changed, and item
select
    versions.subscription_id,
    versions.account_id,
    versions.version_day,
    versions.next_version_day,
    versions.currency,
    {{ json_value('item.element', 'id') }} as item_id,
    products.product,
    products.product_line,
    cast({{ json_value('item.element', 'quantity') }} as bigint) as quantity,
    cast({{ json_value('item.element', 'price.unit_amount') }} as bigint) as unit_minor,
    {{ json_value('item.element', 'price.recurring.interval') }} as billing_interval,
    case {{ json_value('item.element', 'price.recurring.interval') }} when 'year' then 12 else 1 end as interval_months,
    versions.discount_bp,
    versions.carries_mrr
from {{ ref('int_billing__subscription_versions') }} as versions
cross join {{ json_elements('versions.items', 'data') }} as item(element, position)
left join {{ ref('int_billing__products') }} as products
    on {{ json_value('item.element', 'price.product') }} = products.product_id
