-- title: Usage rules
-- unit: calls
-- grain: one row per integration with a call and rule; integration null is unidentified traffic
-- key: integration, rule
-- look_back: 0
-- meaning: Which of the published rules of use an integration keeps. `judged` calls are those that a rule is about
-- and the log can tell; `calls` of them break it, `share` is the part, null where none was judged; `state` says
-- what that means: kept, broken or not_judged. `customers` are those at whom it is broken, own calls excluded;
-- `connector` is the one it is broken with most, first_call and last_call are when.
-- The score of an integration is 100 when no rule is broken. A rule that is broken in a tenth of the calls it is
-- about, or in more, costs its whole weight (high 20, medium 10, low 5), in fewer its part; of slow calls one in
-- ten is for nothing. The score is rounded down, and never below 0.
-- take_all: a REST get with take=-1. high_skip: with skip above 100,000.
-- unordered_paging: skip or take without orderbyfieldids, among the gets that page (take=-1 does not).
-- slow: longer than 1000 ms, among calls with a duration; broken by more than one in ten. long_query: a query
-- string of more than 2049 characters.
-- parallel: a call that begins while five or more others of the integration at the same customer are under way. In
-- a stream that logs whole seconds a call surely runs from a second after its time, so there only long calls count.
-- supplied_connectors: a GetConnector whose name begins Profit_, among gets whose connector is known.
-- plain_token: a token that is not base64; token_in_body: in the SOAP envelope; among calls whose token was seen.
-- hammering: after ten refusals (401 or 403) of one status within a clock hour at one customer, every further one.
-- dead_token: after ten refusals in a row at one customer, every further one. Both are judged among the refused
-- calls.
-- ignored_unavailable: within ten seconds of the answer 503, among calls whose call before at that customer had it.
-- Unidentified calls of one customer are told apart by their user agent.
with streams as (
    select
        stream,
        max(micros_of(called_at) % 1000000) = 0 as has_whole_seconds
    from calls
    group by stream
),

-- Of each rule that a call by itself keeps or breaks: true breaks it, false keeps it, null is not judged.
marked as (
    select
        calls.integration,
        coalesce(calls.integration, calls.user_agent, '') as caller,
        calls.customer,
        calls.environment,
        calls.own,
        spellings.connector,
        calls.called_at,
        calls.load_id,
        calls.line_number,
        calls.status,
        micros_of(calls.called_at) + case when streams.has_whole_seconds then 1000000 else 0 end as surely_from,
        micros_of(calls.called_at) + cast(calls.duration_ms * 1000 as bigint) as until,
        case when calls.operation = 'get' and calls.product = 'profit' and calls.protocol = 'rest'
            then coalesce(calls.take, 0) = -1
        end as take_all,
        case when calls.operation = 'get' and calls.product = 'profit' and calls.protocol = 'rest'
            then coalesce(calls.skip, 0) > 100000
        end as high_skip,
        case
            when calls.operation = 'get' and calls.product = 'profit' and calls.protocol = 'rest'
                and coalesce(calls.take, 0) <> -1 and (calls.skip is not null or calls.take is not null)
                then not coalesce(calls.ordered, false)
        end as unordered_paging,
        calls.duration_ms > 1000 as slow,
        case when calls.protocol = 'rest' then calls.query_length > 2049 end as long_query,
        case when calls.operation = 'get' and calls.product = 'profit'
            then starts_with(lower(calls.connector), 'profit_')
        end as supplied_connectors,
        case when calls.token_form not in ('not_logged', 'none') then calls.token_form = 'plain' end as plain_token,
        case when calls.token_form not in ('not_logged', 'none') and calls.protocol = 'soap'
            then calls.token_form = 'soap_body'
        end as token_in_body
    from calls
    inner join streams on calls.stream = streams.stream
    left join spellings on calls.connector = spellings.sent
),

alike as (
    select
        integration,
        customer,
        own,
        connector,
        take_all,
        high_skip,
        unordered_paging,
        slow,
        long_query,
        supplied_connectors,
        plain_token,
        token_in_body,
        count(*) as calls,
        min(called_at) as first_call,
        max(called_at) as last_call
    from marked
    group by
        integration,
        customer,
        own,
        connector,
        take_all,
        high_skip,
        unordered_paging,
        slow,
        long_query,
        supplied_connectors,
        plain_token,
        token_in_body
),

-- Six calls of a minute at most that overlap begin within two minutes, so three of them in one: all others begin beside it.
minutes as (
    select
        caller,
        customer,
        environment,
        surely_from // 60000000 as minute,
        count(*) as calls,
        max(until - surely_from) > 60000000 as is_long
    from marked
    where until > surely_from
    group by caller, customer, environment, surely_from // 60000000
),

crowded as (
    select distinct
        caller,
        customer,
        environment,
        unnest([minute - 1, minute, minute + 1]) as minute
    from minutes
    where calls >= 3
),

lasting as (
    select distinct
        caller,
        customer,
        environment
    from minutes
    where is_long
),

