"""Installment contracts that run: paid, late, reversed, settled early."""

import csv
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from fractions import Fraction
from io import BytesIO
from uuid import UUID

import pytest
from openpyxl import load_workbook
from sqlmodel import select
from starlette.testclient import TestClient

from service.db.session import Database
from service.db.tables import AccessLogEntry, Contract
from service.deals.contracts.instalment_notices import remind_of_instalments, tell_of_late_instalments
from service.deals.contracts.operations import follow_calendar
from service.financing.charges import overdue_charge
from tests.factories.answers import pointers, problem
from tests.factories.contracts import (
    DELIVERED_ON,
    Match,
    introduced_match,
    on,
)


@pytest.fixture
def match(client: TestClient) -> Match:
    """An introduced pair."""
    return introduced_match(client)


def test_a_late_instalment_bears_a_charge_and_stands_on_the_dunning_list(
    match: Match, database: Database
) -> None:
    contract = match.running()
    with on(date(2026, 3, 8)):
        late = match.schedule(contract)["lines"][0]
        assert (late["state"], late["days_late"]) == ("late", 10)
        unpaid = late["owed_won"] - late["vat_won"]
        charge = overdue_charge(unpaid, Fraction("4.5"), Fraction(3), 10).charge_won
        assert late["overdue_charge_won"] == charge
        dunning = match.get("/contracts/dunning", match.manager).json()["items"]
        assert [(one["id"], one["days_late"], one["overdue_since"]) for one in dunning] == [
            (contract, 10, "2026-02-26")
        ]
        assert dunning[0]["late_won"] == late["owed_won"] + charge
        assert dunning[0]["manufacturer"]["contact"]["email"].endswith("@people.example")
        totals = {one["state"]: one for one in match.get("/contracts/totals", match.manager).json()["states"]}
        assert totals["delivered"]["late_won"] == dunning[0]["late_won"]
        assert (totals["delivered"]["count"], totals["delivered"]["late_count"]) == (1, 1)
        assert [one["id"] for one in match.get("/contracts", match.manager, late=True).json()["items"]] == [
            contract
        ]
        assert match.pay(contract, dunning[0]["late_won"]).status_code == 201
        assert match.get("/contracts/dunning", match.manager).json()["items"] == []
        assert match.get("/contracts", match.manager, late=True).json()["items"] == []
    with database.transaction() as session:
        read = session.exec(select(AccessLogEntry)).all()
        assert [str(match.manufacturer.company_id)] in [entry.subject_ids for entry in read]


def test_a_reminder_is_kept_for_staff_and_shown_with_what_is_late(match: Match) -> None:
    contract = match.running()
    path = f"/contracts/{contract}/reminders"
    called = {"channel": "telephone", "agreed": "월말에 두 달치를 냅니다", "promised_on": "2026-03-31"}
    with on(date(2026, 3, 8)):
        for wrong in ({"made_on": "2026-03-09"}, {"promised_on": "2026-03-07"}):
            refused = match.post(path, match.manager, called | wrong)
            assert (refused.status_code, pointers(refused.json())) == (422, [f"/{next(iter(wrong))}"])
        assert match.post(path, match.manager, {"channel": "letter"}).status_code == 201
        made = match.post(path, match.manager, called)
        assert (made.status_code, made.json()["made_on"]) == (201, "2026-03-08"), made.text
        late = match.get("/contracts/dunning", match.manager).json()["items"]
        assert late[0]["last_reminder"] == made.json()
        kept = match.get(path, match.manager).json()["items"]
        assert [each["channel_text"] for each in kept] == ["전화", "우편"]
        for side in (match.supplier, match.manufacturer):
            assert match.get(path, side.headers).status_code == 403
            kind = "suppliers" if side is match.supplier else "manufacturers"
            told = match.get(f"/{kind}/{side.company_id}/history", side.headers)
            assert "contract.reminded" in told.text
            assert "두 달치" not in told.text


def test_a_contract_is_settled_early_for_exactly_what_it_costs_that_day(match: Match) -> None:
    contract = match.running()
    with on(date(2026, 3, 10)):
        owed = match.schedule(contract)["settlement"]
        assert owed["closing"]["fee_won"] > 0
        total = owed["total_won"]
        for path in ("payments", "settlement"):
            body = {"amount_won": total + 1}
            refused = match.post(f"/contracts/{contract}/{path}", match.manager, body)
            assert refused.status_code == 422
            assert f"{total:,}원" in refused.json()["detail"]
            assert pointers(refused.json()) == ["/amount_won"]
        short = match.post(f"/contracts/{contract}/settlement", match.manager, {"amount_won": total - 1})
        problem(short, 422, "contract_settlement_differs")
        paid = match.post(f"/contracts/{contract}/settlement", match.manager, {"amount_won": total})
        assert paid.status_code == 201, paid.text
        after = match.schedule(contract)
    assert (after["state"], after["outstanding_won"]) == ("settled", 0)
    assert sum(after["paid"].values()) == total
    assert after["lines"][-1]["kind"] == "prepayment"


