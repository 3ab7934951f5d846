-- long: what several files define stands here, once.
-- Each rule that several queries need is defined here once, and queries call it by name: a rule that stood in two of them
-- could change in one, and two pages would show different counts of the same thing. Functions that engines spell
-- differently, or do not have, get a name of our own, so that a metric reads the same on every engine.

-- The percentile of a group with linear interpolation between neighbours (on Spark `percentile` is built in). Percentiles of
-- durations come from buckets instead: `covers_percent`.
create macro percentile(x, p) as quantile_cont(x, p);

-- The duration that stands for those of a bucket, at most 1 % off: the harmonic middle of its edges, in whole microseconds where
-- it is longer than 10 ms, and in whole nanoseconds below.
create macro bucket_ms(bucket) as (
    case
        when bucket = -698 then 0.0
        else round(1000 * power(1.02, bucket) / 1.01, case when bucket >= -232 then 3 else 6 end)
    end
);

-- Whether a bucket and those below it cover this percentage of a group: `covered` of its calls. The lowest one that does is the
-- percentile by the nearest rank, so it does not matter how many calls of each day are in each bucket.
create macro covers_percent(covered, calls, percentage) as 100 * covered >= percentage * calls;

-- Whether a call makes its customer a customer of the integration: it succeeded, was not a log-in, and was not made to the
-- partner's own environment. An access token lives for an hour, so the program of each customer logs in again and again,
-- whether anybody uses it or not.
create macro is_use(status, operation, own) as is_served(status, operation) and not own;

-- Whether a call only asked for a token: it tries nothing and uses nothing.
create macro is_log_in(operation) as operation = 'auth';

-- Whether a GetConnector is one of the vendor's own, which block certification.
create macro is_supplied(connector) as starts_with(lower(connector), 'profit_');

-- Whether one of these filters searches inside texts: contains, starts or ends (6, 10, 13), or does not (11, 12, 14). The vendor found
-- them over a hundred times slower than others. In the definition of a GetConnector, they block certification.
create macro is_text_search(operator_types) as list_has_any(operator_types, [6, 10, 11, 12, 13, 14]);

-- Whether a call with a valid id reads a GetConnector whose name is known.
create macro is_identified_get(product, id_status, operation, connector) as
product = 'profit' and id_status = 'valid' and operation = 'get' and connector is not null;

-- Whether a token is a classic one (AfasToken), which ends on 31 August 2027.
create macro is_classic(token_form) as token_form in ('base64', 'plain', 'soap_body');

-- Whether an IntegrationId is an example in the vendor's documentation. A program that sends it has copied it, so the id
-- says nothing about whose the call is.
create macro is_example_id(integration) as integration in ('12345_123456', '12345_678900');

-- Certification requires this number of customers, in this number of days that end with the period.
create macro certification_customers() as 5;
create macro certification_days() as 30;

-- The minute (UTC) of a moment. `date_trunc` consults the calendar of a time zone and takes seven times as long.
create macro minute_of(moment) as to_timestamp(epoch_us(moment) // 60000000 * 60);

-- Microseconds since 1970: whole numbers, which can be compared and added up exactly.
create macro micros_of(moment) as epoch_us(moment);

-- The ends of the 95 % Wilson interval of a fraction: how low or high the true fraction may well be. z = 1.959964; z * z, its
-- half and its quarter are written as numbers. For a fraction of 0 the lower end is exactly 0, for 1 the upper end exactly 1.
create macro wilson_low(part, whole) as (
    case
        when part = 0 then 0.0
        else (
            cast(part as double) / whole + 1.920729410347062 / whole
            - 1.959963984540054 * sqrt(
                (cast(part as double) / whole * (1 - cast(part as double) / whole) + 0.960364705173531 / whole) / whole
            )
        ) / (1 + 3.841458820694124 / whole)
    end
);

create macro wilson_high(part, whole) as (
    case
        when part = whole then 1.0
        else (
            cast(part as double) / whole + 1.920729410347062 / whole
            + 1.959963984540054 * sqrt(
                (cast(part as double) / whole * (1 - cast(part as double) / whole) + 0.960364705173531 / whole) / whole
            )
        ) / (1 + 3.841458820694124 / whole)
    end
);

-- The ends of Newcombe's 95 % interval (1998, method 10) of the difference of two fractions, the first minus the second. It comes
-- from their Wilson intervals, so it holds for few calls and for fractions of 0 and 1, too. Null if either whole is 0.
create macro difference_low(part, whole, other_part, other_whole) as (
    case
        when whole > 0 and other_whole > 0
            then
            cast(part as double) / whole - cast(other_part as double) / other_whole - sqrt(
                power(cast(part as double) / whole - wilson_low(part, whole), 2)
                + power(wilson_high(other_part, other_whole) - cast(other_part as double) / other_whole, 2)
            )
    end
);

create macro difference_high(part, whole, other_part, other_whole) as (
    case
        when whole > 0 and other_whole > 0
            then
            cast(part as double) / whole - cast(other_part as double) / other_whole + sqrt(
                power(wilson_high(part, whole) - cast(part as double) / whole, 2)
                + power(cast(other_part as double) / other_whole - wilson_low(other_part, other_whole), 2)
            )
    end
);

-- A number for three texts, at least 0. Other texts may have the same number.
create macro hash_of(first, second, third) as cast(hash(first, second, third) // 2 as bigint);

-- Who can be behind a failed call, by its outcome: the platform itself, the rights that a customer gives, or what is sent.
create macro error_class(outcome) as (
    case
        when outcome in ('unavailable', 'timeout', 'server_error') then 'platform'
        when outcome in ('unauthorized', 'forbidden') then 'rights'
        else 'content'
    end
);
