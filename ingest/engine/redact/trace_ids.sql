-- Ids of traces, which are random by design.

-- Trace ids as they are written whole: UUID, 32 hexadecimal digits, traceparent, X-Amzn-Trace-Id, B3, Jaeger's and Google's. Random is
-- what they are meant to be.
create or replace macro is_written_as_trace_id(text) as (
    regexp_full_match(
        text,
        '(?i)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{32}'
        || '|[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}'
        || '|(?:(?:root|self)=1-[0-9a-f]{8}-[0-9a-f]{24}|parent=[0-9a-f]{16}|sampled=[01?]|lineage=[0-9a-f]{1,8}:[0-9]{1,5}(?:\|[0-9a-f]{1,8}:[0-9]{1,5}){0,7})'
        || '(?:;(?:(?:root|self)=1-[0-9a-f]{8}-[0-9a-f]{24}|parent=[0-9a-f]{16}|sampled=[01?]|lineage=[0-9a-f]{1,8}:[0-9]{1,5}(?:\|[0-9a-f]{1,8}:[0-9]{1,5}){0,7})){0,4}'
        || '|1-[0-9a-f]{8}-[0-9a-f]{24}'
        || '|(?:[0-9a-f]{16}|[0-9a-f]{32})-[0-9a-f]{16}(?:-[01d](?:-[0-9a-f]{16})?)?'
        || '|[0-9a-f]{16,32}:[0-9a-f]{1,16}:[0-9a-f]{1,16}:[0-9a-f]{1,2}'
        || '|[0-9a-f]{32}/[0-9]{1,20}(?:;o=[0-3])?'
    )
);

-- Whether hexadecimal digits can spell a number, an address or a mail address.
create or replace macro spells(text) as (
    regexp_matches(text, '(?i)(?:(?:3[0-9]|2e|3a|6[1-6])-?){7}|40-?(?:[2-7][0-9a-f]-?){1,40}2e|(?:[2-7][0-9a-f]-?){16}')
);

-- A text without the trace ids in it: a UUID, and hexadecimal digits in the lengths that programs choose.
create or replace macro without_trace_ids(text) as (
    array_to_string(
        list_transform(
            regexp_extract_all(
                text, '(?i)\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b|[0-9A-Za-z]+|[^0-9A-Za-z]+'
            ),
            lambda piece: case
                when
                    regexp_full_match(piece, '[0-9a-f-]{8,36}|[0-9A-F-]{8,36}')
                    and length(piece) in (8, 12, 16, 20, 24, 32, 36)
                    and regexp_matches(piece, '[A-Fa-f]')
                    and not regexp_full_match(piece, '(?:[2-7][0-9A-Fa-f]-?)+')
                    then '~'
                else piece
            end
        ),
        ''
    )
);
