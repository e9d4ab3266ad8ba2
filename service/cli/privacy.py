"""Commands on personal data: erase what is past its time, verify the access log."""

from typing import Annotated

import typer

from service.cli.preparation import database_of
from service.cli.terminal import CommandError, say
from service.db.migrate import migrate
from service.messages import sentence
from service.messages.privacy import RULES
from service.privacy import access_log
from service.privacy import purge as purging
from service.settings import Settings


def purge(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="지우지 않고 몇 건인지만 봅니다")] = False,
) -> None:
    """보유 기간이 지난 개인정보를 지우고 파기 기록을 남깁니다."""
    with database_of(Settings()) as database:
        migrate(database.engine)
        with database.transaction() as session:
            records = purging.purge(session)
            if dry_run:
                session.rollback()
    for record in records:
        say(f"{RULES[record.rule]}: {record.count}건 ({record.basis})")
    say(sentence("purge_dry_run" if dry_run else "purge_done", count=sum(each.count for each in records)))


def verify_access_log() -> None:
    """접속기록이 바뀌거나 빠지지 않았는지 처음부터 끝까지 확인합니다."""
    with database_of(Settings()) as database:
        migrate(database.engine)
        with database.transaction() as session:
            check = access_log.verify_access_log(session)
    if check.broken_at is not None:
        raise CommandError(sentence("access_log_broken", number=check.broken_at))
    say(sentence("access_log_whole", count=check.rows))
    say(f"{check.rows}:{check.head}")
