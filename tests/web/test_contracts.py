"""The pages of installment contracts over HTTP: what they show, refuse and record."""

from datetime import UTC, datetime, timedelta
from io import BytesIO
from uuid import uuid4
from zipfile import is_zipfile

import pytest
from httpx2 import Response

from service.accounts.actor import Role
from service.db.tables import Account, Solution
from service.deals.contracts.suggestion import suggested_price
from service.kit import clock
from tests.factories.contracts import delivered, introduced
from tests.factories.people import sign_in
from tests.factories.world import World
from tests.web.opening import open_page, send_form, text_of

MANAGER = "account_manager"
Fields = dict[str, str | list[str]]
TERMS: Fields = {
    "terms.price_won": "6,000만",
    "terms.months": "12",
    "terms.annual_rate_percent": "4.5",
    "terms.method": "level_payment",
    "terms.vat.timing": "per_installment",
    "terms.prepayment_fee.rate_percent": "1.2",
    "overdue_addon_percent": "3",
}


def read(world: World, contract: str, what: str = "") -> dict[str, object]:
    found: dict[str, object] = world.client.get(
        f"/v1/contracts/{contract}{what}", headers=world.headers("admin")
    ).json()
    return found


def record(
    world: World, contract: str, what: str, actor: str = MANAGER, **fields: str | list[str]
) -> Response:
    """Send a form of the contract's page as the page shows it now."""
    sent: Fields = {"version": str(read(world, contract)["version"]), **fields}
    area = "/manufacturer" if actor == "manufacturer" else "/desk"
    return send_form(world, actor, f"{area}/contracts/{contract}/{what}", sent)


def test_a_quote_is_made_from_a_pair_and_computed_before_it_is_kept(world: World) -> None:
    need, supplier = world.thing("need_id", "manufacturer"), world.thing("supplier_id", "supplier")
    path = f"/desk/needs/{need}/quote"
    assert "아직 소개한 공급기업이 없습니다" in text_of(open_page(world, MANAGER, path))
    introduced(world.client, need, supplier)
    form = open_page(world, MANAGER, path)
    assert f'name="supplier_id" value="{supplier}"' in form.text
    assert 'id="terms.price_won" name="terms.price_won" required' in form.text
    sent = TERMS | {"supplier_id": supplier}
    wrong = send_form(world, MANAGER, path, sent | {"terms.months": "37"})
    assert wrong.status_code == 422
    assert 'id="terms.months-error"' in wrong.text
    assert 'value="6,000만"' in wrong.text
    shown = send_form(world, MANAGER, path, sent | {"only": "preview"})
    assert shown.status_code == 200
    assert "아직 저장하지 않았습니다" in text_of(shown)
    assert world.client.get("/v1/contracts", headers=world.headers("admin")).json()["items"] == []
    made = send_form(world, MANAGER, path, dict(sent))
    assert made.status_code == 303, text_of(made)
    assert "60,000,000원" in text_of(open_page(world, MANAGER, made.headers["Location"]))


def test_a_supplier_quotes_for_a_need_that_it_was_introduced_to(world: World) -> None:
    path, need = "/supplier/contracts/new", world.thing("need_id", "manufacturer")
    assert "견적을 낼 수 있는 수요가 아직 없습니다" in text_of(open_page(world, "supplier", path))
    assert send_form(world, "supplier", path, TERMS | {"need_id": need}).status_code == 404
    introduced(world.client, need, world.thing("supplier_id", "supplier"))
    address = f"{path}?need_id={need}"
    assert address in open_page(world, "supplier", "/supplier/leads").text
    assert f'name="need_id" value="{need}"' in open_page(world, "supplier", address).text
    made = send_form(world, "supplier", path, TERMS | {"need_id": need})
    assert made.status_code == 303, text_of(made)
    own = made.headers["Location"].split("?")[0]
    assert "terms.price_won" in open_page(world, "supplier", f"{own}/edit").text
    changed = TERMS | {"terms.price_won": "5,500만", "version": "1"}
    assert send_form(world, "supplier", f"{own}/edit", changed).status_code == 303
    assert "55,000,000원" in text_of(open_page(world, "supplier", own))
    assert own.replace("/supplier", "/desk") in open_page(world, MANAGER, "/dashboard/contracts").text


