"""Durations in buckets, and the percentiles that are counted from them, in exact fractions.

Where the contract is silent, the oracle decides:

D1. Buckets.
    - A duration counts in whole microseconds.
    - It lies in bucket k if k is the smallest whole number for which it is at most 1000 * 1.02^k ms. So a duration on an edge
      belongs to the bucket that ends there, and 1000 ms ends bucket 0.

D2. Both ends.
    - A duration of 0 lies in the bucket below that of one microsecond.
    - A duration above 10^9 ms lies in the bucket of 10^9 ms.

D3. What a bucket stands for.
    - A bucket stands for the harmonic mean of its edges, at most 0.991 % from either.
    - The bucket of 0 stands for 0.

D4. Percentiles.
    - A percentile is the nearest rank: the first bucket at which at least that percentage of the calls is reached.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

LOWEST, HIGHEST = -698, 698
EDGES = tuple(1_000_000 * Fraction(102, 100) ** bucket for bucket in range(LOWEST, HIGHEST + 1))
"""Where each bucket ends, from the lowest one on, in microseconds."""

LONGEST = tuple(math.floor(edge) for edge in EDGES)
"""The longest duration in each bucket, in whole microseconds."""


def bucket_of(duration_ms: float) -> int:
    """Return the bucket of a duration."""
    micros = math.floor(min(duration_ms, 1e9) * 1000 + 0.5)
    return LOWEST + bisect_left(LONGEST, micros)


def middle_ms(bucket: int) -> Fraction:
    """Return the milliseconds that a bucket stands for."""
    if bucket == LOWEST:
        return Fraction(0)
    below, above = EDGES[bucket - 1 - LOWEST], EDGES[bucket - LOWEST]
    return 2 * below * above / (below + above) / 1000


def percentile(calls: Mapping[int, int], percent: int) -> int:
    """Return the bucket in which a percentile lies. `calls` has the number of calls in each bucket."""
    so_far, all_calls = 0, sum(calls.values())
    for bucket in sorted(calls):
        so_far += calls[bucket]
        if 100 * so_far >= percent * all_calls:
            return bucket
    raise ValueError("no calls")
