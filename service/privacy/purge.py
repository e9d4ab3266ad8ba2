"""Erasing what is past its time, and keeping a record of having done so."""

from pathlib import Path

from sqlmodel import Session

from service.db.tables import DestructionRecord
from service.kit import clock
from service.privacy.retention import rules


def purge(session: Session, outbox: Path) -> list[DestructionRecord]:
    """Erase by every rule and keep a 파기 기록 for each that found something.

    To see what it would erase, call it and roll back: the count is then of the very same statements.
    """
    records = []
    for rule in rules(outbox):
        cut_off = clock.now() - rule.kept_for
        anchor = rule.anchor(session, cut_off)
        count = rule.erase(session, cut_off)
        if count:
            record = DestructionRecord(
                rule=rule.name, kept_days=rule.kept_for.days, basis=rule.basis, count=count, anchor=anchor
            )
            records.append(record)
    session.add_all(records)
    session.flush()
    return records
