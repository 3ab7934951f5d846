-- title: a platform: its programs, what each of them calls, its customers, and who uses what
-- Reads the variables seed, customers, integrations, days, ending (the fraction of links that end) and official (the connectors that the
-- vendor publishes).
-- Whatever varies follows from the hash of a number, so the same seed makes the same calls.
-- long: the tables of one thing, and a bench has no steps.

-- A number from 0 up to 1 that looks random, of a key below 2^47 and one of 64 purposes.
create macro unit(key, purpose) as (
    hash(cast(key as ubigint) * 64 + purpose + cast(getvariable('seed') as ubigint) * 36028797018963968) >> 11
) / 9007199254740992.0;

-- A number of the standard normal distribution; it takes this purpose and the next one.
create macro normal(key, purpose) as
sqrt(-2 * ln(1 - unit(key, purpose))) * cos(6.283185307179586 * unit(key, purpose + 1));

create macro birds() as [
    'Kievit', 'Lijster', 'Merel', 'Spreeuw', 'Ekster', 'Roodborst', 'Winterkoning', 'Goudvink', 'Karekiet', 'Plevier',
    'Scholekster', 'Wulp', 'Grutto', 'Aalscholver', 'Kraanvogel', 'Ooievaar', 'Reiger', 'Zwaan', 'Tapuit', 'Kuifeend'
];

create macro nouns() as ['Orders', 'Artikelen', 'Klanten', 'Uren', 'Facturen', 'Verlof'];

