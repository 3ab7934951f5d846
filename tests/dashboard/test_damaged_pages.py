"""If something in a lake is damaged, every page names the file and says what to do, or shows the same as without the damage."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import streamlit as st

from dashboard.shell.pages import PAGES
from ingest.lake.data_file import TABLES
from tests.command_line.test_damaged_files import DAMAGES, NEXT_STEPS, damaged
from tests.ingest.scale import IS_THOROUGH

if TYPE_CHECKING:
    from streamlit.testing.v1 import AppTest

    from tests.dashboard.conftest import OpenPage

ADDRESSES = sorted(page.address for page in PAGES)
OTHERS = {"lake.json": "{", "an entry of the log": '{"add":{"path":', "a registry file": "no parquet"}
KINDS: list[str | tuple[str, str]] = [*((table, how) for table in TABLES for how in DAMAGES), *OTHERS]


def _said(app: AppTest) -> str:
    return " ".join(str(element.value) for element in [*app.error, *app.warning, *app.markdown, *app.code])


def _damage(lake: Path, kind: str) -> Path:
    """Damage what lies beside the data files."""
    match kind:
        case "lake.json":
            path = lake / "lake.json"
        case "an entry of the log":
            path = max((lake / "calls" / "_delta_log").glob("*.json"))
        case _:
            path = min((lake / "registry").rglob("*.parquet"))
    path.write_text(OTHERS[kind], encoding="utf-8")
    return path


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_each_page_names_a_damaged_file_and_what_to_do(
    week: Path, tmp_path: Path, open_page: OpenPage, kind: tuple[str, str] | str
) -> None:
    place = KINDS.index(kind)
    # Of each damage two pages, all of them where there is time.
    pages = ADDRESSES if IS_THOROUGH else [ADDRESSES[(2 * place + more) % len(ADDRESSES)] for more in (0, 1)]
    lake = shutil.copytree(week, tmp_path / "lake")
    path = damaged(lake, *kind) if isinstance(kind, tuple) else _damage(lake, kind)
    for page in pages:
        st.cache_resource.clear()
        st.cache_data.clear()
        said = _said(open_page(lake, page))
        is_named = path.name in said and any(step.strip("'") in said for step in NEXT_STEPS)
        if not is_named:
            assert said == _said(open_page(week, page)).replace(str(week), str(lake)), (page, said[:2000])
        assert "Traceback" not in said
        assert "something went wrong" not in said
