"""The public pages of suppliers are made once for everybody, and again after every change."""

from itertools import count

import pytest
from starlette.testclient import TestClient

from service.accounts.actor import Role
from service.recommendations.matching_engine import MatchingEngine
from service.web.kept_pages import MOST_KEPT
from service.web.visitor import COOKIE
from tests.factories.people import sign_in, stored_supplier
from tests.web.opening import AS_A_BROWSER

_states = count(1)


class Suppliers:
    """What the process knows of their changes, as a test says."""

    def __init__(self) -> None:
        self.state: int | None = None
        self.change()

    def change(self) -> None:
        self.state = next(_states)


@pytest.fixture
def suppliers(monkeypatch: pytest.MonkeyPatch) -> Suppliers:
    """In a state of their own."""
    said = Suppliers()
    monkeypatch.setattr(MatchingEngine, "state_of_suppliers", property(lambda _: said.state))
    return said


def directory(client: TestClient, path: str = "/suppliers", **headers: str) -> str:
    answer = client.get(path, headers=AS_A_BROWSER | headers)
    assert answer.status_code == 200, answer.text
    return answer.text


def test_a_page_is_kept_until_a_supplier_changes(client: TestClient, suppliers: Suppliers) -> None:
    stored_supplier(client, company_name="가람기술")
    first = directory(client)
    stored_supplier(client, company_name="나래기술")
    assert directory(client) == first
    suppliers.change()
    assert "나래기술" in directory(client)


def test_nothing_is_kept_while_nobody_knows_of_changes(client: TestClient, suppliers: Suppliers) -> None:
    suppliers.state = None
    directory(client)
    stored_supplier(client, company_name="다솜기술")
    assert "다솜기술" in directory(client)


def test_who_has_signed_in_gets_a_page_of_their_own(client: TestClient, suppliers: Suppliers) -> None:
    directory(client)
    person = sign_in(client, Role.ACCOUNT_MANAGER)
    stored_supplier(client, company_name="라온기술")
    signed_in = directory(client, Cookie=f"{COOKIE}={person.cookie}")
    assert "라온기술" in signed_in
    assert "이사람" in signed_in
    assert "이사람" not in directory(client)


def test_each_address_is_a_page(client: TestClient, suppliers: Suppliers) -> None:
    stored_supplier(client, company_name="마루기술", region="41")
    assert "마루기술" not in directory(client, "/suppliers?region=11")
    assert "마루기술" in directory(client, "/suppliers?region=41")


def test_a_kept_page_is_the_answer_that_was_made(client: TestClient, suppliers: Suppliers) -> None:
    kept = f"/suppliers/{stored_supplier(client)}"
    made, again = (client.get(kept, headers=AS_A_BROWSER) for _ in range(2))
    different = {"x-request-id"}
    assert again.content == made.content
    assert {name for name in made.headers if made.headers[name] != again.headers[name]} == different
    counted = client.get("/metrics").text
    assert 'alliance_kept_pages_total{result="kept"}' in counted
    assert 'route="GET unmatched"' not in counted


def test_a_refusal_is_not_kept(client: TestClient, suppliers: Suppliers) -> None:
    missing = client.get("/suppliers?region=99", headers=AS_A_BROWSER)
    assert missing.status_code == 422
    unknown = "/suppliers/01a21e94-1bf2-716c-92b3-8f7820d38242"
    assert [client.get(unknown, headers=AS_A_BROWSER).status_code for _ in range(2)] == [404, 404]


def test_what_is_kept_is_bounded(client: TestClient, suppliers: Suppliers) -> None:
    """The first address is made again after many others."""
    first = directory(client, "/suppliers?words=0")
    stored_supplier(client, company_name="바른 0")
    for number in range(1, MOST_KEPT + 1):
        client.get(f"/suppliers?words={number}", headers=AS_A_BROWSER)
    assert directory(client, "/suppliers?words=0") != first
