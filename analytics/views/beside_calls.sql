-- What is kept beside the calls and read with them, still without a row.
-- renames: which id stands for which old one now. former_numbers: the numbers that a partner had before, whose environments
-- stay its own. stream_ends: which logs have ended, as the operator says. last_load: when the last log was loaded, one row.
create table lake.renames (
    old_partner integer, old_project integer, partner integer, project integer, integration varchar
);
create table lake.former_numbers (partner integer, customer varchar);
create table lake.stream_ends (stream varchar, ended_on date);
create table lake.last_load (loaded_at timestamptz);
