-- The hours of logs that take part in nothing, because the logs miss them or have few of their calls: one row per log and hour
-- (seconds since 1970). Given as `$lacking_streams` and `$lacking_hours`.
select
    unnest(cast($lacking_streams as varchar[])) as stream,
    unnest(cast($lacking_hours as bigint[])) as hour