def test_a_changed_quote_keeps_the_conditions_that_the_form_does_not_show(world: World) -> None:
    contract = world.thing("contract_id", None)
    path = f"/v1/contracts/{contract}"
    terms = read(world, contract)["terms"]
    assert isinstance(terms, dict)
    fees = [{"name": "관리비", "amount_won": 10_000, "when": "each_period"}]
    patch = {"terms": terms | {"fees": fees}}
    headers = world.headers("admin") | {"If-Match": '"1"'}
    assert world.client.patch(path, json=patch, headers=headers).status_code == 200
    page = open_page(world, MANAGER, f"/desk/contracts/{contract}/edit").text
    assert 'type="hidden" name="terms.fees.0.amount_won" value="10000"' in page
    assert "terms.principal_won" not in page
    kept: Fields = {"terms.fees.0.name": "관리비", "terms.fees.0.amount_won": "10000"}
    kept |= {"terms.fees.0.when": "each_period", "terms.price_won": "5,000만"}
    saved = record(world, contract, "edit", MANAGER, **(TERMS | kept))
    assert saved.status_code == 303, text_of(saved)
    found = read(world, contract)
    assert found["price_won"] == 50_000_000
    assert found["terms"]["fees"] == fees


def test_a_manufacturer_accepts_its_quote_as_it_was_shown(world: World) -> None:
    contract = world.thing("contract_id", "manufacturer")
    path = f"/manufacturer/contracts/{contract}"
    assert "이 조건으로 수락하기" in text_of(open_page(world, "manufacturer", path))
    stale = send_form(world, "manufacturer", f"{path}/acceptance", {"version": "0"})
    assert stale.status_code == 422
    assert read(world, contract)["state"] == "quoted"
    assert record(world, contract, "acceptance", "manufacturer").status_code == 303
    assert read(world, contract)["state"] == "accepted"
    assert "매칭 옮기기" in text_of(open_page(world, MANAGER, "/desk/contracts"))
    assert "인도하면 그날부터" in text_of(open_page(world, "manufacturer", path))


def test_a_contract_from_the_acceptance_to_the_last_won(world: World) -> None:
    contract = world.thing("contract_id", None)
    today = clock.today().isoformat()
    assert record(world, contract, "acceptance").status_code == 303
    assert record(world, contract, "delivery", delivered_on=today, vat_timing="").status_code == 303
    page = open_page(world, MANAGER, f"/desk/contracts/{contract}")
    total = read(world, contract, "/schedule")["settlement"]["total_won"]
    assert f"{total:,}원" in text_of(page)
    assert f'name="amount_won" value="{total}"' in page.text
    over = record(world, contract, "payments", amount_won="10억", received_on=today)
    assert 'id="amount_won-error"' in over.text
    assert f"{total:,}원" in text_of(over)
    paid = record(world, contract, "payments", amount_won="100만", received_on=today, reference="A-1")
    assert paid.status_code == 303
    payment = read(world, contract, "/schedule")["payments"][0]["id"]
    undone = f"payments/{payment}/reversal"
    assert 'id="reversal_reason-error"' in record(world, contract, undone, reversal_reason="").text
    assert record(world, contract, undone, reversal_reason="다른 회사의 돈").status_code == 303
    assert "다른 회사의 돈" in text_of(open_page(world, MANAGER, f"/desk/contracts/{contract}"))
    settled = record(world, contract, "settlement", amount_won=str(total), received_on=today)
    assert settled.status_code == 303
    assert "모두 갚은 계약입니다." in text_of(open_page(world, MANAGER, f"/desk/contracts/{contract}"))


def test_a_form_sent_twice_is_entered_once(world: World) -> None:
    contract = delivered(world.client, world.headers("admin"), world.thing("contract_id", None))
    fields: Fields = {"version": str(read(world, contract)["version"]), "amount_won": "100만"}
    path = f"/desk/contracts/{contract}/payments"
    assert [send_form(world, MANAGER, path, dict(fields)).status_code for _ in range(2)] == [303, 422]
    assert len(read(world, contract, "/schedule")["payments"]) == 1


