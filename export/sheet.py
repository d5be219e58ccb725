"""Sheets of a workbook: styled fields, text that stays text, columns as wide as their content."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, TypeAlias

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

Value: TypeAlias = str | float | None
Weight: TypeAlias = Literal["medium", "thin", "hair"] | None
GREY = "FF595959"
WIDEST = 60  # characters that a column takes at most


@dataclass(frozen=True)
class Look:
    """How a field is set; `above` and `below` are rules."""

    bold: bool = False
    italic: bool = False
    underlined: bool = False
    grey: bool = False
    size: float = 11
    align: Literal["left", "right", "centerContinuous"] | None = None
    indent: int = 0
    format: str = "General"
    above: Weight = None
    below: Weight = None


@dataclass(frozen=True)
class Field:
    """A value with its look; `width` is what it takes as shown, in characters."""

    value: Value
    look: Look = Look()
    width: int = 0


Fields: TypeAlias = Sequence[Field]


def add_sheet(
    book: Workbook, title: str, rows: Sequence[Fields | Sequence[Value]], freeze: str = ""
) -> None:
    """Add a sheet; the rows and columns before the field `freeze` stay in sight."""
    sheet = book.create_sheet(title)
    sheet.freeze_panes = freeze or None
    for place, width in enumerate(_widths(rows), 1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    for row in rows:
        sheet.append([_cell(sheet, field) for field in row])


def _widths(rows: Iterable[Fields | Sequence[Value]]) -> list[float]:
    found: dict[int, int] = {}
    for row in rows:
        for place, field in enumerate(row):
            width = field.width if isinstance(field, Field) else len(str(field))
            if width > found.get(place, 4):
                found[place] = width
    last = max(found, default=-1)
    return [min(WIDEST, found.get(place, 4)) + 2 for place in range(last + 1)]


def _cell(sheet: WriteOnlyWorksheet, field: Field | Value) -> object:
    """Make what openpyxl writes; a value without a look stays a plain one, which is faster."""
    look = field.look if isinstance(field, Field) else None
    value = field.value if isinstance(field, Field) else field
    if isinstance(value, float) and not math.isfinite(value):
        value = str(value)  # Excel has no such numbers
    if look is None and not (isinstance(value, str) and value.startswith(("=", "#"))):
        return value
    cell = WriteOnlyCell(sheet, value)
    if isinstance(value, str):
        cell.data_type = "s"  # =1+1 is the name of a setting here, not a formula
    if look is not None:
        cell.font, cell.alignment, cell.border = _style(look)
        cell.number_format = look.format
    return cell


@lru_cache(maxsize=256)
def _style(look: Look) -> tuple[Font, Alignment, Border]:
    font = Font(
        bold=look.bold,
        italic=look.italic,
        underline="single" if look.underlined else None,
        size=look.size,
        color=GREY if look.grey else None,
    )
    border = Border(top=Side(look.above), bottom=Side(look.below))
    return font, Alignment(horizontal=look.align, indent=look.indent), border
