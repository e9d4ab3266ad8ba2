"""Commands on the win-win fund's ledger."""

from service.cli.preparation import database_of
from service.cli.terminal import CommandError, say
from service.db.migrate import migrate
from service.fund import verification
from service.messages import sentence
from service.settings import Settings


def verify_fund() -> None:
    """상생협력펀드 장부의 전표를 처음부터 더해, 잔액이 대출과 상환 기록과 같은지 확인합니다."""
    with database_of(Settings()) as database:
        migrate(database.engine)
        with database.transaction() as session:
            check = verification.verify_fund(session)
    if check.faults:
        for fault in check.faults:
            say(fault)
        raise CommandError(sentence("fund_broken", count=len(check.faults)))
    say(sentence("fund_whole", entries=check.entries, loans=check.loans))
