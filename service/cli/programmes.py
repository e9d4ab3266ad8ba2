"""The command that keeps support programmes from a file: announcements come and go between releases."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from service.accounts.actor import SYSTEM
from service.cli.preparation import database_of
from service.cli.terminal import CommandError, say
from service.db.migrate import migrate
from service.messages import sentence
from service.messages.programmes import OUTCOMES
from service.programmes.operations import ProgrammesRefusedError, write_programmes
from service.settings import Settings


def import_programmes(
    file: Annotated[Path, typer.Argument(help="seed_data/programmes.json과 같은 모양의 파일")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="고치지 않고 무엇이 달라지는지만 봅니다")
    ] = False,
) -> None:
    """지원 사업을 파일에서 읽어 더하거나 고칩니다.

    파일에 없는 사업은 그대로 두고, 틀린 곳이 있으면 아무것도 고치지 않습니다.
    """
    rows = _rows(file)
    with database_of(Settings()) as database:
        migrate(database.engine)
        with database.transaction() as session:
            try:
                written = write_programmes(session, SYSTEM, rows)
            except ProgrammesRefusedError as refusal:
                for fault in refusal.faults:
                    say(fault)
                raise CommandError(sentence("programmes_refused", count=len(refusal.faults))) from refusal
            if dry_run:
                session.rollback()
    for each in written:
        say(f"{OUTCOMES[each.outcome]}: {each.name} ({each.code}) {', '.join(each.changed)}".rstrip())
    say(sentence("programmes_dry_run" if dry_run else "programmes_written", count=len(written)))


def _rows(file: Path) -> list[Any]:
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
        rows = document["programmes"]
    except (json.JSONDecodeError, UnicodeDecodeError, TypeError, KeyError) as error:
        raise CommandError(sentence("programmes_unreadable", file=file)) from error
    if not isinstance(rows, list):
        raise CommandError(sentence("programmes_unreadable", file=file))
    return rows