def test_a_wrong_entry_is_reversed_the_last_one_first_and_stays_in_sight(match: Match) -> None:
    contract = match.running()
    with on(date(2026, 2, 27)):
        before = match.schedule(contract)
        first = match.pay(contract, 1_000_000, reference="A-1").json()["id"]
        problem(match.pay(contract, 1_000, reference="A-1"), 409, "contract_reference_taken")
        second = match.pay(contract, 2_000_000).json()["id"]
        why = {"reason": "다른 회사의 돈입니다"}
        path = f"/contracts/{contract}/payments"
        problem(match.post(f"{path}/{first}/reversal", match.manager, why), 409, "contract_payment_not_last")
        for payment in (second, first):
            mirror = match.post(f"{path}/{payment}/reversal", match.manager, why)
            assert mirror.json()["reversal_of"] == payment, mirror.text
        problem(match.post(f"{path}/{first}/reversal", match.manager, why), 409, "contract_payment_reversed")
        after = match.schedule(contract)
        assert match.pay(contract, 1_000, reference="A-1").status_code == 201, "its number is free again"
    assert [one["amount_won"] for one in after["payments"]] == [1_000_000, 2_000_000, -2_000_000, -1_000_000]
    assert (after["lines"], after["settlement"]) == (before["lines"], before["settlement"])


def test_a_contract_whose_settling_payment_was_reversed_runs_again(match: Match) -> None:
    contract = match.running()
    with on(date(2026, 2, 10)):
        total = match.schedule(contract)["settlement"]["total_won"]
        payment = match.pay(contract, total).json()["id"]
        assert match.get(f"/contracts/{contract}", match.manager).json()["state"] == "settled"
        path = f"/contracts/{contract}/payments/{payment}/reversal"
        assert match.post(path, match.manager, {"reason": "돌려주었습니다"}).status_code == 201
    found = match.get(f"/contracts/{contract}", match.manager).json()
    assert (found["state"], found["next_due_on"], found["closed_on"]) == ("delivered", "2026-02-26", None)


def test_a_calendar_that_is_published_later_changes_nothing_that_was_agreed(
    match: Match, database: Database
) -> None:
    """What another calendar had said at the delivery holds: 26 February closed, and a day less of charge."""
    contract = match.running()
    with database.transaction() as session:
        kept = session.get_one(Contract, UUID(contract))
        assert kept.payment_days["2026-02-26"] == "2026-02-26"
        assert kept.payment_days["2026-04-26"] == "2026-04-27", "26 April is a Sunday"
        kept.payment_days = kept.payment_days | {"2026-02-26": "2026-02-27"}
        kept.calendar_version = "an earlier calendar"
    found = match.schedule(contract, as_of="2026-03-08")
    first = found["lines"][0]
    assert (first["due_date"], first["payment_date"], first["days_late"]) == ("2026-02-26", "2026-02-27", 9)
    assert found["schedule"]["rows"][0]["payment_date"] == "2026-02-27"
    assert found["schedule"]["calendar_version"] == "an earlier calendar"


def test_nobody_is_late_for_a_day_on_which_banks_have_closed_since(match: Match, database: Database) -> None:
    """Agreed for Saturday 28 February, as if banks had been open; 1 and 2 March are holidays too."""
    contract = match.running()
    before = match.schedule(contract, as_of="2026-02-26")["lines"][0]
    with database.transaction() as session:
        kept = session.get_one(Contract, UUID(contract))
        kept.payment_days = kept.payment_days | {"2026-02-26": "2026-02-28"}
        kept.next_due_on = date(2026, 2, 28)
    with on(date(2026, 3, 3)):
        assert match.get("/contracts/dunning", match.manager).json()["items"] == []
        with database.transaction() as session:
            assert (follow_calendar(session), follow_calendar(session)) == (1, 0)
        assert match.get(f"/contracts/{contract}", match.manager).json()["next_due_on"] == "2026-03-03"
        assert match.get("/contracts", match.manager, late=True).json()["items"] == []
        first = match.schedule(contract)["lines"][0]
        assert (first["payment_date"], first["days_late"], first["state"]) == ("2026-03-03", 0, "due")
        assert first["owed_won"] == before["owed_won"]
    with on(date(2026, 3, 4)):
        first = match.schedule(contract)["lines"][0]
        charge = overdue_charge(first["owed_won"] - first["vat_won"], Fraction("4.5"), Fraction(3), 1)
        assert (first["days_late"], first["overdue_charge_won"]) == (1, charge.charge_won)