def test_late_contracts_are_told_to_whom_they_concern(world: World) -> None:
    contract = delivered(world.client, world.headers("admin"), world.thing("contract_id", "manufacturer"))
    with clock.frozen(datetime.now(UTC) + timedelta(days=70)):
        for actor in (MANAGER, "manufacturer", "admin"):
            _sign_in_again(world, actor)
        said = text_of(open_page(world, MANAGER, "/desk/contracts/overdue"))
        assert "@people.example" in said
        assert "그날 연체한 계약이 없습니다." not in said
        assert "2개 회차를 내지 않았습니다" in text_of(
            open_page(world, MANAGER, f"/desk/contracts/{contract}")
        )
        today = clock.today().isoformat()
        called = {"channel": "letter", "made_on": today, "agreed": "월말에 냅니다"}
        assert record(world, contract, "reminders", **called).status_code == 303
        for path in (f"/desk/contracts/{contract}", "/desk/contracts/overdue"):
            assert "월말에 냅니다" in text_of(open_page(world, MANAGER, path))
        own = text_of(open_page(world, "manufacturer", f"/manufacturer/contracts/{contract}"))
        assert "날마다 지연배상금이 붙습니다" in own
        assert "연체" in text_of(open_page(world, MANAGER, "/desk/contracts?late=true"))
        assert "이 조건에 맞는 계약이 없습니다." in text_of(
            open_page(world, MANAGER, "/desk/contracts?late=false")
        )


def _sign_in_again(world: World, actor: str) -> None:
    """Sessions of 70 days ago are over."""
    company = world.person(actor).company_id if actor == "manufacturer" else None
    world._people[actor] = sign_in(world.client, Role(actor), company)


def test_staff_with_a_stake_see_a_contract_and_decide_nothing(world: World) -> None:
    contract = world.thing("contract_id", "supplier")
    with world.client.app.state.database.transaction() as session:
        account = session.get_one(Account, world.person(MANAGER).account_id)
        account.stake_supplier_id = world.person("supplier").company_id
    page = open_page(world, MANAGER, f"/desk/contracts/{contract}")
    assert "이해관계가 있는 공급기업" in text_of(page)
    assert f"/desk/contracts/{contract}/acceptance" not in page.text
    assert record(world, contract, "acceptance").status_code == 422
    assert read(world, contract)["state"] == "quoted"


def test_a_supplier_sees_what_comes_in_and_a_cancellation_with_its_reason(world: World) -> None:
    contract = world.thing("contract_id", "supplier")
    assert contract in open_page(world, "supplier", "/supplier/contracts").text
    assert "매달 받을 돈" in text_of(open_page(world, "supplier", f"/supplier/contracts/{contract}"))
    assert record(world, contract, "cancellation", cancellation_reason="설비를 바꿉니다").status_code == 303
    assert "설비를 바꿉니다" in text_of(open_page(world, "supplier", f"/supplier/contracts/{contract}"))


@pytest.mark.parametrize("made", ["quoted", "delivered"])
def test_the_schedule_and_the_list_are_taken_along(world: World, made: str) -> None:
    contract = world.thing("contract_id", None)
    if made == "delivered":
        delivered(world.client, world.headers("admin"), contract)
    lines = open_page(world, MANAGER, f"/desk/contracts/{contract}/schedule.csv").text.splitlines()
    assert len(lines) == 1 + 12
    listed = open_page(world, MANAGER, "/desk/contracts.csv").text.splitlines()
    assert len(listed) == 2
    assert ("견적" if made == "quoted" else "납입 중") in listed[1]
    sheet = open_page(world, MANAGER, "/desk/contracts.xlsx")
    assert is_zipfile(BytesIO(sheet.content))


@pytest.mark.parametrize(
    ("budget", "least", "most", "suggested"),
    [
        (50, 30, 80, 50),
        (20, 30, 80, 30),
        (90, 30, 80, 80),
        (None, 30, 80, 30),
        (90, 30, None, 90),
        (50, None, None, 50),
        (None, None, None, None),
    ],
)
def test_the_price_of_a_quote_begins_where_budget_and_solution_meet(
    budget: int | None, least: int | None, most: int | None, suggested: int | None
) -> None:
    solution = Solution(
        supplier_id=uuid4(), position=0, name="", description="", price_min_won=least, price_max_won=most
    )
    assert suggested_price(budget, solution) == suggested
