"""Cells of a CSV file that a person will open in a spreadsheet."""

from typing import TypeVar

Cell = TypeVar("Cell")

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def harmless(cell: Cell) -> Cell | str:
    """A text that a spreadsheet would run as a formula is opened by an apostrophe (OWASP, CSV injection)."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
