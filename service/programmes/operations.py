"""Keeping programmes: a whole file at a time, each checked before any is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from pydantic import ValidationError
from sqlmodel import Session, select

from service.accounts.actor import Actor
from service.accounts.audit import record_event
from service.db.tables import Programme
from service.messages import sentence
from service.programmes.rows import ProgrammeRow, faults_of

_KEPT = ("name", "summary", "status", "valid_from", "valid_to", "terms", "source")


class Outcome(StrEnum):
    """What a row of the file comes to."""

    ADDED = "added"
    CHANGED = "changed"
    SAME = "same"


@dataclass(frozen=True)
class Written:
    """A programme of the file, and the names of what changed in it."""

    code: str
    name: str
    outcome: Outcome
    changed: tuple[str, ...] = ()


class ProgrammesRefusedError(ValueError):
    """A file with faults, of which nothing was kept. `faults` are lines: row, pointer, sentence."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = tuple(faults)


def write_programmes(session: Session, actor: Actor, rows: Sequence[Any]) -> list[Written]:
    """Add or replace the programmes of a file; those that it does not name stay.

    Raises ProgrammesRefusedError when anything in it is wrong, and keeps nothing then.
    """
    programmes = read_programmes(rows, session.exec(select(Programme.code)).all())
    return [_write(session, actor, each) for each in programmes]


def read_programmes(rows: Sequence[Any], known: Sequence[str] = ()) -> list[Programme]:
    """The programmes that the rows state. `known` are codes that they may exclude beside their own.

    Raises ProgrammesRefusedError.
    """
    read: list[ProgrammeRow] = []
    faults: list[str] = []
    for number, row in enumerate(rows, start=1):
        named = row.get("code", "") if isinstance(row, Mapping) else ""
        try:
            read.append(ProgrammeRow.model_validate(row))
        except ValidationError as error:
            faults += [_fault(number, named, at, said) for at, said in faults_of(error)]
    codes = [each.code for each in read]
    for number, each in enumerate(read, start=1):
        if codes.count(each.code) > 1:
            faults.append(_fault(number, each.code, "/code", sentence("programme_twice")))
        for at, other in enumerate(each.exclusive_with):
            if other not in {*codes, *known} and not faults:
                said = sentence("programme_unknown_code", value=other)
                faults.append(_fault(number, each.code, f"/exclusive_with/{at}", said))
    if faults:
        raise ProgrammesRefusedError(faults)
    return [each.programme() for each in read]


def _fault(number: int, code: object, at: str, said: str) -> str:
    return f"{number}. {code} {at}: {said}"


def _write(session: Session, actor: Actor, programme: Programme) -> Written:
    kept = session.get(Programme, programme.code)
    if kept is None:
        session.add(programme)
        _record(session, actor, programme, {})
        return Written(programme.code, programme.name, Outcome.ADDED)
    before = {name: getattr(kept, name) for name in _KEPT}
    changed = tuple(name for name in _KEPT if before[name] != getattr(programme, name))
    for name in changed:
        setattr(kept, name, getattr(programme, name))
    if changed:
        _record(session, actor, kept, {name: _told(before[name]) for name in changed})
    outcome = Outcome.CHANGED if changed else Outcome.SAME
    return Written(programme.code, programme.name, outcome, _parts(changed, before["terms"], programme.terms))


def _record(session: Session, actor: Actor, programme: Programme, before: Mapping[str, Any]) -> None:
    """Into the trail, with what stood there before."""
    session.flush()
    names = before or dict.fromkeys(_KEPT)
    after = {"code": programme.code} | {name: _told(getattr(programme, name)) for name in names}
    subject = uuid5(NAMESPACE_URL, f"programme:{programme.code}")
    record_event(session, actor, "programme.written", subject, before=before or None, after=after)


def _told(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def _parts(changed: Sequence[str], before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, ...]:
    """The columns that changed, and of `terms` its members."""
    inside = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return tuple(name for name in changed if name != "terms") + tuple(inside if "terms" in changed else ())
