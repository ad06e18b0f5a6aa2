-- Every in-app event counts once, however often it was sent: of the newest days, as comparing all of them is dear.
select event_id, sum(counted) as counted
from {{ ref("int_product__app_events") }}
where event_at >= (select data_through_day - interval '2' day from raw._clock)
group by event_id
having sum(counted) <> 1
