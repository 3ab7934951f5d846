-- Tables that are read with the calls, still without a row.
-- renames: each replaced id, with the id that stands for it now. former_numbers: the numbers that a partner had before; their
-- environments stay its own. stream_ends: the logs that the operator has declared to be over. last_load: one row, the time at
-- which the last log was loaded.
create table lake.renames (
    old_partner integer, old_project integer, partner integer, project integer, integration varchar
);
create table lake.former_numbers (partner integer, customer varchar);
create table lake.stream_ends (stream varchar, ended_on date);
create table lake.last_load (loaded_at timestamptz);
