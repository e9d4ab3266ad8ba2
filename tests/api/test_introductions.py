"""Who is told whom they were introduced to: the last verdict holds, and a contact only by consent."""

from uuid import UUID

import pytest
from sqlmodel import Session, select

from service.accounts.actor import SYSTEM
from service.db.session import Database
from service.db.tables import Account, Need
from service.needs.operations import confirm_categories
from service.needs.schemas import CategoryConfirmation
from service.privacy.consents import Consent, change_consent
from service.privacy.contacts import shared_contacts
from service.recommendations.intent_learning import confirmed_examples
from service.recommendations.introductions import introductions
from tests.factories import companies
from tests.factories.introductions import decide
from tests.factories.people import stored_manufacturer, stored_supplier
from tests.factories.world import World


@pytest.fixture
def need_id(world: World) -> str:
    """A need for which there is one candidate."""
    stored_supplier(world.client)
    need = world.thing("need_id", "manufacturer")
    world.catch_up()
    return need


def database(world: World) -> Database:
    found: Database = world.client.app.state.database
    return found


def test_an_introduction_is_known_from_both_sides_until_it_is_taken_back(world: World, need_id: str) -> None:
    supplier_id = decide(world, need_id, "introduced")
    with database(world).transaction() as session:
        of_need = introductions(session, need_id=UUID(need_id))
        assert [each.supplier_id for each in of_need] == [supplier_id]
        assert introductions(session, supplier_id=supplier_id) == of_need
    decide(world, need_id, "rejected")
    with database(world).transaction() as session:
        assert not introductions(session, need_id=UUID(need_id))


@pytest.mark.parametrize(("verdict", "known"), [("shortlisted", 0), ("rejected", 0), ("contracted", 1)])
def test_only_an_introduction_or_what_follows_it_names_the_supplier(
    world: World, need_id: str, verdict: str, known: int
) -> None:
    decide(world, need_id, verdict)
    with database(world).transaction() as session:
        assert len(introductions(session, need_id=UUID(need_id))) == known


def test_introductions_are_asked_for_one_side(world: World) -> None:
    with database(world).transaction() as session, pytest.raises(ValueError, match="of a need"):
        introductions(session)


def test_a_contact_is_passed_on_only_while_that_person_agrees(world: World) -> None:
    body = companies.supplier()
    body["consents"] = [*body["consents"], {"purpose": "third_party", "accepted": True}]
    answer = world.client.post("/v1/suppliers", json=body).json()
    supplier_id = UUID(answer["id"])
    with database(world).transaction() as session:
        assert shared_contacts(session, [supplier_id])[supplier_id].email == body["contact"]["email"]
        account = session.exec(select(Account).where(Account.supplier_id == supplier_id)).one()
        change_consent(session, SYSTEM, account, Consent(purpose="third_party", accepted=False))
    with database(world).transaction() as session:
        assert shared_contacts(session, [supplier_id]) == {}


def test_who_was_never_asked_is_not_passed_on(world: World) -> None:
    answer = world.client.post("/v1/suppliers", json=companies.supplier()).json()
    with database(world).transaction() as session:
        assert shared_contacts(session, [UUID(answer["id"])]) == {}


def test_a_confirmed_need_becomes_an_example_without_its_company(world: World) -> None:
    manufacturer_id = stored_manufacturer(world.client, company_name="(주)솔빛도금")
    told = companies.need(
        title="솔빛 도금 두께",
        description="솔빛도금 검사실에서 두께를 손으로 잽니다. 문의 031-555-1234, kim@solbit.example",
    )
    path = f"/v1/manufacturers/{manufacturer_id}/needs"
    made = world.client.post(path, json=told, headers=world.headers("account_manager")).json()
    with database(world).transaction() as session:
        assert confirmed_examples(session) == []
        confirm(session, made["id"], ["QMS", "IOT"])
        (example,) = confirmed_examples(session)
    assert example.categories == ("QMS", "IOT")
    assert "두께를 손으로 잽니다" in example.text
    assert not any(told in example.text for told in ("솔빛", "031-555", "solbit"))


def confirm(session: Session, need_id: str, categories: list[str]) -> None:
    need = session.get_one(Need, UUID(need_id))
    confirm_categories(session, SYSTEM, need, CategoryConfirmation(categories=categories))
