"""`alliance doctor`: everything that can be wrong with an installation, and how to mend it."""

import contextlib
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from typing import Annotated

import typer

from service.cli.checks import on_the_database, on_this_machine
from service.cli.preparation import database_of
from service.cli.terminal import say, say_aside
from service.db.embedded import EmbeddedPostgresError
from service.db.session import Database
from service.health import Finding
from service.messages import sentence
from service.settings import Settings, SettingsError


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="결과를 JSON으로 출력합니다.")] = False,
) -> None:
    """설정, 데이터베이스, 대기열, 모델을 확인하고 고칠 방법을 알려 줍니다. 문제가 있으면 1로 끝납니다."""
    findings = list(_findings())
    faults = [finding for finding in findings if not finding.ok]
    if as_json:
        print(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False, indent=2))
    else:
        for finding in findings:
            say(f"{'정상' if finding.ok else '문제'}  {finding.check:<12} {finding.text}")
        count = {"total": len(findings), "count": len(faults) or len(findings)}
        say(sentence("doctor_ill" if faults else "doctor_well", **count))
    sys.exit(1 if faults else 0)


def _findings() -> Iterator[Finding]:
    try:
        settings = Settings()
    except SettingsError as error:
        yield Finding.fault("settings", "settings_wrong", words=" ".join(str(error).splitlines()))
        return
    yield Finding.fine("settings", "settings_fine")
    yield from on_this_machine(settings)
    with contextlib.ExitStack() as stack:
        try:
            database: Database = stack.enter_context(database_of(settings, say_aside))
        except (EmbeddedPostgresError, OSError) as error:
            yield Finding.fault("database", "database_away", words=str(error)[:300])
            return
        yield from on_the_database(settings, database)
