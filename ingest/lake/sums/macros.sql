-- The rules by which calls are added up. Sums that were built before and questions about calls read the same ones, so they agree.

-- Whether a call failed, whoever can fix it.
create macro is_error(status) as status >= 400;

-- Whether a call was of use to whoever made it: it succeeded and was no log-in.
create macro is_served(status, operation) as not is_error(status) and operation <> 'auth';

-- A duration in whole microseconds, as the lake keeps it: whole numbers are added up exactly, in any order.
create macro duration_micros(ms) as cast(ms * 1000 as bigint);

-- The bucket of a duration. Bucket k holds what is longer than 1000 * 1.02^(k - 1) ms and not longer than 1000 * 1.02^k ms, in
-- whole microseconds: a second is in bucket 0, and whatever is longer in a bucket above 0. From -697, a microsecond, to 698, the
-- 11.6 days that a call takes at most; -698 holds the durations of 0 (as 0.98 microseconds, since 0 has no logarithm).
-- A duration on an edge must not come out above it. The quotient, by the logarithm of 1.02, errs by less than 2.5e-13. So
-- 3e-13 is taken off: behind every edge, the next whole microsecond is more than 6e-13 of a bucket away.
-- `least` leaves nulls out, so a call without a duration is told apart first: it is in no bucket.
create macro duration_bucket(ms) as (
    case
        when ms is not null
            then cast(ceil(ln(greatest(round(least(ms, 1e9) * 1000), 0.98) / 1e6) / 0.019802627296179713 - 3e-13) as smallint)
    end
);

-- The hour (UTC) of a moment. `date_trunc` consults the calendar of a time zone and takes seven times as long.
create macro hour_of(moment) as to_timestamp(epoch_us(moment) // 3600000000 * 3600);

-- A day as a bit of its month: the lowest one is the first day.
create macro day_bit(day) as cast(1 << (dayofmonth(day) - 1) as integer);
