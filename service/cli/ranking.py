"""Commands on the weights that rank: learn now, go back."""

from typing import Annotated

import typer

from service.accounts.actor import SYSTEM
from service.cli.preparation import database_of
from service.cli.terminal import CommandError, say
from service.db.migrate import migrate
from service.kit.problems import Problem
from service.messages.ranking import OUTCOMES
from service.ranking.operations import learn, roll_back
from service.settings import Settings


def train_ranker() -> None:
    """담당자의 결정에서 추천 가중치를 다시 배우고, 더 나을 때만 씁니다."""
    with database_of(Settings()) as database:
        migrate(database.engine)
        with database.transaction() as session:
            trial = learn(session, SYSTEM)
    say(f"{trial.fitted.version}: {OUTCOMES[trial.outcome]}")
    say(f"배운 수요 {trial.learned_needs}건, 견준 수요 {trial.held_out_needs}건")
    for name, quality in (("지금", trial.present), ("새것", trial.challenger)):
        loss, ordered = f"로그 손실 {quality.log_loss:.4f}", f"바른 순서 {quality.ordered:.3f}"
        say(f"{name}: 결정 {quality.judgements}건, {loss}, {ordered}")


def rollback(note: Annotated[str | None, typer.Option(help="되돌리는 까닭")] = None) -> None:
    """추천 가중치를 지금 판을 쓰기 전의 판으로 되돌립니다."""
    with database_of(Settings()) as database:
        migrate(database.engine)
        try:
            with database.transaction() as session:
                used = roll_back(session, SYSTEM, note)
        except Problem as problem:
            raise CommandError(problem.detail) from problem
    say(f"되돌렸습니다: {used.ranker.version}")
