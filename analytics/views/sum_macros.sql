-- What questions ask of sums (ingest/lake/sums/kinds.py).

-- How many calls the rows of a sum stand for, and those of its rows for which something holds. 0 without such a row.
-- It says `greatest` and not `coalesce`. Of a sum behind a join the engine (2.0.0) may conclude that `coalesce(sum(x), 0)` is always
-- 0. Then it leaves out the rows that are compared with another number, and sorts by a byte of it: 296 calls were shown as 40.
create macro added_up(calls) as cast(greatest(sum(calls), 0) as bigint);
create macro added_up_if(holds, calls) as cast(greatest(sum(case when holds then calls end), 0) as bigint);

-- The days of a month are bits of one number: the lowest one is the first day. How many days it holds is `bit_count`, and those
-- that are in it or in another one is an or of both.
-- The first and the last day of them, and those of them since a day and before another one.
create macro first_day_of(month, days) as cast(month + cast(log2(days & -days) as integer) as date);
create macro last_day_of(month, days) as cast(month + cast(floor(log2(days)) as integer) as date);
create macro bits_before(month, day) as (cast(1 as bigint) << least(greatest(date_diff('day', month, day), 0), 31)) - 1;
create macro days_within(month, days, since, until) as (
    cast(days & (bits_before(month, until) - bits_before(month, since)) as integer)
);

-- The same days as a list.
create macro days_of(month, days) as list_transform(
    list_filter(range(31), lambda place: days & (cast(1 as bigint) << place) <> 0),
    lambda place: cast(month + cast(place as integer) as date)
);

-- Days that follow each other at most `gap` days apart are a run, whose first and last day these are. A gap is at most 7 days; of
-- less than one day, each day is a run.
create macro first_of_runs(month_days, gap) as cast(
    month_days & ~case
        when gap >= 1
            then
            (cast(month_days as bigint) << 1) | (cast(month_days as bigint) << least(2, gap))
            | (cast(month_days as bigint) << least(3, gap)) | (cast(month_days as bigint) << least(4, gap))
            | (cast(month_days as bigint) << least(5, gap)) | (cast(month_days as bigint) << least(6, gap))
            | (cast(month_days as bigint) << least(7, gap))
        else 0
    end
    as integer
);
create macro last_of_runs(month_days, gap) as cast(
    month_days & ~case
        when gap >= 1
            then
            (month_days >> 1) | (month_days >> least(2, gap)) | (month_days >> least(3, gap))
            | (month_days >> least(4, gap)) | (month_days >> least(5, gap)) | (month_days >> least(6, gap))
            | (month_days >> least(7, gap))
        else 0
    end
    as integer
);
