"""`alliance evaluate`: what it prints, draws, writes and refuses."""

import json
import re
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from typer.testing import CliRunner

from matching.encoder import HashingEncoder
from matching.evaluation import Evaluation, RememberingEncoder, read_benchmark
from matching.evaluation.calibration import Calibration, calibration
from matching.evaluation.record import FIGURES_FILE, VECTORS_FILE
from matching.intent import IntentModel
from matching.intent_training import fit_intent
from matching.problem_examples import read_examples
from matching.stored_vectors import StoredVectors
from matching.taxonomy import category_name
from seed_data import PROBLEM_EXAMPLES
from service.cli import cli, evaluation
from service.cli.calibration_plot import WIDTH, calibration_plot
from service.cli.terminal import CommandError
from service.messages import evaluation as words

ENCODER = HashingEncoder(64)
SVG = "{http://www.w3.org/2000/svg}"
CONTENT: dict[str, Any] = {
    "queries": [
        {"query_id": "Q1", "text": "용접할 사람을 못 구합니다", "categories_gold": ["ROBOT"]},
        {"query_id": "Q2", "text": "전기요금이 너무 많이 나옵니다", "categories_gold": ["FEMS"]},
    ],
    "documents": [
        {"doc_id": "D1", "text": "용접 로봇을 공급합니다", "categories": ["ROBOT"]},
        {"doc_id": "D2", "text": "전력 사용량을 재고 전기요금을 줄입니다", "categories": ["FEMS"]},
        {"doc_id": "D3", "text": "창고 재고를 관리합니다", "categories": ["WMS"]},
    ],
    "qrels": {"Q1": {"D1": 2, "D3": 0}, "Q2": {"D2": 3, "D1": 0}},
}


@pytest.fixture(scope="module")
def intent() -> IntentModel:
    return fit_intent(read_examples(PROBLEM_EXAMPLES)[::60], ENCODER)


@pytest.fixture
def evaluate(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, intent: IntentModel) -> Callable[..., Any]:
    """Runs the command with the small encoder on a benchmark file, or on what is named instead."""
    monkeypatch.setattr(evaluation, "prepared_encoder", lambda settings, report, exact: ENCODER)
    monkeypatch.setattr(evaluation, "load_intent", lambda name, folder: intent)
    monkeypatch.setenv("ALLIANCE_DATA_DIR", str(tmp_path))
    file = tmp_path / "benchmark.json"
    file.write_text(json.dumps(CONTENT, ensure_ascii=False), encoding="utf-8")

    def run(*arguments: str, benchmark: str | None = str(file)) -> Any:
        return CliRunner().invoke(cli, ["evaluate", *([benchmark] if benchmark else []), *arguments])

    return run


def test_every_ranking_has_a_line_with_quality_interval_and_time(evaluate: Callable[..., Any]) -> None:
    printed = evaluate().stdout
    for name in words.METHODS.values():
        (line,) = [line for line in printed.splitlines() if line.startswith(f"| {name} | ")]
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        assert len(cells) == len(words.MEASURES)
        assert re.fullmatch(r"\d\.\d{3}", cells[1])
        assert re.fullmatch(r"\d\.\d{3}~\d\.\d{3}", cells[2])
    assert "모든 글 · 수요 2건 · 글 3편" in printed


def test_it_is_said_where_unlisted_pairs_count_as_judged(
    evaluate: Callable[..., Any], tmp_path: Path
) -> None:
    only_relevant = {**CONTENT, "qrels": {"Q1": {"D1": 2}, "Q2": {"D2": 3}}}
    file = tmp_path / "relevant.json"
    file.write_text(json.dumps(only_relevant, ensure_ascii=False), encoding="utf-8")
    assert "적합도 0이 하나도 적히지 않은" in evaluate(benchmark=str(file)).stdout
    assert "적합도 0이 하나도 적히지 않은" not in evaluate().stdout


