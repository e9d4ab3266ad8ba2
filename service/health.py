"""What can be told of a running service by its database: the checks that both the doctor and a page show."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, col, func, select

from service.db.migrate import is_current, is_newer
from service.db.session import Database
from service.db.tables import Job, JobStatus
from service.jobs.names import MAIL_DIGEST, MAIL_NOTIFICATION, SEND_LINK
from service.messages import sentence
from service.recommendations.matching_engine import encoder_name
from service.recommendations.vectors import owners_without_vectors
from service.settings import Settings

LONGEST_WAIT_MINUTES = 10


@dataclass(frozen=True)
class Finding:
    """What a check found; the text of a fault says how to mend it."""

    check: str
    ok: bool
    code: str
    text: str

    @classmethod
    def fine(cls, check: str, code: str, **values: Any) -> "Finding":
        """Nothing to mend."""
        return cls(check, True, code, sentence(code, **values))

    @classmethod
    def fault(cls, check: str, code: str, **values: Any) -> "Finding":
        """Something to mend."""
        return cls(check, False, code, sentence(code, **values))


def while_running(settings: Settings, database: Database) -> Iterator[Finding]:
    """What is quick to ask and changes while the service runs."""
    yield check_database(database)
    yield check_schema(database)
    with database.transaction() as session:
        for check in (check_queue, check_failed_jobs, check_mail):
            yield check(session)
    yield check_vectors(settings, database)


def check_database(database: Database) -> Finding:
    """A query comes back."""
    try:
        with database.engine.connect() as connection:
            version = connection.execute(text("SHOW server_version")).scalar_one()
    except SQLAlchemyError as error:
        words = str(getattr(error, "orig", None) or type(error).__name__).splitlines()[0]
        return Finding.fault("database", "database_away", words=words[:300])
    return Finding.fine("database", "database_fine", version=version)


def check_schema(database: Database) -> Finding:
    """Every migration that this version knows has run; a newer version may have run more."""
    if not is_current(database.engine):
        return Finding.fault("schema", "schema_old")
    if is_newer(database.engine):
        return Finding.fine("schema", "schema_newer")
    return Finding.fine("schema", "schema_fine")


def check_queue(session: Session) -> Finding:
    """Nothing that could be worked on has waited for long."""
    put_there = "SELECT max(at) FROM procrastinate_events e WHERE e.job_id = j.id AND e.type = 'deferred'"
    asked = text(
        f"SELECT count(*), extract(epoch FROM now() - min(coalesce(scheduled_at, ({put_there})))) / 60 "
        "FROM procrastinate_jobs j WHERE status = 'todo' AND coalesce(scheduled_at, now()) <= now()"
    )
    waiting, oldest = session.execute(asked).one()
    if oldest is not None and oldest > LONGEST_WAIT_MINUTES:
        return Finding.fault("queue", "queue_stuck", waiting=waiting, minutes=int(oldest))
    return Finding.fine("queue", "queue_fine", waiting=waiting)


def check_failed_jobs(session: Session) -> Finding:
    """No work ended in failure, neither somebody's job nor the service's own."""
    own = session.execute(
        text(
            "SELECT task_name, count(*) FROM procrastinate_jobs WHERE status = 'failed' GROUP BY 1 ORDER BY 1"
        )
    ).all()
    asked = select(Job.kind, func.count()).where(col(Job.status) == JobStatus.FAILED.value)
    theirs = session.exec(asked.group_by(col(Job.kind)).order_by(col(Job.kind))).all()
    told = ", ".join(f"{name} {count}" for name, count in (*own, *theirs))
    if told:
        return Finding.fault("jobs", "failed_jobs_some", jobs=told)
    return Finding.fine("jobs", "failed_jobs_none")


def check_mail(session: Session) -> Finding:
    """The mail server takes what is sent: no mail waits to be tried again."""
    asked = text(
        "SELECT count(*) FROM procrastinate_jobs "
        "WHERE task_name = ANY(:tasks) AND status = 'todo' AND attempts > 0"
    )
    mailing = [SEND_LINK, MAIL_NOTIFICATION, MAIL_DIGEST]
    count = session.execute(asked, {"tasks": mailing}).scalar_one()
    if count:
        return Finding.fault("mail", "mail_refused", count=count)
    return Finding.fine("mail", "mail_fine")


def check_vectors(settings: Settings, database: Database) -> Finding:
    """Everything that is ranked has a vector of the present encoder."""
    suppliers, needs = owners_without_vectors(database, encoder_name(settings))
    if suppliers or needs:
        return Finding.fault("vectors", "vectors_missing", suppliers=len(suppliers), needs=len(needs))
    return Finding.fine("vectors", "vectors_fine")
