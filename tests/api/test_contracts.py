"""Installment contracts of a match: quoted, accepted, delivered; nobody else sees them."""

from datetime import date
from typing import Any

import pytest
from starlette.testclient import TestClient

from service.accounts.actor import SYSTEM, Role
from service.db.session import Database
from service.db.tables import Verdict
from service.deals.contracts.operations import lapse_quotes
from tests.factories.answers import pointers, problem
from tests.factories.contracts import (
    DELIVERED_ON,
    TERMS,
    Match,
    delivered,
    introduced,
    introduced_match,
    on,
    quotation,
)
from tests.factories.funds import signed_in


@pytest.fixture
def match(client: TestClient) -> Match:
    """An introduced pair."""
    return introduced_match(client)


def test_a_contract_goes_from_the_quote_to_the_last_instalment(match: Match) -> None:
    with on(DELIVERED_ON):
        quote = match.quote(months=6).json()
        assert (quote["state"], quote["price_won"], quote["valid_until"]) == (
            "quoted",
            60_000_000,
            "2026-02-25",
        )
        path = f"/contracts/{quote['id']}"
        accepted = match.post(f"{path}/acceptance", match.manufacturer.headers)
        assert accepted.json()["state"] == "accepted", accepted.text
        sent = match.post(f"{path}/delivery", match.manager, {})
        assert (sent.json()["state"], sent.json()["next_due_on"]) == ("delivered", "2026-02-26")
    lines = match.schedule(quote["id"], as_of="2026-01-26")["lines"]
    assert len(lines) == 6
    for line in lines:
        with on(date.fromisoformat(line["payment_date"])):
            assert match.pay(quote["id"], line["owed_won"]).status_code == 201
    done = match.get(path, match.manager).json()
    assert (done["state"], done["next_due_on"]) == ("settled", None)
    after = match.schedule(quote["id"])
    assert after["outstanding_won"] == 0
    assert {line["state"] for line in after["lines"]} == {"paid"}
    assert after["settlement"] is None


def test_the_schedule_is_the_one_that_the_calculator_gives(match: Match) -> None:
    contract = match.running()
    asked = TERMS | {"start_date": DELIVERED_ON.isoformat()}
    alone = match.client.post("/v1/financing/installment-schedules", json=asked).json()
    found = match.schedule(contract)["schedule"]
    assert (found["rows"], found["totals"]) == (alone["rows"], alone["totals"])


def test_the_tax_at_delivery_is_due_on_the_day_of_the_delivery(match: Match) -> None:
    with on(DELIVERED_ON):
        contract = delivered(match.client, match.manager, match.quoted(), vat_timing="at_delivery")
    answer = match.schedule(contract, as_of="2026-01-26")
    first = answer["lines"][0]
    assert (first["kind"], first["due_date"]) == ("delivery", "2026-01-26")
    assert first["vat_won"] == answer["schedule"]["totals"]["vat_won"]
    assert answer["schedule"]["terms"]["vat"]["timing"] == "at_delivery"


def test_only_an_introduced_pair_makes_a_contract(client: TestClient, match: Match) -> None:
    other = signed_in(client, Role.SUPPLIER)
    body = quotation(other.company_id)
    problem(match.post(f"/needs/{match.need}/contracts", other.headers, body), 404, "not_found")
    refused = match.post(f"/needs/{match.need}/contracts", match.manager, body)
    problem(refused, 409, "contract_pair_not_introduced")
    for_another = match.post(
        f"/needs/{match.need}/contracts", other.headers, quotation(match.supplier.company_id)
    )
    problem(for_another, 404, "not_found")
    contract = match.quoted()
    introduced(client, match.need, match.supplier.company_id, Verdict.REJECTED)
    refused = match.post(f"/contracts/{contract}/acceptance", match.manufacturer.headers)
    problem(refused, 409, "contract_pair_not_introduced")


@pytest.mark.parametrize(
    ("terms", "code", "pointer"),
    [
        ({"months": 37}, "installment_over_months", "/terms/months"),
        ({"months": 0}, "count_out_of_bounds", "/terms/months"),
        ({"first_due_date": "2026-03-01"}, "contract_terms_unsupported", "/terms/first_due_date"),
        ({"rounding": {"balance": "carried"}}, "contract_terms_unsupported", "/terms/rounding/balance"),
    ],
)
def test_terms_that_cannot_be_agreed_point_at_the_field(
    match: Match, terms: Any, code: str, pointer: str
) -> None:
    answer = match.quote(**terms)
    assert pointers(problem(answer, 422, code)) == [pointer]


def test_the_two_companies_and_staff_see_it_and_nobody_else(client: TestClient, match: Match) -> None:
    contract = match.quoted()
    for headers in (match.supplier.headers, match.manufacturer.headers, match.manager):
        assert match.get(f"/contracts/{contract}", headers).status_code == 200
        assert [one["id"] for one in match.get("/contracts", headers).json()["items"]] == [contract]
    for role in (Role.SUPPLIER, Role.MANUFACTURER):
        stranger = signed_in(client, role).headers
        problem(match.get(f"/contracts/{contract}", stranger), 404, "not_found")
        problem(match.get(f"/contracts/{contract}/schedule", stranger), 404, "not_found")
        assert match.get("/contracts", stranger).json()["items"] == []


