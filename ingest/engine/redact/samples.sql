-- The sample of a rejected line, made of its pieces (pieces.sql).

-- What stands before the time of an access log, by its blanks: who called and from where. Hosts of the platform stay.
create or replace macro redacted_callers(text) as (
    array_to_string(
        list_transform(
            string_split(text, ' '),
            lambda piece: case
                when
                    piece in ('', '-', '""', '•')
                    or regexp_full_match(piece, '(?i)[1-9][0-9]{3,6}\.((rest|soap)(test|accept|cursus)?\.afas\.online|afasonlineconnector\.nl)(:[0-9]{1,5})?')
                    then piece
                else '•'
            end
        ),
        ' '
    )
);

create or replace macro callers_before_time(line) as (
    regexp_extract(line, '^([^{\[]{1,400}?) \[(?:[^\]]{0,60}\] "|[0-9]{2}/|20[0-9]{2}-)', 1)
);

create or replace macro redacted_pieces(text) as (
    coalesce(list_aggregate(
        list_transform(regexp_extract_all(text, sample_pattern()), lambda piece: redacted_piece(piece)), 'string_agg', ''
    ), '')
);

create or replace macro redacted_text(text) as (
    case
        when not is_text(text) then null
        when not regexp_matches(text, '[0-9{\[]') and len(regexp_extract_all(text, '[A-Za-z]+')) >= 4 and names_fields(text) then text
        else redacted_callers(callers_before_time(text)) || redacted_pieces(substr(text, length(callers_before_time(text)) + 1))
    end
);

-- Numbers in groups that are small by themselves and together as long as a citizen service number, whatever stands between them: the
-- first stays, which may be a status. Twice, because the sign between two of them belongs to the first.
create or replace macro without_groups(text) as (
    list_reduce(  -- noqa: PRS
        [text, '', ''],
        lambda rest, again: regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(
            rest,
            -- what stood between them is a bullet by now: \xE2\x80\x8B, a blank that nobody sees, is three
            '(^|[^0-9A-Za-z])([0-9]{1,4})(?:•+ ?[0-9]{1,4}){2,}($|[^0-9A-Za-z])', '\1\2•\3', 'g'),
            '(^|[^0-9A-Za-z])([0-9]{3}(?:[^0-9A-Za-z• ]|[^0-9A-Za-z•]{2,3}))[0-9]{3}([^0-9A-Za-z•]{1,3})[0-9]{3}($|[^0-9A-Za-z])', '\1\2•\3•\4', 'g'),
            '(^|[^0-9A-Za-z])([0-9]{4}(?:[^0-9A-Za-z• ]|[^0-9A-Za-z•]{2,3}))[0-9]{2}([^0-9A-Za-z•]{1,3})[0-9]{3}($|[^0-9A-Za-z])', '\1\2•\3•\4', 'g'),
            '(^|[^0-9A-Za-z])([0-9]{2}(?:[^0-9A-Za-z• :]|[^0-9A-Za-z•:]{2,3}))[0-9]{2}([^0-9A-Za-z•:]{1,3})[0-9]{2}[^0-9A-Za-z•:]{1,3}[0-9]{3}($|[^0-9A-Za-z])',
            '\1\2•\3•\4', 'g'),
            '(^|[^0-9A-Za-z])[0-9](?:[^0-9A-Za-z•]{1,3}[0-9]){7,}($|[^0-9A-Za-z])', '\1•\2', 'g')
    )
);

-- A text without what stands in a query.
create or replace macro without_queries(text) as regexp_replace(text, '[?&][^\s"'']*', '?…', 'g');

-- A line as its sample shows it, whole.
create or replace macro redacted_line(line) as (
    without_groups(redacted_text(
        list_transform(
            [without_queries(line)],
            lambda start: case
                -- What is still escaped then was so more than three times. A query may only show now.
                when regexp_matches(start, '%[0-9A-Fa-f]|\\[ux][0-9A-Fa-f{]|(?:=[0-9A-F]{2}){2}|[^\x00-\x7F…•]')
                    then without_queries(regexp_replace(
                        unescaped_text(start), '%[0-9A-Fa-f]{2}|\\[ux][0-9A-Fa-f]|(?:=[0-9A-F]{2}){2,}|[\r\n]', '•', 'g'
                    ))
                else start
            end
        )[1]
    ))
);

-- What is cut off in the middle of something is looked at again as what it is then: half a date is a number.
create or replace macro redacted_sample(line) as (
    case  -- noqa: PRS
        when is_text(line)
            -- Once for each length. To call the macro twice would have it planned twice, with all that is in it.
            then list_reduce(
                [line, '600', '200'],
                lambda whole, most: case
                    when most = '600' or length(whole) > 200
                        then left(redacted_line(left(whole, cast(most as integer))), case when most = '200' then 200 else 100000 end)
                    else whole
                end
            )
    end
);
