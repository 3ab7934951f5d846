-- Names of our own for what engines spell differently or not at all, so that a metric reads the same everywhere.

-- The percentile of a group with linear interpolation between neighbours (on Spark `percentile` is built in).
create macro percentile(x, p) as quantile_cont(x, p);

-- Whether a call failed, whoever can mend it.
create macro is_error(status) as status >= 400;

-- Whether a call makes its customer a customer of the integration: it was no error, asked for more than a log-in, and was
-- not made to the partner's own environment. Access tokens live an hour, so every customer's program asks for one again
-- and again, whether anybody uses it or not.
create macro is_use(status, operation, own) as not is_error(status) and operation <> 'auth' and not own;

-- Whether a GetConnector is one of the vendor's own, which block certification.
create macro is_supplied(connector) as starts_with(lower(connector), 'profit_');

-- Whether an IntegrationId stands in the vendor's documentation: who sends it has copied it, so it is nobody's.
create macro is_example_id(integration) as integration in ('12345_123456', '12345_678900');

-- Certification asks for this many customers, in this many days that end with the period.
create macro certification_customers() as 5;
create macro certification_days() as 30;

-- The hour or minute (UTC) that a moment lies in. `date_trunc` asks the calendar of a time zone, which takes seven times
-- as long.
create macro hour_of(moment) as to_timestamp(epoch_us(moment) // 3600000000 * 3600);
create macro minute_of(moment) as to_timestamp(epoch_us(moment) // 60000000 * 60);

-- Microseconds since 1970: whole numbers to compare and add up where durations matter.
create macro micros_of(moment) as epoch_us(moment);

-- The ends of the 95 % Wilson interval of a fraction: how low or high the true one may well be. z = 1.959964, and z * z and
-- its half and quarter stand as numbers. The ends of none and of all are exact.
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