def test_the_lead_over_the_best_baseline_is_told_with_its_interval(evaluate: Callable[..., Any]) -> None:
    printed = evaluate().stdout
    assert re.search(r"얼라이언스 추천은 nDCG@10이 기준 방법 가운데 가장 나은 \S+", printed)
    assert re.search(r"수요마다 뺀 차이의 95% 구간은 -?\d\.\d{3}~-?\d\.\d{3}이고", printed)


def test_labels_group_the_report_and_errors_name_the_worst_needs(evaluate: Callable[..., Any]) -> None:
    printed = evaluate("--errors", "1").stdout
    assert f"| {category_name('ROBOT')} | 1 | " in printed
    assert "nDCG@10이 가장 낮은 수요 1건" in printed
    assert re.search(r"1\. Q[12] · nDCG@10 \d\.\d{3}", printed)
    assert "적힌 분야: " in printed
    assert "2. Q" not in printed


def test_the_json_holds_the_same(evaluate: Callable[..., Any]) -> None:
    (corpus,) = json.loads(evaluate("--json", "--errors", "2").stdout)
    assert [row["method"] for row in corpus["results"]] == list(words.METHODS)
    assert corpus["judged_pairs"] == 4
    assert {row["subject"] for row in corpus["calibration"]} == {"score", "category"}
    assert len(corpus["errors"]) == 2


def test_a_beir_folder_is_measured_too(evaluate: Callable[..., Any], tmp_path: Path) -> None:
    folder = tmp_path / "beir"
    folder.mkdir()
    for name, rows, key in (
        ("corpus", CONTENT["documents"], "doc_id"),
        ("queries", CONTENT["queries"], "query_id"),
    ):
        lines = (json.dumps({"_id": row[key], **row}, ensure_ascii=False) for row in rows)
        (folder / f"{name}.jsonl").write_text("\n".join(lines), encoding="utf-8")
    qrels = "\n".join(
        f"{need}\t{document}\t{grade}"
        for need, judged in CONTENT["qrels"].items()
        for document, grade in judged.items()
    )
    (folder / "qrels.tsv").write_text(qrels, encoding="utf-8")
    without_times = re.compile(r"\| \d+\.\d\d \| \d+\.\d\d \|$", re.MULTILINE)
    of_folder, of_file = evaluate(benchmark=str(folder)).stdout, evaluate().stdout
    assert without_times.sub("", of_folder) == without_times.sub("", of_file)


def test_a_broken_benchmark_is_refused_in_korean(evaluate: Callable[..., Any], tmp_path: Path) -> None:
    broken = tmp_path / "broken.json"
    broken.write_text('{"queries": []}', encoding="utf-8")
    error = evaluate(benchmark=str(broken)).exception
    assert isinstance(error, CommandError)
    assert str(error).startswith("broken.json에 있어야 할 항목이 없습니다: documents, qrels")


def test_the_record_is_made_of_the_demo_judgements_only(evaluate: Callable[..., Any], tmp_path: Path) -> None:
    error = evaluate("--write-baseline", str(tmp_path / "record")).exception
    assert isinstance(error, CommandError)
    assert not (tmp_path / "record").exists()


