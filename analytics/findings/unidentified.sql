-- title: Calls that belong to no integration
-- unit: calls
-- grain: one row per id status other than valid, and per example id of the documentation
-- key: kind, subject
-- look_back: 0
-- meaning: unidentified: calls without an id (`missing`), and with a malformed one; the share is of the calls whose log could
-- have held it. not_logged: calls whose log could not have held it; the share is of all calls. example_id: calls with an id of
-- the documentation, which somebody has copied, whatever replaces it.
with by_status as (
    select
        id_status,
        unnamed_customer as customer,
        added_up(calls) as calls,
        min(first_call) as first_call
    from daily_calls
    group by id_status, unnamed_customer
),

total as (
    select
        added_up(calls) as all_calls,
        added_up_if(id_status <> 'not_logged', calls) as logged_calls
    from by_status
),

nameless as (
    select
        case when by_status.id_status = 'not_logged' then 'not_logged' else 'unidentified' end as kind,
        by_status.id_status as subject,
        added_up(by_status.calls) as calls,
        count(distinct by_status.customer) as customers,
        min(by_status.first_call) as first_call,
        cast(added_up(by_status.calls) as double)
        / any_value(case when by_status.id_status = 'not_logged' then total.all_calls else total.logged_calls end)
            as share
    from by_status
    cross join total
    where by_status.id_status <> 'valid'
    group by by_status.id_status
),

examples as (
    select
        'example_id' as kind,
        integration as subject,
        added_up(calls) as calls,
        count(distinct customer) as customers,
        min(first_call) as first_call,
        cast(null as double) as share
    from sent_customer_days
    where is_example_id(integration)
    group by integration
)

select * from nameless
union all
select * from examples
order by calls desc, kind asc, subject asc
