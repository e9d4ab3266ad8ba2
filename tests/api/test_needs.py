"""Manufacturers and their needs: written down, changed, listed."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from service.accounts.actor import Role
from tests.factories import companies
from tests.factories.people import Person, sign_in, staff, stored_manufacturer


@pytest.fixture
def owner(client: TestClient) -> Person:
    """A manufacturer's person."""
    return sign_in(client, Role.MANUFACTURER)


def written(client: TestClient, owner: Person, **changes: Any) -> Any:
    path = f"/v1/manufacturers/{owner.company_id}/needs"
    answer = client.post(path, json=companies.need(**changes), headers=owner.headers)
    assert answer.status_code == 201, answer.text
    return answer


def test_a_manufacturer_registers_and_keeps_all_that_it_told(client: TestClient) -> None:
    told = companies.manufacturer(
        industry="25922",
        employee_count=48,
        annual_revenue_won=9_800_000_000,
        smart_level="기초",
        existing_systems=["ERP", "더존"],
    )
    answer = client.post("/v1/manufacturers", json=told)
    assert (answer.status_code, answer.headers["ETag"]) == (201, '"1"')
    kept = client.get(answer.headers["Location"], headers=staff(client)).json()
    expected = {name: value for name, value in told.items() if name not in ("contact", "consents")}
    assert {name: kept[name] for name in expected} == expected


def test_a_need_is_open_and_keeps_all_that_was_told(client: TestClient, owner: Person) -> None:
    told = companies.need(
        categories=["QMS"],
        processes=["도금"],
        budget_won=70_000_000,
        start_by="2027-03-02",
        required_certifications=["ISO9001"],
        excluded_supplier_ids=["01a20571-1241-77d9-942c-d8cfbf80bd23"],
        needs_on_site_support=True,
    )
    answer = written(client, owner, **told)
    kept = client.get(answer.headers["Location"], headers=owner.headers).json()
    assert kept == answer.json()
    assert {name: kept[name] for name in told} == told
    assert (kept["status"], kept["manufacturer_id"]) == ("open", str(owner.company_id))


def test_a_synonym_of_a_process_becomes_its_usual_word_and_an_unknown_one_stays(
    client: TestClient, owner: Person
) -> None:
    processes = client.get("/v1/codes/processes").json()["items"]
    usual = next(each for each in processes if each["synonyms"])
    need = written(client, owner, processes=[usual["synonyms"][0], "눈썹말기"]).json()
    assert need["processes"] == [usual["code"], "눈썹말기"]


def test_what_is_optional_can_be_cleared(client: TestClient, owner: Person) -> None:
    path = written(client, owner, budget_won=5_000_000, start_by="2027-01-01").headers["Location"]
    answer = client.patch(
        path, json={"budget_won": None, "start_by": None}, headers=owner.headers | {"If-Match": '"1"'}
    )
    assert (answer.json()["budget_won"], answer.json()["start_by"]) == (None, None)
    assert answer.headers["ETag"] == '"2"'


def test_needs_are_listed_the_newest_first_each_once(client: TestClient, owner: Person) -> None:
    ids = [written(client, owner, title=f"수요 {number}").json()["id"] for number in range(5)]
    seen, asked = [], {"limit": 2}
    while True:
        page = client.get("/v1/needs", params=asked, headers=owner.headers).json()
        seen += [item["id"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        asked = {"limit": 2, "cursor": page["next_cursor"]}
    assert seen == ids[::-1]


def test_needs_are_listed_by_status(client: TestClient, owner: Person) -> None:
    closed = written(client, owner)
    still_open = written(client, owner).json()["id"]
    client.patch(
        closed.headers["Location"], json={"status": "closed"}, headers=owner.headers | {"If-Match": "*"}
    )
    for status, expected in (("open", still_open), ("closed", closed.json()["id"])):
        listed = client.get("/v1/needs", params={"status": status}, headers=owner.headers).json()["items"]
        assert [item["id"] for item in listed] == [expected]


def test_manufacturers_are_listed_by_name_each_once(client: TestClient) -> None:
    names = ["다온", "가람", "나래", "가람"]
    for name in names:
        stored_manufacturer(client, company_name=name)
    headers, seen, cursor = staff(client), [], ""
    while cursor is not None:
        asked = {"limit": 3} | ({"cursor": cursor} if cursor else {})
        page = client.get("/v1/manufacturers", params=asked, headers=headers).json()
        seen += [item["company_name"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert seen == sorted(names)
