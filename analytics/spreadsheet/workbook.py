"""A table as a spreadsheet (XLSX) in which text is text: no cell can be a formula, and a telephone number keeps its plus.

The file has one sheet, with the texts in the cells themselves, and no styles and no dates: the same rows make the same bytes.
"""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from analytics.spreadsheet.csv_text import as_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MADE = (1980, 1, 1, 0, 0, 0)
"""The first day that a ZIP file can hold. The time of writing would change the bytes."""
_LONGEST = 32_767
"""The characters that Excel accepts in a cell. With a longer text, it reports a damaged file."""
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def workbook(sheet: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """The content of a file with this one sheet: whole numbers as numbers, an empty cell for None, everything else as text."""
    lines = [_row(place, cells) for place, cells in enumerate([header, *rows], start=1)]
    parts = {
        "[Content_Types].xml": (
            f'<Types xmlns="{_PACKAGE}/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
            f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/></Types>'
        ),
        "_rels/.rels": _relation("officeDocument", "xl/workbook.xml"),
        "xl/workbook.xml": (
            f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
            f'<sheets><sheet name={quoteattr(sheet)} sheetId="1" r:id="rId1"/></sheets></workbook>'
        ),
        "xl/_rels/workbook.xml.rels": _relation("worksheet", "worksheets/sheet1.xml"),
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{_MAIN}"><sheetData>{"".join(lines)}</sheetData></worksheet>',
    }
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in parts.items():
            archive.writestr(zipfile.ZipInfo(name, _MADE), _HEAD + text, zipfile.ZIP_DEFLATED)
    return content.getvalue()


def _relation(kind: str, target: str) -> str:
    return (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/{kind}" Target="{target}"/></Relationships>'
    )


def _row(place: int, cells: Sequence[object]) -> str:
    return f'<row r="{place}">{"".join(map(_cell, cells))}</row>'


def _cell(value: object) -> str:
    """A cell. Cells follow each other without gaps, so they need no address."""
    match value:
        case None:
            return "<c/>"
        case int() if not isinstance(value, bool):
            return f"<c><v>{value}</v></c>"
        case _:
            text = escape(_NOT_IN_XML.sub("\ufffd", as_text(value))[:_LONGEST], {"\r": "&#13;"})
            return f'<c t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
