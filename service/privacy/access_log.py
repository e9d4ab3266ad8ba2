"""접속기록: every reading of other people's personal data by staff, in a chain that shows tampering.

PIPA art. 29 and the safety standard (개인정보의 안전성 확보조치 기준) art. 8 ask for who, when, from where,
whose data and what was done. Each row's hash covers its content and the hash before, so that a changed or
missing row breaks the chain from there on. Cutting off the newest rows does not: so verifying tells the head
of the chain, for somebody to keep elsewhere.
"""

import contextlib
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC
from enum import StrEnum
from typing import Annotated, Any

from fastapi import Depends, Request
from pydantic import BaseModel
from sqlalchemy import text
from sqlmodel import Session, col, select

from service.accounts.actor import Actor
from service.db.tables import AccessLogEntry

CHAIN_LOCK = 0x61636373  # any fixed number: those who append take turns until they commit
GENESIS = "0" * 64
_PERSONAL = ("representative_name", "contact.name", "contact.email", "contact.phone")


class Form(StrEnum):
    """How the data was shown."""

    MASKED = "masked"
    FULL = "full"


class Purpose(StrEnum):
    """What it was read for."""

    LIST = "list"
    SINGLE = "single"
    CHANGE = "change"
    DOWNLOAD = "download"


def _address_of(request: Request) -> str:
    return request.client.host if request.client else "local"


Address = Annotated[str, Depends(_address_of)]
"""Where a request comes from."""


def log_reading(
    session: Session,
    actor: Actor,
    address: str,
    subject_kind: str,
    answers: Iterable[BaseModel],
    purpose: Purpose,
    *,
    form: Form = Form.FULL,
    reason: str | None = None,
) -> None:
    """Keep that staff was shown these answers; one row however many, none when they hold nothing personal.

    Call it last: others who read wait from here to the commit.
    """
    if not actor.is_staff:
        return
    shown = {str(getattr(answer, "id")): personal_fields(answer) for answer in answers}  # noqa: B009
    subjects = sorted(subject for subject, fields in shown.items() if fields)
    if subjects:
        content = {
            "actor": actor.label,
            "actor_role": actor.role.value,
            "subject_kind": subject_kind,
            "subject_ids": subjects,
            "fields": sorted(set().union(*shown.values())),
            "form": form.value,
            "address": address,
            "purpose": purpose.value,
            "reason": reason,
        }
        _append(session, content)


def personal_fields(answer: BaseModel) -> set[str]:
    """Which personal data an answer about a company holds."""
    return {path for path in _PERSONAL if _value_at(answer, path)}


def _value_at(answer: object, path: str) -> object:
    for name in path.split("."):
        answer = getattr(answer, name, None)
    return answer


def _append(session: Session, content: Mapping[str, Any]) -> None:
    session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": CHAIN_LOCK})
    last = session.exec(select(AccessLogEntry).order_by(col(AccessLogEntry.number).desc()).limit(1)).first()
    entry = AccessLogEntry(
        number=last.number + 1 if last else 1,
        previous_hash=last.hash if last else GENESIS,
        hash="",
        **content,
    )
    entry.hash = hash_of(entry)
    session.add(entry)
    session.flush()


def hash_of(entry: AccessLogEntry) -> str:
    """SHA-256 over the row as JSON with sorted keys, the hash before included."""
    content = entry.model_dump(exclude={"hash"})
    content["occurred_at"] = entry.occurred_at.astimezone(UTC).isoformat(timespec="microseconds")
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


@dataclass(frozen=True)
class ChainCheck:
    """What came of reading the whole chain: `broken_at` is the first row that does not fit, if any."""

    rows: int
    head: str
    broken_at: int | None = None


def verify_access_log(session: Session) -> ChainCheck:
    """Read every row in order and see whether it follows from the one before."""
    rows, head = 0, GENESIS
    statement = select(AccessLogEntry).order_by(col(AccessLogEntry.number))
    with contextlib.closing(session.exec(statement.execution_options(yield_per=1000))) as entries:
        for entry in entries:
            follows = entry.number == rows + 1 and entry.previous_hash == head
            if not follows or entry.hash != hash_of(entry):
                return ChainCheck(rows, head, rows + 1)
            rows, head = entry.number, entry.hash
    return ChainCheck(rows, head)