-- One row per program: an integration, or one of a twentieth as many that send no valid id.
create table programs as
with numbered as (
    select
        number,
        number >= getvariable('integrations') as is_unnamed,
        number * 7 % greatest(getvariable('integrations') * 3 // 10, 1) as owner
    from range(getvariable('integrations') + greatest(getvariable('integrations') // 20, 2)) as made (number)
),

named as (
    select
        *,
        1000000 + owner as partner,
        300000 + number * 7919 % 100003 as project,
        case when number % 25 = 7 then 'sb' else 'profit' end as product,
        case when number % 25 <> 7 and number % 17 = 5 then 'soap' else 'rest' end as protocol,
        birds()[1 + owner % 20] as bird
    from numbered
)

select
    number as program,
    product,
    protocol,
    case
        when not is_unnamed then 'valid'
        when number % 4 = 0 then 'malformed'
        else 'missing'
    end as id_status,
    case when is_unnamed and number % 4 = 0 then 'wrong_separator' end as id_defect,
    case when not is_unnamed then partner end as partner,
    case when not is_unnamed then project end as project,
    case
        when not is_unnamed then partner || '_' || project
        when number % 4 = 0 then partner || '-' || project
    end as sent_id,
    case when not is_unnamed then partner || '_' || project end as integration,
    case
        when protocol = 'soap' then 'soap_body'
        when product = 'sb' or number % 6 = 0 then 'bearer'
        else 'base64'
    end as token_form,
    case when product = 'sb' then '2' end as api_version,
    case number % 4
        when 0 then bird || 'Koppeling/' || 1 + number % 5 || '.' || number % 13
        when 1 then bird || '/' || 2 + number % 7 || '.' || number % 11 || ' (.NET 8)'
        when 2 then 'Apache-HttpClient/4.5.' || number % 15 || ' (Java/17.0.9)'
        else 'python-requests/2.' || 20 + number % 13 || '.3'
    end as user_agent,
    number % 16 = 3 as is_traced,
    -- during office hours, in the night, or round the clock
    case when unit(number, 1) < 0.55 then 1 when unit(number, 1) < 0.75 then 2 else 3 end as rhythm,
    bird,
    power(case when is_unnamed then number - getvariable('integrations') + 20 else number + 1 end, -0.9)
    * case when product = 'sb' then 8 else 1 end
    -- some have hardly a customer
    * case when number % 10 = 9 then 0.03 else 1 end as weight
from named;

-- What a program calls: 64 slots, one of which each call takes.
create table slots as
with official as (
    select
        unnest(getvariable('official')) as connector,
        unnest(range(len(getvariable('official')))) as number
),

chosen as (
    select
        programs.*,
        slot,
        1 + cast(floor(ln(1 - unit(programs.program * 64 + slot, 2)) / ln(0.72)) as integer) % 12 as route
    from programs
    cross join range(64) as places (slot)
),

drawn as (
    select
        *,
        unit(program * 64 + route, 3) as kind,
        cast(unit(program * 64 + route, 4) * 180 as integer) as place,
        unit(program * 64 + route, 5) as turn
    from chosen
),

called as (
    select
        drawn.*,
        case
            when drawn.kind < 0.02 and drawn.token_form = 'bearer' then 'auth'
            when drawn.kind < 0.02 then 'version'
            when drawn.kind < 0.03 and drawn.product = 'profit' then 'metainfo'
            when drawn.product = 'sb' and drawn.kind < 0.6 then 'get'
            when drawn.product = 'profit' and drawn.kind < 0.35 then 'get_own'
            when drawn.product = 'profit' and (drawn.kind < 0.68 or starts_with(official.connector, 'Profit_')) then 'get'
            when drawn.turn < 0.7 then 'insert'
            when drawn.turn < 0.96 then 'update'
            else 'delete'
        end as what,
        official.connector as published,
        drawn.bird || '_' || nouns()[1 + drawn.place % 6] as own_connector
    from drawn
    -- 180 of those that the vendor publishes are in use
    left join official on drawn.place * 37 % len(getvariable('official')) = official.number
),

worded as (
    select
        *,
        case
            when what in ('auth', 'version') then null
            when product = 'sb' then ['invoices', 'contacts', 'journals', 'journalentries', 'ledgeraccounts'][1 + place % 5]
            when what in ('metainfo', 'get_own') or (what = 'get' and not starts_with(published, 'Profit_')) then own_connector
            else published
        end as connector,
        case when what = 'get_own' then 'get' else what end as operation
    from called
)

select
    program * 64 + slot as slot,
    operation,
    connector,
    case
        when protocol = 'soap' or operation = 'auth' then 'POST'
        else coalesce(map { 'insert': 'POST', 'update': 'PUT', 'delete': 'DELETE' }[operation], 'GET')
    end as method,
    case
        when operation = 'auth' then case when product = 'sb' then 'authentication' else 'oauth/token' end
        when operation = 'version' then case when product = 'sb' then 'api/version' else 'ProfitVersion' end
        when protocol = 'soap' then case when operation = 'get' then 'AppConnectorGet.asmx' else 'AppConnectorUpdate.asmx' end
        when operation = 'metainfo' then 'metainfo/get/' || connector
        when product = 'sb' then 'api/' || connector
        when operation = 'delete' then 'connectors/' || connector || '/' || connector || '/@Id'
        else 'connectors/' || connector
    end as endpoint,
    case
        when operation <> 'get' or protocol = 'soap' or turn < 0.3 then null
        when turn < 0.4 then -1
        when turn < 0.7 then 100
        else 1000
    end as take,
    case when operation = 'get' then protocol <> 'soap' and turn >= 0.5 end as ordered,
    case
        when operation = 'get' and protocol <> 'soap' and turn >= 0.75 then ['Gewijzigd_op']
        when operation = 'get' and protocol <> 'soap' and turn < 0.1 then ['Nummer']
        else []
    end as filter_fields,
    case
        when operation <> 'get' or protocol = 'soap' then 0
        else 12 + cast(turn * 40 as integer) + case when turn >= 0.75 then 75 else 0 end
    end as query_length,
    4.6 + 1.8 * turn + case when operation in ('insert', 'update') then 0.7 else 0 end as log_duration,
    case when operation in ('get', 'metainfo') then 7.5 + 2.5 * kind else 4 end as log_response
from worded;

create table customers as
select
    number,
    number % 20 = 7 as is_sb,
    case
        when number % 20 = 7 then 'klant' || 1000 + number // 5 || '/kantoor' || number % 5
        else cast(20000 + number as varchar)
    end as customer,
    power(number + 1, -0.35) as weight
from range(getvariable('customers')) as made (number);

-- Who uses what: about twelve programs a customer; popular programs are used by many, and each customer and program is there.
create table links as
with pairs as (
    select
        programs.program,
        programs.product,
        customers.number,
        customers.customer,
        -ln(1 - unit(programs.program * 1048576 + customers.number, 6)) / (programs.weight * customers.weight) as turn
    from programs
    inner join customers on (programs.product = 'sb') = customers.is_sb
),

liveliest as (
    select program, number
    from pairs
    order by turn
    limit 12 * getvariable('customers')
),

first_ones as (
    select program, number from pairs qualify row_number() over (partition by program order by turn) = 1
    union
    select program, number from pairs qualify row_number() over (partition by number order by turn) = 1
    union
    select program, number from liveliest
),

linked as (
    select
        program,
        customer,
        program * 1048576 + number as key,
        case
            when product = 'sb' or unit(program * 1048576 + number, 7) < 0.92 then 'production'
            when unit(program * 1048576 + number, 7) < 0.97 then 'test'
            else 'accept'
        end as environment,
        false as own
    from pairs
    semi join first_ones using (program, number)
    union all
    -- what a partner calls in its own environment
    select program, cast(partner as varchar), program * 1048576 + 1048575, 'production', true
    from programs
    where integration is not null and product = 'profit'
),

lasting as (
    select
        *,
        row_number() over (order by key) as link,
        -- a fifth of the links begin in the period, and some end in it
        case when unit(key, 8) < 0.2 then cast(floor(unit(key, 9) * getvariable('days')) as integer) else 0 end as first_day,
        case
            when unit(key, 10) < getvariable('ending') then cast(floor(unit(key, 11) * getvariable('days')) as integer)
            else getvariable('days')
        end as last_day
    from linked
)

select
    lasting.link,
    lasting.program,
    lasting.customer,
    lasting.environment,
    lasting.own,
    lasting.first_day,
    lasting.last_day,
    programs.rhythm,
    cast(hash(lasting.customer) % 4 as integer) as stream,
    case when lasting.own then 0.2 else 1 end * exp(1.5 * normal(lasting.key, 12)) as weight,
    case when unit(lasting.key, 14) < 0.03 then 0.25 * unit(lasting.key, 15) else 0.02 * unit(lasting.key, 15) end as error_rate,
    cast(floor(unit(lasting.key, 16) * 1440) as integer) as minute
from lasting
inner join programs using (program);

-- What goes wrong on purpose: calls of a link, of one connector or of all, that get a status in a share of cases; without a status
-- the link does not call.
create table faults (
    link bigint,
    connector varchar,
    since timestamptz,
    until timestamptz,
    status smallint,
    share double
);