def test_payments_come_in_the_order_of_their_days(match: Match) -> None:
    contract = match.running()
    with on(date(2026, 3, 2)):
        assert match.pay(contract, 1_000, received_on="2026-03-01").status_code == 201
        problem(match.pay(contract, 1_000, received_on="2026-02-28"), 422, "contract_payment_out_of_order")
        problem(match.pay(contract, 1_000, received_on="2026-03-03"), 422, "day_out_of_bounds")
        problem(match.pay(contract, 1_000, received_on="2026-01-25"), 422, "day_out_of_bounds")


def test_two_payments_at_once_are_both_kept_and_counted_once_each(match: Match) -> None:
    contract = match.running()
    with on(DELIVERED_ON + timedelta(days=1)), ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda amount: match.pay(contract, amount), range(1_000, 1_008)))
        assert [answer.status_code for answer in answers] == [201] * 8
        after = match.schedule(contract)
    assert sorted(one["number"] for one in after["payments"]) == list(range(1, 9))
    assert sum(after["paid"].values()) == sum(range(1_000, 1_008))


def test_a_payment_sent_twice_under_one_key_is_one_payment(match: Match) -> None:
    contract = match.running()
    path, body = f"/contracts/{contract}/payments", {"amount_won": 5_000}
    sent = [match.post(path, match.manager, body, **{"Idempotency-Key": "once"}) for _ in range(2)]
    assert sent[0].json() == sent[1].json()
    assert len(match.schedule(contract)["payments"]) == 1


def test_an_instalment_is_told_of_before_it_is_due_and_a_lateness_once(
    match: Match, database: Database
) -> None:
    contract = match.running(months=6)
    due = [date.fromisoformat(line["payment_date"]) for line in match.schedule(contract)["lines"]]

    def night(day: date) -> tuple[int, int]:
        with on(day), database.transaction() as session:
            return remind_of_instalments(session), tell_of_late_instalments(session)

    assert due[0] == date(2026, 2, 26), "a Thursday: three bank days before it is Monday"
    assert [night(date(2026, 2, day)) for day in (20, 23, 24, 26)] == [(0, 0), (1, 0), (0, 0), (0, 0)]
    assert [night(due[0] + timedelta(days=days)) for days in (1, 2)] == [(0, 1), (0, 0)]
    assert night(due[1] + timedelta(days=1)) == (0, 0), "the same lateness, though of two instalments"
    with on(due[1] + timedelta(days=2)):
        late = [line for line in match.schedule(contract)["lines"] if line["state"] == "late"]
        assert match.pay(contract, sum(line["unpaid_won"] for line in late)).status_code == 201
    assert night(due[2] + timedelta(days=1)) == (0, 1), "another one"
    told = {
        who: [one["code"] for one in match.get("/me/notifications", headers).json()["items"]]
        for who, headers in (
            ("manager", match.manager),
            ("supplier", match.supplier.headers),
            ("manufacturer", match.manufacturer.headers),
        )
    }
    assert told["manager"] == ["contract_late"] * 2
    unread = match.get("/me/notifications", match.manager, unread=True).json()["items"]
    assert len(unread) == 1, "what was paid up waits for nobody"
    assert told["supplier"].count("instalment_late") == 2
    assert "instalment_due_soon" not in told["supplier"]
    assert told["manufacturer"].count("instalment_due_soon") == 1


def test_the_schedule_comes_as_a_file_too(match: Match) -> None:
    contract = match.running()
    lines = match.schedule(contract)["lines"]
    path = f"/v1/contracts/{contract}/schedule"
    text = match.client.get(path, headers=match.manufacturer.headers | {"Accept": "text/csv"})
    rows = list(csv.DictReader(text.content.decode("utf-8-sig").splitlines()))
    assert [int(row["낼 금액(원)"]) for row in rows] == [line["owed_won"] for line in lines]
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    book = match.client.get(path, headers=match.manufacturer.headers | {"Accept": kind})
    sheet = load_workbook(BytesIO(book.content)).active
    assert sheet is not None
    assert sheet.max_row == len(lines) + 1
    problem(
        match.client.get(path, headers=match.manager | {"Accept": "image/png"}),
        406,
        "not_acceptable_contract_schedule",
    )
