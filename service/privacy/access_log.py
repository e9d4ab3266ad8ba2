"""접속기록: every reading of other people's personal data by staff, in a chain that shows tampering.

PIPA art. 29 and the safety standard (개인정보의 안전성 확보조치 기준) art. 8 ask for who, when, from where,
whose data and what was done. Each row's hash covers its content and the hash before, so that a changed or
missing row breaks the chain from there on. Cutting off the newest rows does not, nor does writing all of it
anew: so verifying tells the head of the chain, for somebody to keep elsewhere and to compare with later.
Rows past their period are erased from the front; the destruction record keeps the head of what is gone.
"""

import contextlib
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any

from fastapi import Depends, Request
from pydantic import BaseModel
from sqlalchemy import CursorResult, text
from sqlmodel import Session, col, select

from service.accounts.actor import Actor
from service.db.tables import AccessLogEntry, DestructionRecord

CHAIN_LOCK = 0x61636373  # any fixed number: those who append take turns until they commit
GENESIS = "0" * 64
_PERSONAL = (
    "representative_name",
    "contact.name",
    "contact.email",
    "contact.phone",
    "name",
    "email",
    "phone",
)


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
    """Which personal data an answer about a company or an account holds."""
    return {path for path in _PERSONAL if _value_at(answer, path)}


def _value_at(answer: object, path: str) -> object:
    for name in path.split("."):
        answer = getattr(answer, name, None)
    return answer


@dataclass(frozen=True)
class Head:
    """The end of a chain: how many rows there ever were, and the last one's hash."""

    number: int
    hash: str

    def __str__(self) -> str:
        return f"{self.number}:{self.hash}"

    @classmethod
    def parse(cls, text: str) -> "Head":
        """A head as it was printed. Raises ValueError."""
        if not re.fullmatch(r"[0-9]{1,18}:[0-9a-f]{64}", text):
            raise ValueError(text)
        number, _, hashed = text.partition(":")
        return cls(int(number), hashed)


def _append(session: Session, content: Mapping[str, Any]) -> None:
    hold_chain(session)
    last = session.exec(select(AccessLogEntry).order_by(col(AccessLogEntry.number).desc()).limit(1)).first()
    head = Head(last.number, last.hash) if last else _anchor(session)
    entry = AccessLogEntry(number=head.number + 1, previous_hash=head.hash, hash="", **content)
    entry.hash = hash_of(entry)
    session.add(entry)
    session.flush()


def hold_chain(session: Session) -> None:
    """Nobody else appends to the chain, or cuts it, until the end of the transaction."""
    session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": CHAIN_LOCK})


def _anchor(session: Session) -> Head:
    """Where the chain begins: behind the last row that was erased, or before the first one."""
    cuts = select(DestructionRecord.anchor).where(col(DestructionRecord.anchor).is_not(None))
    heads = [Head.parse(anchor) for anchor in session.exec(cuts) if anchor]
    return max(heads, key=lambda head: head.number, default=Head(0, GENESIS))


_OLDEST_KEPT = "(SELECT min(number) FROM access_log WHERE occurred_at >= :cut_off)"
_PAST = f"number < coalesce({_OLDEST_KEPT}, {2**63 - 1})"


def head_to_cut(session: Session, cut_off: datetime) -> str | None:
    """The head of the rows at the front that are all older, held; None when there is none."""
    hold_chain(session)
    newest = text(f"SELECT number, hash FROM access_log WHERE {_PAST} ORDER BY number DESC LIMIT 1")
    found = session.execute(newest, {"cut_off": cut_off}).first()
    return str(Head(*found)) if found else None


def cut_front(session: Session, cut_off: datetime) -> int:
    """Erase these rows; how many there were. Their head must be kept in the same transaction."""
    gone = session.execute(text(f"DELETE FROM access_log WHERE {_PAST}"), {"cut_off": cut_off})
    assert isinstance(gone, CursorResult)
    return int(gone.rowcount)


def hash_of(entry: AccessLogEntry) -> str:
    """SHA-256 over the row as JSON with sorted keys, the hash before included."""
    content = entry.model_dump(exclude={"hash"})
    content["occurred_at"] = entry.occurred_at.astimezone(UTC).isoformat(timespec="microseconds")
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


class Noted(StrEnum):
    """What became of a head that was written down elsewhere."""

    KEPT = "kept"
    LOST = "lost"
    ERASED = "erased"


@dataclass(frozen=True)
class ChainCheck:
    """What came of reading the whole chain: `broken_at` is the first row that does not fit, if any."""

    rows: int
    head: Head
    broken_at: int | None = None
    noted: Noted | None = None


def verify_access_log(session: Session, noted: Head | None = None) -> ChainCheck:
    """Read every row in order and see whether it follows from the one before.

    With an earlier head it is told whether that still is a part of the chain: `LOST` when rows up to it
    were cut off or written anew, `ERASED` when it lies before what the destruction records say is gone.
    """
    head = _anchor(session)
    rows, outcome = 0, _compared(noted, head)
    if noted is not None and noted.number < head.number:
        outcome = Noted.ERASED
    statement = select(AccessLogEntry).order_by(col(AccessLogEntry.number))
    with contextlib.closing(session.exec(statement.execution_options(yield_per=1000))) as entries:
        for entry in entries:
            follows = entry.number == head.number + 1 and entry.previous_hash == head.hash
            if not follows or entry.hash != hash_of(entry):
                return ChainCheck(rows, head, head.number + 1, outcome)
            rows, head = rows + 1, Head(entry.number, entry.hash)
            outcome = _compared(noted, head) or outcome
    return ChainCheck(rows, head, None, outcome or (Noted.LOST if noted else None))


def _compared(noted: Head | None, head: Head) -> Noted | None:
    if noted is None or noted.number != head.number:
        return None
    return Noted.KEPT if noted == head else Noted.LOST
