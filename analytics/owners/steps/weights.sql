-- How much each kind of evidence weighs: one row. `python -m bench.owners --fit --seeds 1-12` prints these. An answer whose score is higher
-- by 1 is e times as likely. Evidence for an owner never weighs less than 0: such a weight only says that it came with other evidence.
select
    6.08 as id_shown,
    3.01 as partner_shown,
    2.28 as telling_agent,
    2.04 as same_library,
    2.51 as same_version,
    6.36 as likeness,
    2.59 as all_connectors,
    -2.20 as at_customer,
    5.17 as took_over,
    2.64 as named,
    2.37 as whole_name,
    -1.80 as popularity,
    1.12 as nobody,
    -0.17 as nobody_anybodys,
    0.32 as nobody_strange,
    4.11 as aggregator,
    -1.75 as aggregator_unlike,
    3.28 as aggregator_prefixes,
    -4.86 as aggregator_prefixed,
    -0.78 as unseen,
    -0.09 as unseen_anybodys