def test_the_record_holds_figures_without_times_and_what_they_depend_on(
    evaluate: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged = read_benchmark(tmp_path / "benchmark.json")  # in place of the demo's 89 needs
    monkeypatch.setattr(evaluation, "demo_benchmark", lambda: judged)
    folder = tmp_path / "record"
    assert evaluate("--write-baseline", str(folder), benchmark=None).exit_code == 0
    record = json.loads((folder / FIGURES_FILE).read_text(encoding="utf-8"))
    assert record["encoder"] == ENCODER.name
    assert record["benchmark_sha256"] == judged.sha256
    assert [row["method"] for row in record["results"]] == list(words.METHODS)
    assert not any("milliseconds" in row for row in record["results"])
    stored = StoredVectors.load(folder / VECTORS_FILE)
    kept, made = (
        encoder.encode([judged.needs[0].text], "query") for encoder in (stored, RememberingEncoder(ENCODER))
    )
    np.testing.assert_allclose(kept, made, atol=1e-3)


def test_the_plot_is_written_where_asked(evaluate: Callable[..., Any], tmp_path: Path) -> None:
    file = tmp_path / "plot.svg"
    assert evaluate("--calibration", str(file)).exit_code == 0
    assert ElementTree.parse(file).getroot().tag == f"{SVG}svg"


def test_without_anything_to_calibrate_no_plot_is_drawn(
    evaluate: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("score_calibration", "category_calibration"):
        monkeypatch.setattr(evaluation, name, _nothing)
    error = evaluate("--calibration", str(tmp_path / "plot.svg")).exception
    assert isinstance(error, CommandError)
    assert not (tmp_path / "plot.svg").exists()


def _nothing(found: Evaluation) -> None:
    del found


def some_calibration() -> Calibration:
    generator = np.random.default_rng(1)
    stated = generator.random(400)
    found = calibration("score", stated, (generator.random(400) < stated).astype(float))
    assert found is not None
    return found


def test_the_plot_can_be_read_without_seeing_it_and_without_colours() -> None:
    found = some_calibration()
    root = ElementTree.fromstring(calibration_plot([found]))
    assert root.get("role") == "img"
    described = {root.find(f"{SVG}title").get("id"), root.find(f"{SVG}desc").get("id")}
    assert set((root.get("aria-labelledby") or "").split()) == described
    texts = ["".join(each.itertext()) for each in root.iter(f"{SVG}text")]
    assert set(words.CALIBRATION_COLUMNS) <= set(texts)
    for row in found.bins:
        assert f"{row.low:.1f}~{row.high:.1f}" in texts
        assert f"{row.observed:.2f}" in texts
    shapes = {each.get("class"): each.tag for each in root.iter() if each.get("class")}
    assert (shapes["point"], shapes["whisker"], shapes["ideal"]) == (
        f"{SVG}circle",
        f"{SVG}line",
        f"{SVG}line",
    )


def test_points_lie_at_their_probabilities() -> None:
    found = some_calibration()
    root = ElementTree.fromstring(calibration_plot([found]))
    panel = root.find(f"{SVG}g")
    assert panel is not None
    frame = next(each for each in panel.iter(f"{SVG}rect"))
    left, top, side = (float(frame.get(name) or "nan") for name in ("x", "y", "width"))
    points = list(panel.iter(f"{SVG}circle"))[: len(found.bins)]
    for point, row in zip(points, found.bins, strict=True):
        assert (float(point.get("cx") or "nan") - left) / side == pytest.approx(row.stated, abs=1e-3)
        assert 1 - (float(point.get("cy") or "nan") - top) / side == pytest.approx(row.observed, abs=1e-3)


def test_no_text_runs_into_another_or_out_of_the_picture() -> None:
    """Widths are estimated: a Hangul syllable takes 13 pixels at this size, other characters 8."""
    root = ElementTree.fromstring(calibration_plot([some_calibration()]))
    boxes: dict[str, list[tuple[float, float]]] = {}
    for each in root.iter(f"{SVG}text"):
        text = "".join(each.itertext())
        width = sum(13.0 if "가" <= letter <= "힣" else 8.0 for letter in text)
        width *= 15 / 13 if each.get("class") == "heading" else 1
        x = float(each.get("x") or "nan")
        start = x - {"start": 0.0, "middle": width / 2, "end": width}[each.get("text-anchor") or "start"]
        assert start >= 0, text
        assert start + width <= WIDTH, text
        boxes.setdefault(each.get("y") or "", []).append((start, start + width))
    for row in boxes.values():
        ordered = sorted(row)
        assert all(end <= start for (_, end), (start, _) in pairwise(ordered)), ordered


def test_text_in_the_plot_is_escaped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "PLOT_STATED", "<a & b>")
    root = ElementTree.fromstring(calibration_plot([some_calibration()]))
    assert "<a & b>" in {"".join(each.itertext()) for each in root.iter(f"{SVG}text")}
