"""The command line: `alliance run` is all that a newcomer needs."""

import gc
import os
import sys

# One thread for the numeric libraries, set before they are loaded: two on shared cores are slower than one.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

# What modules are made of stays: to look through it again and again takes a fifth of the time to import them.
gc.disable()

import psycopg
import typer
from sqlalchemy.exc import OperationalError

from matching.encoder_folder import EncoderFolderError, WeightsError
from service.cli import (
    backups,
    doctor,
    evaluation,
    fund,
    preparation,
    privacy,
    programmes,
    ranking,
    serving,
    tools,
)
from service.cli.terminal import CommandError, words_of
from service.db.embedded import EmbeddedPostgresError
from service.kit.logging import configure_logging
from service.kit.memory import give_memory_back
from service.messages import sentence
from service.settings import SettingsError

# Nor is it looked through later. What fills an index stays as well: at Python's own threshold of 700 objects,
# half of the time that it takes is spent on looking for garbage among them.
gc.freeze()
gc.set_threshold(50_000)
gc.enable()

cli = typer.Typer(no_args_is_help=True, add_completion=False, help="KT 스마트 팩토리 얼라이언스")
train = typer.Typer(no_args_is_help=True, help="모델을 다시 만듭니다.")
reading_in = typer.Typer(no_args_is_help=True, help="파일에서 읽어 넣습니다.")
verify = typer.Typer(no_args_is_help=True, help="기록이 온전한지 확인합니다.")

for command in (
    serving.run,
    serving.serve,
    serving.worker,
    preparation.migrate,
    preparation.seed,
    preparation.prepare,
    backups.backup,
    backups.restore,
    doctor.doctor,
    evaluation.evaluate,
    tools.schedule,
    tools.openapi,
    ranking.rollback,
):
    cli.command()(command)
train.command("intent")(tools.train_intent_model)
train.command("ranker")(ranking.train_ranker)
cli.add_typer(train, name="train")
cli.command("purge")(privacy.purge)
reading_in.command("programmes")(programmes.import_programmes)
cli.add_typer(reading_in, name="import")
verify.command("access-log")(privacy.verify_access_log)
verify.command("fund")(fund.verify_fund)
cli.add_typer(verify, name="verify")

# OSError: a folder that may not be written, a full disk.
EXPECTED = (CommandError, EmbeddedPostgresError, EncoderFolderError, WeightsError, OSError)

DATABASE_AWAY = (OperationalError, psycopg.OperationalError)


def main() -> None:
    """Run a command; an expected failure is one clear line and exit code 1, 2 when the settings are wrong."""
    give_memory_back()
    configure_logging("INFO")  # what is logged must not fall among a command's results
    try:
        cli()
    except SettingsError as error:
        for line in str(error).splitlines():
            print(f"오류: {line}", file=sys.stderr)
        sys.exit(2)
    except DATABASE_AWAY as error:
        print(f"오류: {sentence('database_away', words=words_of(error))}", file=sys.stderr)
        sys.exit(1)
    except EXPECTED as error:
        print(f"오류: {error}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
