-- Grain: one row per Stripe product
select
    product_id,
    product_name,
    {{ json_value("metadata", "key") }} as product,
    {{ json_value("metadata", "product_line") }} as product_line
from {{ ref("stg_stripe__products") }}
