"""Programmes kept from a file: all of it or nothing, each fault with its place."""

from copy import deepcopy
from typing import Any

import pytest
from sqlmodel import select

import seed_data
from service.accounts.actor import SYSTEM
from service.db.session import Database
from service.db.tables import AuditEvent, Programme
from service.programmes.operations import Outcome, ProgrammesRefusedError, write_programmes

ROWS = seed_data.programmes()


def changed(**changes: Any) -> dict[str, Any]:
    return deepcopy(next(row for row in ROWS if row["code"] == "CHUNGBUK_SMALL_FACTORY_2025")) | changes


def test_what_is_kept_is_what_the_file_states(database: Database) -> None:
    own = {"code", "name", "summary", "status", "source", "period"}
    with database.transaction() as session:
        write_programmes(session, SYSTEM, ROWS)
        kept = {each.code: each for each in session.exec(select(Programme))}
        for row in ROWS:
            assert kept[row["code"]].terms == {name: value for name, value in row.items() if name not in own}
            assert kept[row["code"]].source == row["source"]


def test_the_same_file_again_changes_nothing_and_a_change_is_in_the_trail(database: Database) -> None:
    with database.transaction() as session:
        write_programmes(session, SYSTEM, ROWS)
        assert {each.outcome for each in write_programmes(session, SYSTEM, ROWS)} == {Outcome.SAME}
        extended = changed(status="open", period={"from": "2025-03-10", "to": "2027-12-31"})
        (written,) = write_programmes(session, SYSTEM, [extended])
        assert (written.outcome, written.changed) == (Outcome.CHANGED, ("status", "valid_to"))
        event = session.exec(
            select(AuditEvent).where(AuditEvent.action == "programme.written").order_by(AuditEvent.id.desc())
        ).first()
        assert event is not None
        assert event.before == {"status": "closed", "valid_to": "2025-12-31"}


@pytest.mark.parametrize(
    ("row", "place"),
    [
        (changed(rule={"all": [{"field": "region", "in": ["99"], "text": "없는 지역"}]}), "/rule/all/0:"),
        (changed(rule={"all": []}), "/rule/all:"),
        (changed(audience=["everyone"]), "/audience/0:"),
        (changed(amount={"per_company_cap_won": "27000000원"}), "/amount/per_company_cap_won"),
        (changed(amount={"prize_won": 1}), "/:"),
        (changed(period={"from": "2025-03-10", "to": "2024-01-01"}), "/period:"),
        (changed(exclusive_with=["NOTHING"]), "/exclusive_with/0:"),
        (changed(source={"title": "어디선가"}), "/source/url:"),
    ],
)
def test_a_fault_is_told_with_its_place_and_nothing_is_kept(
    database: Database, row: dict[str, Any], place: str
) -> None:
    with database.transaction() as session:
        with pytest.raises(ProgrammesRefusedError) as refusal:
            write_programmes(session, SYSTEM, [ROWS[0], row])
        (fault, *_) = refusal.value.faults
        assert fault.startswith("2. CHUNGBUK_SMALL_FACTORY_2025 ")
        assert place in fault
        assert session.exec(select(Programme)).first() is None
