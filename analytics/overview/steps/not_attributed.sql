-- Findings about calls that belong to no integration: one row per kind and id, or id status. The ids of the documentation are looked
-- for among the calls as they were sent, whatever replaces them.
-- Reads: traffic, scope.
with total as (
    select
        added_up(traffic.calls) as all_calls,
        added_up_if(traffic.id_status <> 'not_logged', traffic.calls) as logged_calls
    from traffic
    inner join scope on traffic.day >= scope.since
),

nameless as (
    select
        traffic.id_status as subject,
        added_up(traffic.calls) as calls,
        added_up(traffic.errors) as errors,
        count(distinct traffic.unnamed_customer) as customers,
        max(traffic.last_call) as last_call
    from traffic
    inner join scope on traffic.day >= scope.since
    where traffic.id_status <> 'valid'
    group by traffic.id_status
),

shared as (
    select
        nameless.*,
        case when nameless.subject = 'not_logged' then 'not_logged' else 'unidentified' end as kind,
        cast(nameless.calls as double)
        / case when nameless.subject = 'not_logged' then total.all_calls else total.logged_calls end as share
    from nameless
    cross join total
),

unidentified as (
    select
        kind,
        case when share >= 0.05 then 2 else 3 end as severity,
        subject,
        cast(null as integer) as partner,
        calls,
        errors,
        customers,
        share as now,
        cast(null as double) as before,
        last_call
    from shared
),

example_id as (
    select
        'example_id' as kind,
        2 as severity,
        integration as subject,
        cast(null as integer) as partner,
        added_up(calls) as calls,
        added_up(errors) as errors,
        count(distinct customer) as customers,
        cast(null as double) as now,
        cast(null as double) as before,
        max(last_call) as last_call
    from sent_customer_days
    where is_example_id(integration)
    group by integration
),

id_in_envelope as (
    select
        'id_in_envelope' as kind,
        2 as severity,
        body_integration_id as subject,
        cast(null as integer) as partner,
        added_up(calls) as calls,
        added_up(errors) as errors,
        count(distinct unnamed_customer) as customers,
        cast(null as double) as now,
        cast(null as double) as before,
        max(last_call) as last_call
    from daily_senders
    where id_status in ('missing', 'malformed') and body_integration_id is not null
    group by body_integration_id
)

select * from unidentified
union all
select * from example_id
union all
select * from id_in_envelope
