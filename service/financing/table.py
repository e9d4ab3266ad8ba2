"""A schedule as aligned plain text for a terminal, Hangul counted as two columns wide."""

from collections.abc import Sequence
from unicodedata import east_asian_width

from service.financing.disclosure import disclose
from service.financing.grid import grid_of
from service.financing.rows import Schedule


def render_table(schedule: Schedule) -> str:
    """Summary, rows, totals and warnings. Raises TermsError when fees lift the rate over the legal cap."""
    grid = grid_of(schedule, disclose(schedule))
    rows = _aligned([grid.headings, *grid.lines, grid.totals])
    return "\n".join([*_aligned(grid.figures), "", *rows, *(f"※ {text}" for text in grid.warnings)]) + "\n"


def _aligned(lines: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(map(_width, column)) for column in zip(*lines, strict=True)]
    return [
        "  ".join(" " * (width - _width(cell)) + cell for cell, width in zip(line, widths, strict=True))
        for line in lines
    ]


def _width(text: str) -> int:
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in text)
