"""Commands that compute and print: schedules, training, the API document."""

import json
from pathlib import Path
from typing import Annotated

import typer
from pydantic import SecretStr, ValidationError

from matching.encoder import Encoder
from matching.intent import ARTEFACT_FOLDER
from matching.problem_examples import read_examples
from seed_data import PROBLEM_EXAMPLES
from service.app import create_app
from service.cli.preparation import database_of, prepared_encoder
from service.cli.terminal import CommandError, say
from service.db.migrate import migrate
from service.db.session import Database
from service.financing.conventions import Method
from service.financing.errors import TermsError
from service.financing.schedule import build_schedule
from service.financing.schemas import InstallmentInput
from service.financing.table import render_table
from service.kit.problem_handlers import fault_sentence, pointer
from service.messages import sentence
from service.recommendations.intent_learning import confirmed_examples
from service.settings import Settings


def train_intent_model(
    examples: Annotated[Path, typer.Option(help="문제 문장과 솔루션 분야 (JSON Lines)")] = PROBLEM_EXAMPLES,
    with_confirmed: Annotated[
        bool,
        typer.Option(
            "--with-confirmed", help="수요기업이 분야를 확인한 수요에서도 배우고, 더 나을 때만 씁니다"
        ),
    ] = False,
) -> None:
    """문제 문장에서 솔루션 분야를 추정하는 모델을 다시 만듭니다."""
    from matching.intent_artefact import train_intent  # noqa: PLC0415 - slow to import, only for this

    settings = Settings()
    encoder = prepared_encoder(settings, exact=True)
    if with_confirmed:
        _learn_from_confirmed(settings, encoder)
        return
    folder = settings.intent_dir if settings.embedding_model else ARTEFACT_FOLDER
    say("모델을 맞춥니다")
    train_intent(encoder, examples, folder)
    say(f"만들었습니다: {folder}")


def _learn_from_confirmed(settings: Settings, encoder: Encoder) -> None:
    """Added to the shipped statements, whatever file was named: the two models must compare."""
    from matching.intent_refit import refit_intent  # noqa: PLC0415 - slow to import, only for this

    with database_of(settings) as database:
        migrate(database.engine)
        with database.transaction() as session:
            confirmed = confirmed_examples(session)
    if not confirmed:
        raise CommandError(sentence("no_confirmed_needs"))
    say(sentence("confirmed_needs_found", count=len(confirmed)))
    refit = refit_intent(encoder, read_examples(PROBLEM_EXAMPLES), confirmed, settings.intent_dir)
    say(f"문제 문장의 로그 손실: 지금 {refit.written_before:.4f}, 새것 {refit.written_after:.4f}")
    say(f"확인된 수요의 로그 손실: 지금 {refit.confirmed_before:.4f}, 새것 {refit.confirmed_after:.4f}")
    say(sentence("intent_refitted" if refit.is_better else "intent_not_refitted", path=settings.intent_dir))


def schedule(
    price: Annotated[int, typer.Option(help="공급가액 (원)")],
    rate: Annotated[str, typer.Option(help="연 이율 (퍼센트, 예: 4.5)")],
    months: Annotated[int, typer.Option(help="개월 수")] = 36,
    down_payment: Annotated[int, typer.Option(help="선납금 (원)")] = 0,
    method: Annotated[Method, typer.Option(help="상환 방법")] = Method.LEVEL_PAYMENT,
    grace: Annotated[int, typer.Option(help="거치기간 (개월)")] = 0,
    start: Annotated[str | None, typer.Option(help="시작일 (YYYY-MM-DD)")] = None,
    vat: Annotated[bool, typer.Option("--vat", help="회차마다 부가가치세 10%를 함께 계산")] = False,
) -> None:
    """할부 상환표를 출력합니다."""
    given: dict[str, object] = {
        "price_won": price,
        "months": months,
        "annual_rate_percent": rate,
        "down_payment_won": down_payment,
        "method": method.value,
        "grace_months": grace,
        "start_date": start,
        "vat": {} if vat else None,
    }
    try:
        print(render_table(build_schedule(InstallmentInput.model_validate(given).terms())))
    except TermsError as error:
        raise CommandError(sentence(error.code, **error.values)) from error
    except ValidationError as error:
        fault = error.errors()[0]
        raise CommandError(f"{pointer(('body', *fault['loc']))}: {fault_sentence(fault)}") from error


def openapi() -> None:
    """OpenAPI 문서를 출력합니다."""
    nothing_signed = Settings(secret_key=SecretStr("a document is written, nothing is signed"))
    app = create_app(nothing_signed, Database("postgresql://localhost/none"))
    print(json.dumps(app.openapi(), ensure_ascii=False, indent=2))
