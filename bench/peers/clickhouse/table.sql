-- The calls, in the order of the lake's data files, and two projections that the questions are answered from.
-- A text that is null in the lake is empty here, and a number of an id is 0: so ClickHouse needs no mask beside the columns of its key.
create table peer.calls (
    called_at DateTime64(6, 'UTC'),
    day Date,
    stream LowCardinality(String),
    product LowCardinality(String),
    protocol LowCardinality(String),
    environment LowCardinality(String),
    customer LowCardinality(String),
    integration_id LowCardinality(String),
    id_status LowCardinality(String),
    id_defect LowCardinality(String),
    partner Int32,
    project Int32,
    integration LowCardinality(String),
    own Bool,
    method LowCardinality(String),
    operation LowCardinality(String),
    connector LowCardinality(String),
    endpoint LowCardinality(String),
    status Int16,
    outcome LowCardinality(String),
    duration_ms Nullable(Float64),
    request_bytes Nullable(Int64),
    response_bytes Nullable(Int64),
    skip Nullable(Int64),
    take Nullable(Int64),
    ordered Nullable(Bool),
    filter_fields Array(String),
    operator_types Array(Int32),
    query_length Int32,
    token_form LowCardinality(String),
    body_integration_id LowCardinality(String),
    user_agent LowCardinality(String),
    api_version LowCardinality(String),
    request_id String,
    load_id LowCardinality(String),
    line_number Int64,
    projection by_day (
        select
            day, environment, id_status, product, protocol, partner, project, integration, connector, operation, status, outcome,
            count(), min(called_at), max(called_at)
        group by
            day, environment, id_status, product, protocol, partner, project, integration, connector, operation, status, outcome
    ),
    projection by_customer (
        select
            day, environment, id_status, product, protocol, partner, integration, connector, operation, status, outcome, customer,
            own, count(), min(called_at), max(called_at), sum(toInt64(round(duration_ms * 1000)))
        group by
            day, environment, id_status, product, protocol, partner, integration, connector, operation, status, outcome, customer,
            own
    )
)
engine = MergeTree
partition by toYYYYMM(day)
order by (day, integration, customer, connector, called_at)
