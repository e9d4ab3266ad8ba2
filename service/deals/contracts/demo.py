"""The demo's installment contracts: what happened to each, done once more by the operations, day by day."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from service.accounts.actor import SYSTEM
from service.db.tables import (
    DEMO_MODEL,
    Contract,
    ContractState,
    Feedback,
    RecommendationRun,
    Solution,
    Verdict,
)
from service.deals.contracts.operations import accept, cancel, deliver, lapse_quotes, quote
from service.deals.contracts.payments import record_payment, settle, settlement_on
from service.deals.contracts.queries import account_of
from service.deals.contracts.schemas import DeliveryInput, PaymentInput, QuoteInput, SettlementInput
from service.financing.conventions import BusinessDay
from service.financing.schedule import KOREAN_CALENDAR
from service.kit import clock

_NINE_IN_KOREA = time(0, tzinfo=UTC)


def write_down_contracts(
    session: Session,
    rows: Sequence[Mapping[str, Any]],
    suppliers: Mapping[str, UUID],
    needs: Mapping[str, UUID],
) -> None:
    """Load the demo's contracts, the last day being yesterday; suppliers by business number, needs by key."""
    today = clock.today()
    histories = [
        _History(row, suppliers[row["supplier_business_number"]], needs[row["need"]], today) for row in rows
    ]
    day = min(history.begins for history in histories)
    while day < today:
        with clock.frozen(datetime.combine(day, _NINE_IN_KOREA)):
            for history in histories:
                history.live_through(session, day)
        day += timedelta(days=1)


class _History:
    """One contract of the demo, from the introduction on."""

    def __init__(self, row: Mapping[str, Any], supplier_id: UUID, need_id: UUID, today: date) -> None:
        self._row = row
        self._supplier_id = supplier_id
        self._need_id = need_id
        self._today = today
        self._contract: Contract | None = None
        self.begins = self._bank_day(row["introduced_days_ago"])

    def _day(self, event: str) -> date | None:
        """The day on which that happened; None for what did not."""
        days_ago = self._row.get(event)
        return None if days_ago is None else self._bank_day(days_ago)

    def _bank_day(self, days_ago: int) -> date:
        return KOREAN_CALENDAR.adjust(self._today - timedelta(days=days_ago), BusinessDay.PRECEDING)

    def live_through(self, session: Session, day: date) -> None:
        """Do what happened on that day."""
        if day == self.begins:
            self._introduce(session)
        if day == self._day("quoted_days_ago"):
            given = {"supplier_id": self._supplier_id, "terms": self._row["terms"]}
            self._contract = quote(session, SYSTEM, self._need_id, QuoteInput.model_validate(given))
        contract = self._contract
        if contract is None:
            return
        if day == self._day("accepted_days_ago"):
            accept(session, SYSTEM, contract)
        if day == self._day("delivered_days_ago"):
            deliver(session, SYSTEM, contract, DeliveryInput())
        if day == self._day("cancelled_days_ago"):
            cancel(session, SYSTEM, contract, self._row["reason"])
        if contract.state == ContractState.QUOTED.value and contract.valid_until < day:
            lapse_quotes(session, SYSTEM)
        if contract.state == ContractState.DELIVERED.value:
            self._pay(session, contract, day)

    def _introduce(self, session: Session) -> None:
        """An account manager's decision, on a list that shows this supplier alone."""
        own = select(Solution.id).where(Solution.supplier_id == self._supplier_id)
        solution = session.exec(own.order_by(col(Solution.position))).first()
        item = {"rank": 1, "supplier_id": str(self._supplier_id), "solution_id": str(solution), "score": 0.5}
        item |= {"log_odds": 0.0, "features": {}, "reasons": [], "notes": []}
        shown = {"items": [item], "excluded": [], "held_back": [], "considered": 1, "inferred_categories": []}
        run = RecommendationRun(
            need_id=self._need_id,
            viewer_role=SYSTEM.role.value,
            model_version=DEMO_MODEL,
            need_version=1,
            answer=shown,
        )
        session.add(run)
        session.flush()
        session.add(
            Feedback(
                run_id=run.id,
                need_id=self._need_id,
                supplier_id=self._supplier_id,
                position=1,
                verdict=Verdict.INTRODUCED.value,
            )
        )
        session.flush()

    def _pay(self, session: Session, contract: Contract, day: date) -> None:
        """What is due, in time, as long as the company pays; or all of it at once."""
        if day == self._day("settled_days_ago"):
            owed = settlement_on(session, contract, day, "/day").total_won
            settle(session, SYSTEM, contract, SettlementInput(amount_won=owed))
            return
        missed = day > (self._day("paid_until_days_ago") or self._today)
        if contract.next_due_on is None or contract.next_due_on > day or missed:
            return
        due = [line for line in account_of(session, contract).lines if line.payment_date <= day]
        owed = sum(line.unpaid_won for line in due)
        record_payment(session, SYSTEM, contract, PaymentInput(amount_won=owed))