busy as (
    select
        marked.integration,
        marked.caller,
        marked.customer,
        marked.environment,
        marked.own,
        marked.connector,
        marked.called_at,
        marked.surely_from,
        marked.until
    from marked
    left join crowded
        on
            marked.caller = crowded.caller
            and marked.customer = crowded.customer
            and marked.environment = crowded.environment
            and marked.surely_from // 60000000 = crowded.minute
    left join lasting
        on
            marked.caller = lasting.caller
            and marked.customer = lasting.customer
            and marked.environment = lasting.environment
    where marked.until > marked.surely_from and (crowded.minute is not null or lasting.caller is not null)
),

-- Each begins and ends; the sum of beginnings less ends is how many are under way. What ends as another begins is over.
events as (
    select
        integration,
        caller,
        customer,
        environment,
        own,
        connector,
        called_at,
        surely_from as moment,
        1 as step
    from busy
    union all
    select
        integration,
        caller,
        customer,
        environment,
        own,
        connector,
        called_at,
        until as moment,
        -1 as step
    from busy
),

under_way as (
    select
        integration,
        customer,
        own,
        connector,
        called_at,
        step,
        sum(step) over (
            partition by caller, customer, environment order by moment, step rows unbounded preceding
        ) as calls_at_once
    from events
),

parallel as (
    select
        integration,
        customer,
        own,
        connector,
        true as is_broken,
        count(*) as calls,
        min(called_at) as first_call,
        max(called_at) as last_call
    from under_way
    where step = 1 and calls_at_once > 5
    group by integration, customer, own, connector
),

timed as (
    select
        integration,
        count(*) as calls
    from marked
    where until is not null
    group by integration
),

-- What happens in turn is told by the hours in which a caller was refused or found the service away, and the next hour with
-- a call of it: a call in another hour follows neither, and where it stands between two refusals, so does one of that hour.
hours as (
    select
        caller,
        customer,
        environment,
        hour_of(called_at) as hour,
        bool_or(status in (401, 403, 503)) as is_telling
    from marked
    group by caller, customer, environment, hour_of(called_at)
),

telling as (
    select
        caller,
        customer,
        environment,
        hour,
        is_telling or lag(is_telling, 1, false) over (
            partition by caller, customer, environment order by hour
        ) as is_wanted
    from hours
),

in_turn as (
    select
        marked.integration,
        marked.caller,
        marked.customer,
        marked.environment,
        marked.own,
        marked.connector,
        marked.called_at,
        marked.load_id,
        marked.line_number,
        marked.status,
        marked.status in (401, 403) as is_refused,
        sum(case when marked.status in (401, 403) then 0 else 1 end) over (
            turns rows unbounded preceding
        ) as others_before,
        lag(marked.status) over turns as status_before,
        micros_of(marked.called_at) - lag(coalesce(marked.until, micros_of(marked.called_at))) over turns as waited
    from marked
    inner join telling
        on
            marked.caller = telling.caller
            and marked.customer = telling.customer
            and marked.environment = telling.environment
            and hour_of(marked.called_at) = telling.hour
    where telling.is_wanted
    window turns as (
        partition by marked.caller, marked.customer, marked.environment
        order by marked.called_at, marked.load_id, marked.line_number
    )
),

refusals as (
    select
        integration,
        customer,
        own,
        connector,
        called_at,
        row_number() over (
            partition by caller, customer, environment, status, hour_of(called_at)
            order by called_at, load_id, line_number
        ) > 10 as hammering,
        row_number() over (
            partition by caller, customer, environment, others_before order by called_at, load_id, line_number
        ) > 10 as dead_token
    from in_turn
    where is_refused
),

in_time as (
    select
        'hammering' as rule,
        integration,
        customer,
        own,
        connector,
        hammering as is_broken,
        called_at
    from refusals
    union all
    select
        'dead_token' as rule,
        integration,
        customer,
        own,
        connector,
        dead_token as is_broken,
        called_at
    from refusals
    union all
    select
        'ignored_unavailable' as rule,
        integration,
        customer,
        own,
        connector,
        waited between 0 and 10000000 as is_broken,
        called_at
    from in_turn
    where status_before = 503
),

