-- The months of the period that the logs cover, or in which an integration has a customer: one row each.
-- Reads: ends, extent, arrivals, scope.
with loaded as (
    select
        min(cast(timezone(scope.time_zone, ends.first_hour) as date)) as since,
        max(cast(timezone(scope.time_zone, ends.last_hour) as date) + 1) as until
    from ends
    cross join scope
),

bounds as (
    select
        cast(date_trunc('month', extent.since) as date) as first_month,
        cast(date_trunc('month', cast(least(extent.until, loaded.until) - interval 1 day as date)) as date) as last_month,
        least(extent.until, loaded.until) as until,
        loaded.since as first_day
    from extent
    cross join loaded
),

lived as (
    select cast(unnest(generate_series(first_month, last_month, interval 1 month)) as date) as month
    from bounds
)

select
    listed.month,
    lived.month is not null as is_lived,
    listed.month + interval 1 month <= bounds.until as ends,
    bounds.first_day <= listed.month as begins,
    bounds.first_day <= listed.month - interval 1 month as begins_before
from (
    select month
    from lived
    union
    select arrivals.month
    from arrivals
    inner join scope on arrivals.month >= date_trunc('month', scope.since) and arrivals.month < scope.until
) as listed
cross join bounds
left join lived on listed.month = lived.month
