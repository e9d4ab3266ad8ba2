"""An evaluation as tables and sentences to print."""

from collections.abc import Iterable, Iterator, Sequence
from math import isnan

from matching.domain import InferredCategory
from matching.evaluation import Evaluation
from matching.evaluation.breakdown import FailedNeed, Placed, by_category, worst_needs
from matching.evaluation.calibration import (
    Calibration,
    ReliabilityBin,
    category_calibration,
    score_calibration,
)
from matching.evaluation.measures import Comparison, Measured
from matching.taxonomy import category_name
from service.messages import evaluation as words
from service.messages import sentence
from service.messages.particles import with_particle

LONGEST_TEXT = 100


def as_text(evaluations: Sequence[Evaluation], errors: int) -> str:
    """Everything that was measured, one block a corpus; `errors` of the worst needs."""
    return "\n\n".join("\n\n".join(_blocks(each, errors)) for each in evaluations)


def _blocks(evaluation: Evaluation, errors: int) -> Iterator[str]:
    yield _measures(evaluation)
    if evaluation.comparison:
        yield _told(evaluation.comparison)
    if rows := by_category(evaluation):
        rival = evaluation.comparison.rival if evaluation.comparison else ""
        heading = (*words.CATEGORY_COLUMNS, _method("product"), _method(rival))
        cells = (
            (
                category_name(row.category),
                f"{row.needs:,}",
                figure(row.ndcg_at_10),
                figure(row.rival_ndcg_at_10),
            )
            for row in rows
        )
        yield f"{sentence('evaluation_by_category')}\n{_table(heading, cells)}"
    if found := score_calibration(evaluation):
        yield _calibration(found)
    if found and evaluation.benchmark.judged.all():
        yield sentence("evaluation_all_judged")
    if found := category_calibration(evaluation):
        yield _calibration(found)
    if failed := worst_needs(evaluation, errors):
        yield sentence("evaluation_worst", count=len(failed))
        yield from (_failed(number, need) for number, need in enumerate(failed, start=1))


def _measures(evaluation: Evaluation) -> str:
    corpus = words.CORPORA.get(evaluation.corpus, evaluation.corpus)
    needs, documents = evaluation.measured[0].needs, len(evaluation.benchmark.documents)
    table = _table(words.MEASURES, (_measured(row) for row in evaluation.measured))
    heading = sentence("evaluation_corpus", corpus=corpus, needs=needs, documents=documents)
    return "\n".join((heading, table, sentence("evaluation_time")))


def _measured(row: Measured) -> tuple[str, ...]:
    return (
        _method(row.method),
        figure(row.ndcg_at_10),
        interval(row.ndcg_low, row.ndcg_high),
        figure(row.ndcg_of_judged),
        figure(row.mrr),
        figure(row.recall_at_10),
        figure(row.recall_at_50),
        figure(row.milliseconds, 2),
        figure(row.times_dense, 2),
    )


def _told(found: Comparison) -> str:
    """The paired difference in words, with what may not be concluded from it."""
    code = "evaluation_better" if found.difference >= 0 else "evaluation_worse"
    said = [
        sentence(
            code,
            method=with_particle(_method(found.method), "은"),
            rival=_method(found.rival),
            difference=figure(abs(found.difference)),
        ),
        sentence(
            "evaluation_paired",
            low=figure(found.low),
            high=figure(found.high),
            better=found.better,
            equal=found.equal,
            worse=found.worse,
        ),
    ]
    if found.low <= 0 <= found.high:
        said.append(sentence("evaluation_undecided"))
    return " ".join(said)


def _calibration(found: Calibration) -> str:
    figures = sentence(
        "evaluation_calibration_figures",
        brier=figure(found.brier),
        share=figure(found.share),
        base_brier=figure(found.base_brier),
        log_loss=figure(found.log_loss),
        error=figure(found.calibration_error),
    )
    heading = sentence(f"evaluation_calibration_{found.subject}", cases=found.cases)
    table = _table(words.CALIBRATION_COLUMNS, (bin_cells(row) for row in found.bins))
    return "\n".join((heading, figures, table))


def bin_cells(row: ReliabilityBin) -> tuple[str, ...]:
    """A bin as the table and the plot write it."""
    return (
        f"{row.low:.1f}~{row.high:.1f}",
        f"{row.cases:,}",
        figure(row.stated, 2),
        figure(row.observed, 2),
        interval(row.observed_low, row.observed_high, 2),
    )


def _failed(number: int, need: FailedNeed) -> str:
    heading = words.NEED_HEADING.format(number=number, need=need.need_id, gain=figure(need.ndcg_at_10))
    lines = {
        "text": _shortened(need.text),
        "inferred": ", ".join(_inferred(each) for each in need.inferred),
        "labels": ", ".join(category_name(code) for code in need.labels),
        "first": " / ".join(_placed(each) for each in need.first),
        "best": " / ".join(_placed(each) for each in need.best),
    }
    told = (f"   {words.NEED_LABELS[name]}: {line or words.NONE}" for name, line in lines.items())
    return "\n".join((heading, *told))


def _inferred(item: InferredCategory) -> str:
    return f"{category_name(item.category)} {figure(item.probability, 2)}"


def _placed(each: Placed) -> str:
    grade = words.UNJUDGED if each.grade is None else words.GRADE.format(grade=each.grade)
    kinds = ", ".join(category_name(code) for code in each.categories) or words.NONE
    place = words.NOT_SHOWN if each.place is None else words.PLACE.format(place=each.place)
    return f"{place} {each.document}({grade}; {kinds})"


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_TEXT else f"{line[: LONGEST_TEXT - 1]}…"


def _method(code: str) -> str:
    return words.METHODS.get(code, code)


def figure(value: float, decimals: int = 3) -> str:
    """A number, or a dash where there is none."""
    return "-" if isnan(value) else f"{value:.{decimals}f}"


def interval(low: float, high: float, decimals: int = 3) -> str:
    """Two numbers with a tilde between them."""
    return f"{figure(low, decimals)}~{figure(high, decimals)}"


def _table(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heading, ["---"] * len(heading), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
