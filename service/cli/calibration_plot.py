"""A reliability diagram as SVG, with the numbers of its points in a table beside it.

It can be read without colours (a point, a whisker, a dashed line) and without seeing it (title, description
and the table are text).
"""

from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape

from matching.evaluation.calibration import Calibration, ReliabilityBin
from service.cli.evaluation_tables import bin_cells, figure
from service.messages import evaluation as words

SIDE = 300
LEFT, TOP = 70, 96
TABLE_LEFT = LEFT + SIDE + 50
COLUMNS = (0, 90, 150, 230, 310)
ROW_HEIGHT = 24
PANEL_HEIGHT = TOP + SIDE + 100
WIDTH = TABLE_LEFT + 430
TICKS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)

STYLE = (
    "text{font:13px 'Noto Sans KR','Malgun Gothic','Apple SD Gothic Neo',sans-serif;fill:#1a1a1a}"
    ".heading{font-weight:700;font-size:15px}.axis{stroke:#1a1a1a;fill:none}"
    ".grid{stroke:#d0d0d0}.ideal{stroke:#595959;stroke-dasharray:6 4}"
    ".whisker{stroke:#0b4f9c;stroke-width:1.5}.point{fill:#0b4f9c;stroke:#fff}"
)


def calibration_plot(found: Sequence[Calibration]) -> str:
    """One panel a calibration, one under the other; a complete SVG document."""
    height = PANEL_HEIGHT * len(found)
    described = " ".join((words.PLOT_DESCRIPTION, *(_summary(each) for each in found)))
    panels = "\n".join(_panel(each, number * PANEL_HEIGHT) for number, each in enumerate(found))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" lang="ko" role="img"'
        ' aria-labelledby="title description">\n'
        f'<title id="title">{escape(words.PLOT_TITLE)}</title>\n'
        f'<desc id="description">{escape(described)}</desc>\n'
        f'<style>{STYLE}</style>\n<rect width="100%" height="100%" fill="#fff"/>\n{panels}\n</svg>\n'
    )


def _panel(found: Calibration, top: int) -> str:
    pieces = [
        _text(LEFT, 30, words.PLOT_SUBJECTS[found.subject], "heading"),
        _text(LEFT, 54, _summary(found)),
        *_axes(),
        *(piece for row in found.bins for piece in _point(row)),
        *_legend(),
        *_rows(found),
    ]
    return f'<g transform="translate(0 {top})">\n' + "\n".join(pieces) + "\n</g>"


def _summary(found: Calibration) -> str:
    return words.PLOT_SUMMARY.format(
        subject=words.PLOT_SUBJECTS[found.subject],
        cases=found.cases,
        brier=figure(found.brier),
        error=figure(found.calibration_error),
    )


def _axes() -> Iterator[str]:
    for tick in TICKS:
        yield _line(tick, 0.0, tick, 1.0, "grid")
        yield _line(0.0, tick, 1.0, tick, "grid")
        yield _text(_x(tick), TOP + SIDE + 20, f"{tick:.1f}", anchor="middle")
        yield _text(LEFT - 10, _y(tick) + 4, f"{tick:.1f}", anchor="end")
    yield f'<rect class="axis" x="{LEFT}" y="{TOP}" width="{SIDE}" height="{SIDE}"/>'
    yield _line(0.0, 0.0, 1.0, 1.0, "ideal")
    yield _text(LEFT - 40, TOP - 14, words.PLOT_OBSERVED)
    yield _text(_x(0.5), TOP + SIDE + 44, words.PLOT_STATED, anchor="middle")


def _legend() -> Iterator[str]:
    """What a dashed line, a point and a whisker are, under the axis."""
    y = TOP + SIDE + 74
    yield f'<line class="ideal" x1="{LEFT}" y1="{y - 4}" x2="{LEFT + 28}" y2="{y - 4}"/>'
    yield _text(LEFT + 34, y, words.PLOT_IDEAL)
    yield f'<circle class="point" cx="{LEFT + 118}" cy="{y - 4}" r="5"/>'
    yield _text(LEFT + 128, y, words.PLOT_POINT)
    yield f'<line class="whisker" x1="{LEFT + 258}" y1="{y - 12}" x2="{LEFT + 258}" y2="{y + 4}"/>'
    yield _text(LEFT + 266, y, words.PLOT_WHISKER)


def _point(row: ReliabilityBin) -> Iterator[str]:
    yield _line(row.stated, row.observed_low, row.stated, row.observed_high, "whisker")
    yield f'<circle class="point" cx="{_x(row.stated)}" cy="{_y(row.observed)}" r="5"/>'
    yield _text(_x(row.stated) + 8, _y(row.observed) - 8, f"{row.cases:,}")


def _rows(found: Calibration) -> Iterator[str]:
    """The table: a heading, then a line a bin."""
    for number, cells in enumerate((words.CALIBRATION_COLUMNS, *(bin_cells(row) for row in found.bins))):
        y = TOP + 4 + number * ROW_HEIGHT
        for left, cell in zip(COLUMNS, cells, strict=True):
            yield _text(TABLE_LEFT + left, y, cell, "heading" if number == 0 else "")


def _x(value: float) -> float:
    return round(LEFT + SIDE * value, 1)


def _y(value: float) -> float:
    return round(TOP + SIDE * (1.0 - value), 1)


def _line(x1: float, y1: float, x2: float, y2: float, kind: str) -> str:
    return f'<line class="{kind}" x1="{_x(x1)}" y1="{_y(y1)}" x2="{_x(x2)}" y2="{_y(y2)}"/>'


def _text(x: float, y: float, text: str, kind: str = "", anchor: str = "start") -> str:
    named = f' class="{kind}"' if kind else ""
    return f'<text{named} x="{x}" y="{y}" text-anchor="{anchor}">{escape(text)}</text>'
