"""A log of each product, in the shape that its documentation shows, is read without any option.

A case is two files in `products/`: `<product>.log`, and `<product>.json` with what `inspect` has to say about it: the format
and dialect, how many lines, the reasons of the rejects, and of every call the columns that matter. Found by folder.
"""

from __future__ import annotations

import json

import pytest

from ingest import ReadOptions, inspect
from tests.ingest import worked
from tests.ingest.worked import PRODUCTS

NAMES = sorted({path.stem for path in PRODUCTS.iterdir()})


@pytest.mark.parametrize("name", NAMES)
def test_a_log_as_the_documentation_of_a_product_shows_it_is_read_without_options(name: str) -> None:
    expected = json.loads((PRODUCTS / f"{name}.json").read_text(encoding="utf-8"))
    assert expected["calls"], "a case without a call proves nothing"
    found = inspect(str(PRODUCTS / f"{name}.log"), ReadOptions(), limit=None, now=worked.NOW).model_dump(mode="json")
    found["calls"].sort(key=lambda call: call["line_number"])
    found["rejects"] = [reject["reason"] for reject in found["rejects"]]
    for number, columns in enumerate(expected["calls"][: len(found["calls"])]):
        found["calls"][number] = {column: found["calls"][number][column] for column in columns}
    assert found == expected
