"""Commands on personal data: erase what is past its time, verify the access log."""

from typing import Annotated

import typer

from service.cli.preparation import database_of
from service.cli.terminal import CommandError, say
from service.db.migrate import migrate
from service.mail.carriers import outbox_of
from service.messages import sentence
from service.messages.privacy import RULES
from service.privacy import access_log
from service.privacy import purge as purging
from service.privacy.access_log import Head, Noted
from service.settings import Settings


def purge(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="지우지 않고 몇 건인지만 봅니다")] = False,
) -> None:
    """보유 기간이 지난 개인정보를 지우고 파기 기록을 남깁니다."""
    settings = Settings()
    with database_of(settings) as database:
        migrate(database.engine)
        with database.transaction() as session:
            records = purging.purge(session, outbox_of(settings))
            if dry_run:
                session.rollback()
    for record in records:
        say(f"{RULES[record.rule]}: {record.count}건 ({record.basis})")
    say(sentence("purge_dry_run" if dry_run else "purge_done", count=sum(each.count for each in records)))


def verify_access_log(
    head: Annotated[
        str | None, typer.Option(metavar="번호:해시", help="앞서 이 명령이 알려 주어 다른 곳에 적어 둔 값")
    ] = None,
) -> None:
    """접속기록이 바뀌거나 빠지지 않았는지 처음부터 끝까지 확인합니다."""
    noted = _parsed(head)
    with database_of(Settings()) as database:
        migrate(database.engine)
        with database.transaction() as session:
            check = access_log.verify_access_log(session, noted)
    if check.broken_at is not None:
        raise CommandError(sentence("access_log_broken", number=check.broken_at))
    if check.noted in (Noted.LOST, Noted.ERASED):
        raise CommandError(sentence(f"access_log_head_{check.noted.value}"))
    say(sentence("access_log_whole", count=check.rows))
    say(str(check.head))


def _parsed(head: str | None) -> Head | None:
    try:
        return Head.parse(head.strip()) if head is not None else None
    except ValueError as error:
        raise CommandError(sentence("access_log_head_malformed")) from error