rules (rule, severity, weight, tolerated, advice) as (
    values
    (
        'take_all', 'high', 20, 0.0,
        'Ask for pages (skip and take), and only for rows that have changed; not for everything.'
    ),
    (
        'high_skip', 'high', 20, 0.0,
        'Narrow by a filter instead of skipping: a skip above 100,000 is no longer acceptable.'
    ),
    (
        'unordered_paging', 'medium', 10, 0.0,
        'Send orderbyfieldids with skip and take: else pages overlap, and rows are missed.'
    ),
    ('slow', 'medium', 10, 0.1, 'Ask for fewer rows and fields: a good request takes less than a second.'),
    (
        'long_query', 'medium', 10, 0.0,
        'Shorten the filter (filterjson, several calls): beyond 2049 characters it is a 404.'
    ),
    ('parallel', 'high', 20, 0.0, 'Have at most five calls under way at once for a customer.'),
    (
        'supplied_connectors', 'medium', 10, 0.0,
        'Use GetConnectors of your own: supplied ones (Profit_...) change, and block certification.'
    ),
    ('plain_token', 'high', 20, 0.0, 'Send the token base64-encoded (AfasToken ...), or better use OAuth.'),
    ('token_in_body', 'low', 5, 0.0, 'Send the token in the Authorization header, not in the SOAP envelope.'),
    ('hammering', 'high', 20, 0.0, 'Stop after a 401 or 403 and tell the customer: asking again changes nothing.'),
    (
        'dead_token', 'medium', 10, 0.0,
        'Have the customer make a new token or allow the address, and stop calling until then.'
    ),
    ('ignored_unavailable', 'medium', 10, 0.0, 'After a 503, wait as long as its retry_after says.')
),

by_rule as (
    select
        rules.rule,
        alike.integration,
        alike.customer,
        alike.own,
        alike.connector,
        case rules.rule
            when 'take_all' then alike.take_all
            when 'high_skip' then alike.high_skip
            when 'unordered_paging' then alike.unordered_paging
            when 'slow' then alike.slow
            when 'long_query' then alike.long_query
            when 'supplied_connectors' then alike.supplied_connectors
            when 'plain_token' then alike.plain_token
            when 'token_in_body' then alike.token_in_body
        end as is_broken,
        alike.calls,
        alike.first_call,
        alike.last_call
    from alike
    cross join rules
),

judged as (
    select
        rule,
        integration,
        customer,
        own,
        connector,
        is_broken,
        calls,
        first_call,
        last_call
    from by_rule
    where is_broken is not null
    union all
    select
        'parallel' as rule,
        integration,
        customer,
        own,
        connector,
        is_broken,
        calls,
        first_call,
        last_call
    from parallel
    union all
    select
        rule,
        integration,
        customer,
        own,
        connector,
        is_broken,
        count(*) as calls,
        min(called_at) as first_call,
        max(called_at) as last_call
    from in_time
    group by rule, integration, customer, own, connector, is_broken
),

totals as (
    select
        judged.rule,
        judged.integration,
        cast(coalesce(max(timed.calls), sum(judged.calls)) as bigint) as judged_calls,
        cast(coalesce(sum(judged.calls) filter (where judged.is_broken), 0) as bigint) as broken_calls,
        count(distinct judged.customer) filter (where judged.is_broken and not judged.own) as customers,
        min(judged.first_call) filter (where judged.is_broken) as first_call,
        max(judged.last_call) filter (where judged.is_broken) as last_call
    from judged
    left join timed on judged.rule = 'parallel' and judged.integration is not distinct from timed.integration
    group by judged.rule, judged.integration
),

by_connector as (
    select
        rule,
        integration,
        connector,
        row_number() over (partition by rule, integration order by sum(calls) desc, connector asc) as place
    from judged
    where is_broken and connector is not null
    group by rule, integration, connector
),

callers as (
    select distinct integration
    from by_rule
),

listed as (
    select
        callers.integration,
        rules.rule,
        rules.severity,
        rules.weight,
        rules.tolerated,
        rules.advice,
        coalesce(totals.broken_calls, 0) as broken_calls,
        coalesce(totals.judged_calls, case when rules.rule = 'parallel' then timed.calls end, 0) as judged_calls,
        coalesce(totals.customers, 0) as customers,
        by_connector.connector,
        totals.first_call,
        totals.last_call
    from callers
    cross join rules
    left join totals
        on rules.rule = totals.rule and callers.integration is not distinct from totals.integration
    left join timed on callers.integration is not distinct from timed.integration
    left join by_connector
        on
            rules.rule = by_connector.rule
            and callers.integration is not distinct from by_connector.integration
            and by_connector.place = 1
),

shared as (
    select
        integration,
        rule,
        severity,
        weight,
        tolerated,
        advice,
        broken_calls,
        judged_calls,
        cast(broken_calls as double) / nullif(judged_calls, 0) as share,
        customers,
        connector,
        first_call,
        last_call
    from listed
),

scored as (
    select
        integration,
        sum(weight * least(1, 10 * greatest(0, coalesce(share, 0) - tolerated))) as penalty
    from shared
    group by integration
)

select
    shared.integration,
    integrations.name,
    cast(floor(greatest(0, 100 - scored.penalty + 0.000001)) as integer) as score,
    shared.rule,
    shared.severity,
    case
        when shared.judged_calls = 0 then 'not_judged'
        when shared.share > shared.tolerated then 'broken'
        else 'kept'
    end as state,
    shared.broken_calls as calls,
    shared.judged_calls as judged,
    shared.share,
    shared.customers,
    shared.connector,
    shared.first_call,
    shared.last_call,
    shared.advice
from shared
inner join scored on shared.integration is not distinct from scored.integration
left join integrations on shared.integration = integrations.integration
order by shared.broken_calls desc, shared.integration asc nulls last, shared.rule asc
