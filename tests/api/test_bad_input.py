"""Bad input is answered with a problem document that names the field, and nothing of it is written."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from service.accounts.actor import Role
from service.db.session import Database
from service.kit.pages import encode_cursor
from tests.factories import companies
from tests.factories.answers import pointers, problem, row_counts
from tests.factories.numbers import business_number, wrong_check_digit
from tests.factories.people import Person, sign_in, staff, stored_supplier


@pytest.fixture
def nothing_written(client: TestClient, database: Database) -> Iterator[None]:
    """The test leaves every table as it was."""
    del client
    before = row_counts(database)
    yield
    assert row_counts(database) == before


@pytest.fixture
def owner(client: TestClient) -> Person:
    """A manufacturer that writes down needs."""
    return sign_in(client, Role.MANUFACTURER)


def with_solution(**changes: Any) -> dict[str, Any]:
    return {"solutions": [companies.solution(**changes)]}


def with_contact(**changes: Any) -> dict[str, Any]:
    return {"contact": companies.contact(**changes)}


REFUSED_SUPPLIERS = {
    "a wrong check digit": (
        {"business_number": wrong_check_digit()},
        "/business_number",
        "business_number_check_digit",
    ),
    "zeros": ({"business_number": "000-00-00000"}, "/business_number", "business_number_shape"),
    "nine digits": ({"business_number": "120814752"}, "/business_number", "business_number_shape"),
    "letters": ({"business_number": "열자리숫자"}, "/business_number", "business_number_shape"),
    "an unknown region": ({"region": "99"}, "/region", "unknown_code"),
    "a region by name": ({"region": "서울"}, "/region", "unknown_code"),
    "an unknown category": (
        with_solution(categories=["ROCKETS"]),
        "/solutions/0/categories/0",
        "unknown_code",
    ),
    "an unknown industry": (with_solution(industries=["99"]), "/solutions/0/industries/0", "unknown_code"),
    "an unknown certification": ({"certifications": ["NOBEL"]}, "/certifications/0", "unknown_code"),
    "an unknown smart level": (
        with_solution(smart_levels=["고수"]),
        "/solutions/0/smart_levels/0",
        "unknown_code",
    ),
    "no solution": ({"solutions": []}, "/solutions", "validation_failed"),
    "a solution without categories": (
        with_solution(categories=[]),
        "/solutions/0/categories",
        "validation_failed",
    ),
    "4,001 characters": ({"summary": "가" * 4001}, "/summary", "validation_failed"),
    "an empty summary": ({"summary": " \n\t"}, "/summary", "validation_failed"),
    "a summary of invisible characters": ({"summary": "\u200b\ufeff"}, "/summary", "validation_failed"),
    "money as a float": (with_solution(price_min_won=1e8), "/solutions/0/price_min_won", "validation_failed"),
    "money as a whole float": (
        with_solution(price_min_won=5.0),
        "/solutions/0/price_min_won",
        "validation_failed",
    ),
    "money as text": (with_solution(price_min_won="5000"), "/solutions/0/price_min_won", "validation_failed"),
    "money as a truth value": (
        with_solution(price_min_won=True),
        "/solutions/0/price_min_won",
        "validation_failed",
    ),
    "negative money": (with_solution(price_min_won=-1), "/solutions/0/price_min_won", "validation_failed"),
    "more money than there is": (
        with_solution(price_max_won=10**13 + 1),
        "/solutions/0/price_max_won",
        "validation_failed",
    ),
    "an integer of 400 digits": (with_solution(price_max_won=10**400), None, None),
    "a dearest price below the cheapest": (
        with_solution(price_min_won=2, price_max_won=1),
        "/solutions/0/price_max_won",
        "validation_failed",
    ),
    "half an employee": ({"employee_count": 3.5}, "/employee_count", "validation_failed"),
    "a negative capacity": (
        {"concurrent_project_capacity": -1},
        "/concurrent_project_capacity",
        "validation_failed",
    ),
    "a founding day to come": ({"founded_on": "2999-01-01"}, "/founded_on", "validation_failed"),
    "a day that does not exist": ({"founded_on": "2023-02-29"}, "/founded_on", "validation_failed"),
    "a homepage that runs scripts": ({"homepage": "javascript:alert(1)"}, "/homepage", "validation_failed"),
    "an unknown field": ({"status": "approved"}, "/status", "validation_failed"),
    "an unknown field of a solution": (with_solution(price=1), "/solutions/0/price", "validation_failed"),
    "a number as a name": ({"company_name": 42}, "/company_name", "validation_failed"),
    "nothing as a name": ({"company_name": None}, "/company_name", "validation_failed"),
    "an object as a list": ({"solutions": {"name": "하나"}}, "/solutions", "validation_failed"),
    "an address without a domain": (with_contact(email="kim@"), "/contact/email", "validation_failed"),
    "a phone number in words": (with_contact(phone="공삼일"), "/contact/phone", "validation_failed"),
    "a short password": (with_contact(password="짧다"), "/contact/password", "validation_failed"),
    "a password of 129 characters": (
        with_contact(password="p" * 129),
        "/contact/password",
        "validation_failed",
    ),
    "no contact": ({"contact": None}, "/contact", "validation_failed"),
    "no consent": ({"consents": []}, "/consents", "registration_consent_required"),
}


@pytest.mark.usefixtures("nothing_written")
@pytest.mark.parametrize("case", REFUSED_SUPPLIERS)
def test_a_registration_is_refused_for(case: str, client: TestClient) -> None:
    changes, pointer, code = REFUSED_SUPPLIERS[case]
    answer = client.post("/v1/suppliers", json=companies.supplier(**changes))
    document = problem(answer, 422, code or answer.json()["code"])
    if pointer is not None:
        assert pointers(document) == [pointer]


@pytest.mark.usefixtures("nothing_written")
def test_all_faults_are_named_at_once(client: TestClient) -> None:
    body = companies.supplier(region="99", summary="", employee_count=-1)
    document = problem(client.post("/v1/suppliers", json=body), 422, "validation_failed")
    assert sorted(pointers(document)) == ["/employee_count", "/region", "/summary"]
    assert "3곳" in document["detail"]


@pytest.mark.usefixtures("nothing_written")
@pytest.mark.parametrize(
    "field", ["business_number", "company_name", "region", "summary", "solutions", "contact"]
)
def test_a_required_field_that_is_missing_is_named(field: str, client: TestClient) -> None:
    body = companies.supplier()
    del body[field]
    document = problem(client.post("/v1/suppliers", json=body), 422, "validation_failed")
    assert pointers(document) == [f"/{field}"]


@pytest.mark.usefixtures("nothing_written")
@pytest.mark.parametrize("literal", ["1e3", "1000.0", "NaN", "Infinity", "-Infinity"])
def test_money_that_json_writes_as_a_float_is_refused(literal: str, client: TestClient) -> None:
    body = json.dumps(companies.supplier(**with_solution(price_min_won=-77)), ensure_ascii=False)
    answer = send(client, body.replace("-77", literal).encode())
    problem(answer, 422, answer.json()["code"])


@pytest.mark.usefixtures("nothing_written")
def test_an_integer_longer_than_any_number_is_refused(client: TestClient) -> None:
    body = json.dumps(companies.supplier(**with_solution(price_min_won=-77)))
    problem(send(client, body.replace("-77", "9" * 5000).encode()), 400, "json_number_too_long")


def send(client: TestClient, body: bytes) -> Any:
    return client.post("/v1/suppliers", content=body, headers={"Content-Type": "application/json"})


BROKEN_BODIES = {
    "broken JSON": (b'{"company_name": "', 422, "json_invalid"),
    "an empty body": (b"", 422, "validation_failed"),
    "a list": (b"[]", 422, "validation_failed"),
    "text": (b'"hello"', 422, "validation_failed"),
    "broken UTF-8": ('{"company_name": "한빛"}'.encode()[:-4] + b'"}', 400, "body_not_utf8"),
    "CP949": ('{"company_name": "한빛"}'.encode("cp949"), 400, "body_not_utf8"),
    "deep nesting": (b"[" * 100_000, 400, "json_too_deep"),
}


@pytest.mark.usefixtures("nothing_written")
@pytest.mark.parametrize("case", BROKEN_BODIES)
def test_a_body_is_refused_that_is(case: str, client: TestClient) -> None:
    body, status, code = BROKEN_BODIES[case]
    answer = send(client, body)
    problem(answer, status, code or answer.json()["code"])


@pytest.mark.usefixtures("nothing_written")
def test_half_a_character_is_refused(client: TestClient) -> None:
    answer = send(client, json.dumps(companies.supplier(company_name="한빛\ud83d")).encode())
    document = problem(answer, 422, "validation_failed")
    assert pointers(document) == ["/company_name"]


@pytest.mark.usefixtures("nothing_written")
def test_a_short_password_is_told_how_many_letters_it_needs(client: TestClient) -> None:
    answer = client.post("/v1/suppliers", json=companies.supplier(**with_contact(password="1234567")))
    assert problem(answer, 422, "validation_failed")["errors"][0]["message"].startswith("8자 이상")


@pytest.mark.usefixtures("nothing_written")
def test_half_a_character_in_a_password_is_refused(client: TestClient) -> None:
    body = companies.supplier(**with_contact(password="\ud83d password"))
    document = problem(send(client, json.dumps(body).encode()), 422, "validation_failed")
    assert pointers(document) == ["/contact/password"]


@pytest.mark.usefixtures("nothing_written")
@pytest.mark.parametrize("place", ["query", "path", "key"])
def test_half_a_character_outside_a_text_is_no_server_fault(place: str, client: TestClient) -> None:
    answers = {
        "query": lambda: client.get("/v1/suppliers?q=%ED%A0%BD"),
        "path": lambda: client.get("/v1/suppliers/%ED%A0%BD"),
        "key": lambda: send(client, b'{"\\ud83d": 1}'),
    }
    answer = answers[place]()
    assert answer.status_code < 500
    if answer.status_code >= 400:
        problem(answer, answer.status_code, answer.json()["code"])


def test_a_nul_character_is_dropped(client: TestClient) -> None:
    answer = client.post("/v1/suppliers", json=companies.supplier(company_name="한빛\x00시스템\x07"))
    assert answer.json()["company_name"] == "한빛시스템"


@pytest.mark.parametrize("asked", ["/v1/suppliers?q=%00", "/v1/suppliers?q=a%00b", "/v1/programmes/%00"])
def test_a_nul_character_in_an_address_is_refused(asked: str, client: TestClient) -> None:
    problem(client.get(asked), 400, "address_invalid")


def test_a_nul_character_in_a_sign_in_is_refused(client: TestClient) -> None:
    answer = client.post("/v1/auth/token", data={"username": "a\x00@b.example", "password": "\x00"})
    problem(answer, 401, "sign_in_failed")


def test_decomposed_hangul_of_a_mac_is_stored_composed(client: TestClient) -> None:
    decomposed = "\u1112\u1161\u11ab\u1107\u1175\u11be"
    answer = client.post("/v1/suppliers", json=companies.supplier(company_name=decomposed))
    assert answer.json()["company_name"] == "한빛"


def test_4000_characters_are_kept_to_the_last(client: TestClient) -> None:
    summary = "가나다라" * 1000
    assert client.post("/v1/suppliers", json=companies.supplier(summary=summary)).json()["summary"] == summary


def test_a_business_number_may_be_written_with_spaces_or_full_width_digits(client: TestClient) -> None:
    number = business_number()
    wide = "".join(chr(ord(char) + 0xFEE0) if char.isdigit() else " " for char in number)
    answer = client.post("/v1/suppliers", json=companies.supplier(business_number=wide))
    assert answer.status_code == 201
    kept = client.get(answer.headers["Location"], headers=staff(client))
    assert kept.json()["business_number"] == number


REFUSED_NEEDS = {
    "one word": ({"description": "불량"}, "/description"),
    "one word among spaces": ({"description": "불  량   " + " " * 50}, "/description"),
    "10,000 characters": ({"description": "자동화가 필요합니다. " * 833}, "/description"),
    "no title": ({"title": "  "}, "/title"),
    "a budget of nothing": ({"budget_won": 0}, "/budget_won"),
    "a budget as a float": ({"budget_won": 7e7}, "/budget_won"),
    "a moment instead of a day": ({"start_by": "2026-01-25T10:00:00Z"}, "/start_by"),
    "an id that is none": ({"excluded_supplier_ids": ["1"]}, "/excluded_supplier_ids/0"),
    "a list of 300 ids": ({"excluded_supplier_ids": ["0" * 32] * 300}, "/excluded_supplier_ids"),
    "yes as a truth value": ({"needs_on_site_support": [1]}, "/needs_on_site_support"),
    "a status": ({"status": "closed"}, "/status"),
}


@pytest.mark.parametrize("case", REFUSED_NEEDS)
def test_a_need_is_refused_for(case: str, client: TestClient, database: Database, owner: Person) -> None:
    changes, pointer = REFUSED_NEEDS[case]
    before = row_counts(database)
    path = f"/v1/manufacturers/{owner.company_id}/needs"
    answer = client.post(path, json=companies.need(**changes), headers=owner.headers)
    assert pointers(problem(answer, 422, "validation_failed")) == [pointer]
    assert row_counts(database) == before


@pytest.mark.parametrize(
    "cursor", ["x", "%", "bnVsbA", "WyJhIl0", "WzEsMl0", "WyJhIiwiYiJd", "WyJcdWQ4M2QiLCJiIl0", "a" * 501]
)
def test_a_cursor_that_is_not_ours_is_refused(cursor: str, client: TestClient) -> None:
    answer = client.get("/v1/suppliers", params={"cursor": cursor})
    problem(answer, 422, "cursor_invalid" if len(cursor) <= 500 else "validation_failed")


def test_a_cursor_with_a_nul_character_is_refused(client: TestClient) -> None:
    cursor = encode_cursor(["\x00", "01a20571-1241-77d9-942c-d8cfbf80bd23"])
    problem(client.get("/v1/suppliers", params={"cursor": cursor}), 422, "cursor_invalid")


@pytest.mark.parametrize("limit", ["0", "101", "-1", "ten", "1e2", "9" * 400])
def test_a_limit_out_of_range_is_refused(limit: str, client: TestClient) -> None:
    document = problem(client.get("/v1/suppliers", params={"limit": limit}), 422, "validation_failed")
    assert pointers(document) == ["/query/limit"]


@pytest.mark.parametrize("path", ["/v1/suppliers/1", "/v1/suppliers/not-an-id"])
def test_an_id_that_is_none_is_refused(path: str, client: TestClient) -> None:
    problem(client.get(path), 422, "validation_failed")


def test_if_match_is_required_and_must_name_the_present_version(client: TestClient) -> None:
    owner = sign_in(client, Role.SUPPLIER)
    path, change = f"/v1/suppliers/{owner.company_id}", {"employee_count": 5}
    problem(client.patch(path, json=change, headers=owner.headers), 428, "if_match_required")
    for stale in ('"2"', "1", "", "garbage", '"1', "W/"):
        answer = client.patch(path, json=change, headers=owner.headers | {"If-Match": stale})
        assert answer.headers["ETag"] == '"1"'
        problem(answer, 412, "stale_version")
    accepted = client.patch(path, json=change, headers=owner.headers | {"If-Match": '"7", "1"'})
    assert accepted.status_code == 200


@pytest.mark.parametrize("field", ["company_name", "region", "summary", "solutions"])
def test_a_required_field_cannot_be_emptied(field: str, client: TestClient) -> None:
    owner = sign_in(client, Role.SUPPLIER)
    answer = client.patch(
        f"/v1/suppliers/{owner.company_id}",
        json={field: None},
        headers=owner.headers | {"If-Match": "*"},
    )
    problem(answer, 422, "validation_failed")


def test_the_business_number_cannot_be_changed(client: TestClient) -> None:
    owner = sign_in(client, Role.SUPPLIER)
    answer = client.patch(
        f"/v1/suppliers/{owner.company_id}",
        json={"business_number": business_number()},
        headers=owner.headers | {"If-Match": "*"},
    )
    assert pointers(problem(answer, 422, "validation_failed")) == ["/business_number"]


def test_a_business_number_that_is_taken_is_a_conflict(client: TestClient, database: Database) -> None:
    number = business_number()
    stored_supplier(client, business_number=number)
    before = row_counts(database)
    answer = client.post("/v1/suppliers", json=companies.supplier(business_number=number.replace("-", "")))
    assert pointers(problem(answer, 409, "business_number_taken")) == ["/business_number"]
    assert row_counts(database) == before


def test_an_address_that_is_taken_is_a_conflict_however_it_is_capitalised(
    client: TestClient, database: Database
) -> None:
    client.post("/v1/suppliers", json=companies.supplier(**with_contact(email="kim@a.example")))
    before = row_counts(database)
    for path, body in (("/v1/suppliers", companies.supplier), ("/v1/manufacturers", companies.manufacturer)):
        answer = client.post(path, json=body(**with_contact(email="KIM@A.example")))
        assert pointers(problem(answer, 409, "email_taken")) == ["/contact/email"]
    assert row_counts(database) == before


def test_a_manufacturer_may_also_be_a_supplier(client: TestClient) -> None:
    number = business_number()
    stored_supplier(client, business_number=number)
    answer = client.post("/v1/manufacturers", json=companies.manufacturer(business_number=number))
    assert answer.status_code == 201
    again = client.post("/v1/manufacturers", json=companies.manufacturer(business_number=number))
    problem(again, 409, "business_number_taken")


def test_a_form_instead_of_json_is_refused(client: TestClient) -> None:
    answer = client.post("/v1/suppliers", data={"company_name": "한빛"})
    problem(answer, answer.status_code, answer.json()["code"])
    assert answer.status_code in (415, 422)
