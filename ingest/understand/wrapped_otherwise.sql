-- The rejected lines among `understood` that are wrapped otherwise than most of their log, whose lines have these wrappings: a prefix or
-- an object, and the command that takes it away. Only where the line inside is one of the log's: `inside` is the pattern of those. A
-- piece of a line says by itself what it is.
select line_number, wrapped_otherwise(lines.line, getvariable('wrappings'), getvariable('inside')) as said
from understood
inner join lines using (line_number)
inner join raw using (line_number)
where
    understood.fate not in ('ignored', 'torn_line', 'line_too_long', 'too_deep')
    and not coalesce(contains(raw.detail, 'is a piece of a longer one'), false)