def test_staff_who_accept_record_the_decision_and_a_manufacturer_leaves_it_to_them(match: Match) -> None:
    contract = match.quoted()
    accepted = match.post(f"/contracts/{contract}/acceptance", match.manufacturer.headers).json()
    assert accepted["match_to_record"] is None, "what staff have to do is told to staff"
    assert match.verdict() == "introduced"
    assert match.get(f"/contracts/{contract}", match.manager).json()["match_to_record"] is True
    assert match.get("/contracts/totals", match.manager).json()["to_record"] == 1
    match.post(f"/contracts/{contract}/cancellation", match.manager, {"reason": "다시 견적을 냅니다"})
    again = match.quoted()
    accepted = match.post(f"/contracts/{again}/acceptance", match.manager).json()
    assert (accepted["match_to_record"], match.verdict()) == (False, "contracted")
    assert match.get(f"/needs/{match.need}", match.manager).json()["status"] == "contracted"


def test_one_contract_of_a_pair_is_in_force(match: Match) -> None:
    first, second = match.quoted(), match.quoted(months=24)
    assert match.post(f"/contracts/{first}/acceptance", match.manufacturer.headers).status_code == 200
    problem(match.post(f"/contracts/{second}/acceptance", match.manager), 409, "contract_in_force")


def test_a_wrong_move_names_the_state_and_those_that_would_do(match: Match) -> None:
    contract = match.quoted()
    refused = match.post(f"/contracts/{contract}/delivery", match.manager, {})
    problem(refused, 409, "status_transition")
    assert "견적" in refused.json()["detail"]
    assert "수락" in refused.json()["detail"]
    problem(match.pay(contract, 1_000), 409, "status_transition")
    delivered(match.client, match.manager, contract)
    for path, body in (("cancellation", {"reason": "늦었습니다"}), ("acceptance", None), ("delivery", {})):
        problem(match.post(f"/contracts/{contract}/{path}", match.manager, body), 409, "status_transition")


def test_a_quote_that_was_changed_meanwhile_is_not_accepted(match: Match) -> None:
    quote = match.quote()
    contract, seen = quote.json()["id"], quote.headers["ETag"]
    changed = match.client.patch(
        f"/v1/contracts/{contract}",
        json={"terms": TERMS | {"months": 24}},
        headers=match.supplier.headers | {"If-Match": seen},
    )
    assert changed.json()["terms"]["months"] == 24, changed.text
    path = f"/contracts/{contract}/acceptance"
    problem(match.post(path, match.manufacturer.headers, **{"If-Match": seen}), 412, "stale_version")
    now = changed.headers["ETag"]
    assert match.post(path, match.manufacturer.headers, **{"If-Match": now}).status_code == 200


def test_both_companies_are_told_when_what_is_offered_has_changed_and_only_then(match: Match) -> None:
    answer = match.quote()
    path, valid_until = f"/v1/contracts/{answer.json()['id']}", answer.json()["valid_until"]
    for patch in ({"valid_until": valid_until}, {"overdue_addon_percent": "2.5"}):
        seen = {"If-Match": answer.headers["ETag"]}
        answer = match.client.patch(path, json=patch, headers=match.supplier.headers | seen)
        assert answer.status_code == 200, answer.text
    for person in (match.supplier, match.manufacturer):
        told = match.get("/me/notifications", person.headers).json()["items"]
        (changed,) = [one for one in told if one["code"] == "contract_quote_changed"]
        assert valid_until in changed["text"]


def test_a_quote_lapses_after_its_last_day(match: Match, database: Database) -> None:
    with on(DELIVERED_ON):
        contract = match.quoted()
    with on(date(2026, 2, 25)), database.transaction() as session:
        assert lapse_quotes(session, SYSTEM) == 0
    with on(date(2026, 2, 26)):
        refused = match.post(f"/contracts/{contract}/acceptance", match.manufacturer.headers)
        problem(refused, 409, "contract_quote_expired")
        with database.transaction() as session:
            assert lapse_quotes(session, SYSTEM) == 1
    assert match.get(f"/contracts/{contract}", match.manager).json()["state"] == "lapsed"


def test_both_companies_are_told_and_find_it_in_their_history(match: Match) -> None:
    match.running()
    for person, kind in ((match.supplier, "suppliers"), (match.manufacturer, "manufacturers")):
        told = match.get("/me/notifications", person.headers).json()["items"]
        codes = [one["code"] for one in told if one["code"].startswith("contract_")]
        assert sorted(codes) == ["contract_accepted", "contract_delivered", "contract_quoted"]
        history = match.get(f"/{kind}/{person.company_id}/history", person.headers).json()["items"]
        actions = {one["action"] for one in history}
        assert {"contract.quoted", "contract.accepted", "contract.delivered"} <= actions


def test_account_managers_are_told_of_an_acceptance_that_they_did_not_record(match: Match) -> None:
    with on(DELIVERED_ON):
        match.post(f"/contracts/{match.quoted()}/acceptance", match.manufacturer.headers)
    assert [one["code"] for one in match.get("/me/notifications", match.manager).json()["items"]] == [
        "contract_to_record"
    ]
