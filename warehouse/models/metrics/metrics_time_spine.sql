-- Grain: one row per simulated day
select cast(day as date) as date_day from {{ simulated_days() }}
