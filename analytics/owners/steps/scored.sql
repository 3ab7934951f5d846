-- The probability of each answer: exp(score) by the sum of exp(scores) of all answers for a caller and a prefix (conditional logit).
-- Reads: evidence, weights.
with added as (
    select
        evidence.*,
        coalesce(evidence.id_shown, 0) * weights.id_shown
        + coalesce(evidence.partner_shown, 0) * weights.partner_shown
        + coalesce(evidence.telling_agent, 0) * weights.telling_agent
        + coalesce(evidence.same_library, 0) * weights.same_library
        + coalesce(evidence.same_version, 0) * weights.same_version
        + coalesce(evidence.likeness, 0) * weights.likeness
        + coalesce(evidence.all_connectors, 0) * weights.all_connectors
        + coalesce(evidence.at_customer, 0) * weights.at_customer
        + coalesce(evidence.took_over, 0) * weights.took_over
        + coalesce(evidence.named, 0) * weights.named
        + coalesce(evidence.whole_name, 0) * weights.whole_name
        + coalesce(evidence.popularity, 0) * weights.popularity
        + coalesce(evidence.nobody, 0) * weights.nobody
        + coalesce(evidence.nobody_anybodys, 0) * weights.nobody_anybodys
        + coalesce(evidence.nobody_strange, 0) * weights.nobody_strange
        + coalesce(evidence.aggregator, 0) * weights.aggregator
        + coalesce(evidence.aggregator_unlike, 0) * weights.aggregator_unlike
        + coalesce(evidence.aggregator_prefixes, 0) * weights.aggregator_prefixes
        + coalesce(evidence.aggregator_prefixed, 0) * weights.aggregator_prefixed
        + coalesce(evidence.unseen, 0) * weights.unseen
        + coalesce(evidence.unseen_anybodys, 0) * weights.unseen_anybodys as score
    from evidence
    cross join weights
),

raised as (
    select
        *,
        exp(score - max(score) over (partition by caller, prefix)) as weight
    from added
)

select
    *,
    weight / sum(weight) over (partition by caller, prefix) as probability
from raised
