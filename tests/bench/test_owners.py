"""The bench of `probable_owners` hides ids and nothing else, and its figures are those of the answers."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from bench.owners.fitting import evidence_of, fit, weighed_in
from bench.owners.hiding import asked_of_world, hide, truth_of
from bench.owners.judging import bins, judged, quality
from bench.owners.world import make_world


def test_a_seed_makes_the_same_world_and_another_one_another() -> None:
    one, again, other = make_world(7), make_world(7), make_world(8)
    assert_frame_equal(one.calls, again.calls)
    assert one.integrations == again.integrations
    assert one.calls.height != other.calls.height


def test_hidden_calls_keep_everything_but_their_id() -> None:
    days = pl.date_range(pl.date(2026, 10, 1), pl.date(2026, 10, 30), eager=True)
    calls = pl.DataFrame({"day": days}).join(
        pl.DataFrame({"customer": [f"{number}" for number in range(40)]}), how="cross"
    )
    calls = calls.with_columns(
        integration=pl.lit("1234567_1"), integration_id=pl.lit("1234567_1"), id_status=pl.lit("valid"),
        id_defect=pl.lit(None, pl.String), partner=pl.lit(1234567), project=pl.lit(1), body_integration_id=pl.lit(None, pl.String),
    )  # fmt: skip
    hidden = hide(calls, 3)
    lost = hidden.filter(pl.col("id_status") == "missing")
    assert 0 < lost["customer"].n_unique() < 20
    assert lost["integration"].null_count() == lost["integration_id"].null_count() == lost.height
    assert set(hidden["owner"]) == {"1234567_1"}
    assert hidden.filter(pl.col("id_status") == "valid")["integration"].null_count() == 0
    assert_frame_equal(hidden.select("day", "customer"), calls.select("day", "customer"))


def test_every_row_without_an_id_is_judged_once_and_most_are_right() -> None:
    world = make_world(7)
    with asked_of_world(world) as warehouse:
        rows = judged(warehouse, world.calls)
        evidence = evidence_of(warehouse, world.calls)
    assert rows.height == truth_of(world.calls).height
    assert quality(rows).accuracy > 0.8
    # Guessing that half of them are right would give 0.25.
    assert quality(rows).brier < 0.22
    assert evidence.group_by("caller", "prefix").agg(pl.col("is_right").sum())["is_right"].unique().to_list() == [1]


def test_the_figures_are_worked_out_as_they_say() -> None:
    rows = pl.DataFrame(
        {
            "kind": ["integration", "integration", "integration", "nobody"],
            "confidence": [0.99, 0.95, 0.3, 0.8],
            "calls": [1, 3, 5, 7],
            "has_owner": [True, True, True, False],
            "is_right": [True, False, True, True],
        }
    )
    found = quality(rows)
    assert (found.rows, found.named) == (4, 2)
    assert found.accuracy == 0.5
    assert found.accuracy_by_calls == 0.25
    assert found.coverage == pytest.approx(1 / 3)
    assert found.brier == pytest.approx((0.01**2 + 0.95**2 + 0.7**2 + 0.2**2) / 4)
    # bins: 0.97 against 1 of 2, 0.3 against 1 of 1, 0.8 against 1 of 1
    assert found.calibration_error == pytest.approx((2 * 0.47 + 0.7 + 0.2) / 4)
    assert bins(rows)["right"].to_list() == [1.0, 1.0, 0.5]


def test_a_fit_finds_the_weights_that_made_the_choices() -> None:
    chance = np.random.default_rng(5)
    evidence = chance.normal(size=(6000, 3, 2))
    scores = evidence @ np.array([1.5, -0.7]) + chance.gumbel(size=(6000, 3))
    right = scores.argmax(axis=1)
    rows = pl.DataFrame(
        {
            "caller": np.repeat(np.arange(6000), 3),
            "prefix": pl.Series([None] * 18000, dtype=pl.String),
            "kind": "integration",
            "integration": np.tile(["a", "b", "c"], 6000),
            "one": evidence[:, :, 0].ravel(),
            "other": evidence[:, :, 1].ravel(),
            "customer": "7000001",
            "rows": 1,
            "is_right": (np.arange(3) == right[:, None]).ravel(),
        }
    )
    assert weighed_in(rows) == ["one", "other"]
    assert fit([rows]) == pytest.approx({"one": 1.5, "other": -0.7}, abs=0.08)
