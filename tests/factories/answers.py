"""What tests ask of answers: that an error is a whole problem document, that nothing was written."""

import re
from typing import Any

from sqlalchemy import text

from service.db.session import Database

MEMBERS = {"type", "title", "status", "detail", "code", "errors", "request_id"}
_HANGUL = re.compile("[가-힣]")


def problem(answer: Any, status: int, code: str) -> dict[str, Any]:
    """The problem document of an answer, after a look at its status, code, shape and language."""
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), (
        answer.text
    )
    document: dict[str, Any] = answer.json()
    assert document["code"] == code, document
    assert document.keys() == MEMBERS
    assert document["status"] == status
    assert document["type"] == f"/problems/{code}"
    assert document["request_id"] == answer.headers["X-Request-ID"]
    sentences = [document["title"], document["detail"], *(error["message"] for error in document["errors"])]
    assert all(_HANGUL.search(sentence) for sentence in sentences)
    assert not any(re.search(r"\{\w*\}", sentence) for sentence in sentences), "a value was not filled in"
    assert all(error.keys() == {"pointer", "message"} for error in document["errors"])
    return document


def pointers(document: dict[str, Any]) -> list[str]:
    """Which fields a problem names."""
    return [error["pointer"] for error in document["errors"]]


def row_counts(database: Database) -> dict[str, int]:
    """How many rows each table of ours and of the job queue holds."""
    with database.transaction() as session:
        names = session.execute(
            text(
                "SELECT tablename FROM pg_tables WHERE schemaname='public' AND tablename <> 'alembic_version'"
            )
        )
        return {
            name: session.execute(text(f'SELECT count(*) FROM "{name}"')).scalar_one()
            for name in names.scalars().all()
        }
