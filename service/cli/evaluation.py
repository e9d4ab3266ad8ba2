"""`alliance evaluate`: the ranking's quality, on the demo judgements or on a benchmark of one's own."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from matching.evaluation import (
    Benchmark,
    BenchmarkError,
    Evaluation,
    RememberingEncoder,
    evaluate_recommender,
    read_benchmark,
)
from matching.evaluation.calibration import category_calibration, score_calibration
from matching.evaluation.plain import as_json as plain
from matching.evaluation.record import write_record
from matching.intent import IntentModel
from matching.ranker import Ranker
from service.cli.calibration_plot import calibration_plot
from service.cli.evaluation_tables import as_text
from service.cli.preparation import prepared_encoder
from service.cli.terminal import CommandError, say_aside
from service.demo_benchmark import demo_benchmark
from service.messages import sentence
from service.recommendations.matching_engine import IntentUnusableError, load_intent
from service.settings import Settings


def evaluate(
    benchmark: Annotated[
        Path | None,
        typer.Argument(
            help="queries, documents, qrels가 든 JSON 파일이나 BEIR 폴더. 없으면 시연 데이터의 평가로 잽니다."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="표 대신 JSON")] = False,
    errors: Annotated[int, typer.Option(min=0, help="가장 못한 수요를 몇 건 보일지")] = 0,
    calibration: Annotated[Path | None, typer.Option(help="확률 보정 그림을 쓸 SVG 파일")] = None,
    write_baseline: Annotated[
        Path | None, typer.Option(help="시험이 지키는 기준 기록을 쓸 폴더 (시연 데이터로만)")
    ] = None,
) -> None:
    """추천 순서를 같은 자리에서 잰 기준 방법들과 견주어 봅니다."""
    settings = Settings()
    if benchmark and write_baseline:
        raise CommandError(sentence("evaluation_record_needs_demo"))
    judged = _read(benchmark) if benchmark else demo_benchmark()
    encoder = RememberingEncoder(prepared_encoder(settings, report=say_aside, exact=True))
    intent, ranker = _intent(encoder.name, settings), Ranker.expert()
    evaluations = evaluate_recommender(judged, encoder, intent, ranker)
    if as_json:
        print(json.dumps(plain(evaluations, errors), ensure_ascii=False, indent=2))
    else:
        print(as_text(evaluations, errors))
    if calibration:
        _draw(evaluations, calibration)
    if write_baseline:
        write_record(write_baseline, evaluations[0], encoder, intent, ranker)
        say_aside(sentence("evaluation_record_written", path=write_baseline))


def _read(path: Path) -> Benchmark:
    try:
        return read_benchmark(path)
    except BenchmarkError as error:
        raise CommandError(sentence(error.code, **error.values)) from error


def _intent(encoder_name: str, settings: Settings) -> IntentModel:
    try:
        return load_intent(encoder_name, settings.intent_dir)
    except IntentUnusableError as error:
        raise CommandError(sentence("intent_model_missing")) from error


def _draw(evaluations: Sequence[Evaluation], path: Path) -> None:
    """The first corpus, which holds all texts."""
    whole = evaluations[0]
    found = [each for each in (score_calibration(whole), category_calibration(whole)) if each]
    if not found:
        raise CommandError(sentence("evaluation_no_calibration"))
    path.write_text(calibration_plot(found), encoding="utf-8")
    say_aside(sentence("evaluation_plot_written", path=path))
