"""The account managers' desk over HTTP: who may, what is shown, what a form does, what it refuses."""

import re
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from service.accounts.actor import Role
from service.db.tables import Account, SupplierStatus
from service.kit import clock
from tests.factories import companies
from tests.factories.desk import Desk, set_up
from tests.factories.people import sign_in, stored_supplier
from tests.factories.world import World
from tests.web.opening import open_page, send_form, text_of

MANAGER = "account_manager"


def decide(desk: Desk, supplier: str, verdict: str, actor: str = MANAGER, **more: str) -> int:
    """The status of the answer to a decision from the page of the need."""
    open_page(desk.world, actor, desk.page)
    path = f"{desk.page}/runs/{desk.run_ids()[-1]}/decisions"
    fields: dict[str, str | list[str]] = {"supplier_id": desk.suppliers[supplier], "verdict": verdict, **more}
    return send_form(desk.world, actor, path, fields).status_code


def move(desk: Desk, verdict: str, actor: str = MANAGER, seen: str = "", **more: str) -> tuple[int, str]:
    """The status and the text of the answer to moving the pair that was decided on last."""
    fields: dict[str, str | list[str]] = {"seen": seen or desk.last_decision(), "verdict": verdict, **more}
    answer = send_form(desk.world, actor, "/desk/pipeline", fields)
    return answer.status_code, text_of(answer)


def has_stake(world: World, actor: str, supplier_id: str) -> None:
    """That member of staff has a stake in the supplier."""
    with world.client.app.state.database.transaction() as session:
        session.get_one(Account, world.person(actor).account_id).stake_supplier_id = supplier_id


def order_of(page: str, names: Iterable[str]) -> list[str]:
    """The names in the order in which rows of them come in a page."""
    found = re.findall(r"data-open>(?:<[^>]*>)?([^<]+)</a>", page)
    return [name for name in found if name in names]


def test_the_desk_counts_what_waits_and_says_for_how_long(world: World) -> None:
    with clock.frozen(clock.now() - timedelta(days=3)):
        stored_supplier(world.client, SupplierStatus.PENDING)
    set_up(world)
    page = text_of(open_page(world, MANAGER, "/desk"))
    assert "1건 승인을 기다리는 공급기업 가장 오래된 것: 3일째" in page
    assert "1건 추천을 아직 보지 않은 수요" in page


def test_a_need_whose_list_was_seen_waits_for_an_introduction_then_for_an_answer(world: World) -> None:
    desk = set_up(world)
    open_page(world, MANAGER, desk.page)
    assert "1건 소개를 아직 하지 않은 수요" in text_of(open_page(world, MANAGER, "/desk"))
    decide(desk, "가까운도금", "introduced")
    assert "0건 소개를 아직 하지 않은 수요" in text_of(open_page(world, MANAGER, "/desk"))
    assert "0건 소개하고 7일 넘게" in text_of(open_page(world, MANAGER, "/desk"))
    desk.let_days_pass(8)
    assert "1건 소개하고 7일 넘게" in text_of(open_page(world, MANAGER, "/desk"))
    assert "가까운도금" in text_of(open_page(world, MANAGER, "/desk/pipeline?stage=introduced&days=7"))


def test_who_waits_longest_for_approval_comes_first_with_what_to_look_at(world: World) -> None:
    stored_supplier(world.client, company_name="(주)한빛시스템")
    stored_supplier(world.client, SupplierStatus.PENDING, company_name="한빛시스템 주식회사")
    stored_supplier(world.client, SupplierStatus.PENDING, company_name="나중회사")
    world.catch_up()
    answer = open_page(world, MANAGER, "/desk/approvals")
    page = text_of(answer)
    assert page.index("한빛시스템 주식회사") < page.index("나중회사")
    assert "이름이 같은 회사가 있습니다: (주)한빛시스템" in page
    assert "적지 않은 항목: 구축 실적" in page
    assert "검사 숫자가 맞습니다" in page


def test_an_approval_puts_the_supplier_into_the_directory(world: World) -> None:
    waiting = stored_supplier(world.client, SupplierStatus.PENDING)
    answer = send_form(world, MANAGER, f"/desk/approvals/{waiting}", {"target": "approved"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/desk/approvals?done=approved")
    assert world.client.get(f"/v1/suppliers/{waiting}").json()["status"] == "approved"


def test_a_rejection_needs_a_reason_that_the_company_can_read(world: World) -> None:
    waiting = stored_supplier(world.client, SupplierStatus.PENDING)
    refused = send_form(world, MANAGER, f"/desk/approvals/{waiting}", {"target": "rejected", "reason": ""})
    assert refused.status_code == 422
    send_form(world, MANAGER, f"/desk/approvals/{waiting}", {"target": "rejected", "reason": "서류 다름"})
    kept = world.client.get(f"/v1/suppliers/{waiting}", headers=world.headers("admin")).json()
    assert (kept["status"], kept["status_reason"]) == ("rejected", "서류 다름")


def test_a_supplier_is_suspended_on_its_own_page_where_a_refusal_is_told_too(world: World) -> None:
    supplier = stored_supplier(world.client)
    path = f"/desk/suppliers/{supplier}/status"
    no_reason, no_state = {"target": "suspended", "reason": ""}, {"target": "loved"}
    for fields in (no_reason, no_state, {"target": "rejected", "reason": "승인된 곳은 거절하지 못함"}):
        refused = send_form(world, MANAGER, path, {**fields})
        assert refused.status_code == 422, fields
        assert "상태 바꾸기" in text_of(refused)
    done = send_form(world, MANAGER, path, {"target": "suspended", "reason": "연락이 되지 않음"})
    assert done.headers["Location"] == f"/desk/suppliers/{supplier}?done=suspended"


def test_nobody_approves_their_own_company(world: World) -> None:
    own = stored_supplier(world.client, SupplierStatus.PENDING)
    has_stake(world, MANAGER, str(own))
    assert "다른 담당자가 결정해야 합니다" in text_of(open_page(world, MANAGER, "/desk/approvals"))
    refused = send_form(world, MANAGER, f"/desk/approvals/{own}", {"target": "approved"})
    assert refused.status_code == 422
    kept = world.client.get(f"/v1/suppliers/{own}", headers=world.headers("admin")).json()
    assert kept["status"] == "pending"


def test_reading_a_company_with_its_people_is_logged(world: World) -> None:
    contact = sign_in(world.client, Role.SUPPLIER)
    open_page(world, MANAGER, f"/desk/suppliers/{contact.company_id}")
    with world.client.app.state.database.transaction() as session:
        logged = session.connection().exec_driver_sql("SELECT subject_kind, purpose, form FROM access_log")
        assert [tuple(row) for row in logged] == [("supplier", "single", "full")]


def test_needs_are_found_by_region_words_and_how_far_they_have_come(world: World) -> None:
    desk = set_up(world)
    for query, found in (
        ("", True),
        ("?words=도금+손으로", True),
        ("?words=도금+창고", False),
        ("?region=41", True),
        ("?region=50", False),
        ("?progress=unlisted", True),
        ("?progress=introduced", False),
        ("?status=closed", False),
        ("?status=any", True),
        ("?words=%25", False),
    ):
        assert (desk.need_id in open_page(world, MANAGER, f"/desk/needs{query}").text) is found, query


def test_a_filter_that_is_no_code_is_told_beside_its_field(world: World) -> None:
    answer = open_page(world, MANAGER, "/desk/needs?region=99")
    assert answer.status_code == 422
    assert 'id="region-error"' in answer.text


def test_opening_a_need_again_shows_the_same_run_until_it_is_asked_anew(world: World) -> None:
    desk = set_up(world)
    for _ in range(3):
        assert open_page(world, MANAGER, desk.page).status_code == 200
    assert len(desk.run_ids()) == 1
    send_form(world, MANAGER, f"{desk.page}/recommendations", {})
    open_page(world, MANAGER, desk.page)
    assert len(desk.run_ids()) == 2


def test_a_changed_need_or_another_day_makes_a_new_list(world: World) -> None:
    desk = set_up(world)
    open_page(world, MANAGER, desk.page)
    world.client.patch(
        f"/v1/needs/{desk.need_id}",
        json={"budget_won": 9_000_000},
        headers=world.headers("admin") | {"If-Match": "*"},
    )
    open_page(world, MANAGER, desk.page)
    assert len(desk.run_ids()) == 2


def test_a_closed_need_gets_no_new_list_but_shows_the_last_one(world: World) -> None:
    desk = set_up(world)
    headers = world.headers("admin") | {"If-Match": "*"}
    world.client.patch(f"/v1/needs/{desk.need_id}", json={"status": "closed"}, headers=headers)
    assert "추천받은 적이 없습니다" in text_of(open_page(world, MANAGER, desk.page))
    world.client.patch(f"/v1/needs/{desk.need_id}", json={"status": "open"}, headers=headers)
    open_page(world, MANAGER, desk.page)
    world.client.patch(f"/v1/needs/{desk.need_id}", json={"status": "closed"}, headers=headers)
    page = open_page(world, MANAGER, desk.page).text
    assert "가까운도금" in page
    assert "/decisions" not in page
    assert len(desk.run_ids()) == 1


def test_a_plan_s_choice_is_not_taken_for_a_list(world: World) -> None:
    desk = set_up(world)
    world.client.post(
        "/v1/assignments", json={"suppliers_per_need": 1, "floor": 0.0}, headers=world.headers("admin")
    )
    world.catch_up()
    assert len(desk.run_ids()) == 1
    page = text_of(open_page(world, MANAGER, desk.page))
    assert "가까운도금" in page
    assert "먼도금" in page


def test_a_run_is_opened_again_as_it_was_shown(world: World) -> None:
    desk = set_up(world)
    before = order_of(open_page(world, MANAGER, desk.page).text, desk.suppliers)
    api = world.client.get(f"/v1/needs/{desk.need_id}/recommendations", headers=world.headers(MANAGER)).json()
    run_id = desk.run_ids()[0]
    stored_supplier(world.client, company_name="나중도금")
    world.catch_up()
    page = open_page(world, MANAGER, f"{desk.page}/runs/{run_id}")
    assert order_of(page.text, [*desk.suppliers, "나중도금"]) == before
    for told in [*api["items"][0]["reasons"][:-2], *api["items"][0]["cautions"], *api["excluded"]]:
        assert told["text"].replace("'", "&#39;") in page.text


def test_a_run_of_another_need_is_not_found_under_this_one(world: World) -> None:
    desk = set_up(world)
    open_page(world, MANAGER, desk.page)
    assert (
        open_page(
            world, MANAGER, f"/desk/needs/{world.thing('need_id', None)}/runs/{desk.run_ids()[0]}"
        ).status_code
        == 404
    )


def test_trying_other_weights_moves_the_list_and_keeps_nothing(world: World) -> None:
    near, far = (
        {"region": "41"},
        {"region": "50", "employee_count": 500},
    )
    desk = set_up(world, {"가까운도금": near, "먼도금": far})
    as_it_is = order_of(open_page(world, MANAGER, desk.page).text, desk.suppliers)
    assert as_it_is[0] == "가까운도금"
    tried = open_page(world, MANAGER, f"{desk.page}?weights.region_same=0&weights.supplier_size=20")
    moved = text_of(tried).split("이렇게 달라집니다")[1]
    assert moved.index("먼도금") < moved.index("가까운도금")
    assert "1계단 위로 먼도금" in moved
    assert len(desk.run_ids()) == 1
    weights = world.client.get("/v1/ranking/weights", headers=world.headers("admin")).json()
    assert weights["origin"] == "expert"


def test_administrators_keep_tried_weights_where_weights_are_set(world: World) -> None:
    desk = set_up(world)
    tried = open_page(world, "admin", f"{desk.page}?weights.region_same=0.7").text
    [address] = re.findall(r'href="(/admin/ranking/edit[^"]*)"', tried)
    filled = open_page(world, "admin", address).text
    assert re.search(r'name="weights.region_same"[^>]* value="0.7"', filled)
    assert re.search(r'name="weights.supplier_size"[^>]* value="[\d.]+"', filled)
    assert "/admin/ranking" not in open_page(world, MANAGER, f"{desk.page}?weights.region_same=0.7").text


def test_weights_as_they_are_move_nothing(world: World) -> None:
    desk = set_up(world)
    assert "이렇게 달라집니다" not in text_of(
        open_page(world, MANAGER, f"{desk.page}?weights.region_same=0.300")
    )


@pytest.mark.parametrize("typed", ["많이", "-1", "nan", "1e9"])
def test_a_weight_that_cannot_be_tried_is_told_beside_its_field(world: World, typed: str) -> None:
    desk = set_up(world)
    answer = open_page(world, MANAGER, f"{desk.page}?weights.region_same={typed}")
    assert answer.status_code == 422
    assert 'id="weights.region_same-error"' in answer.text


def test_up_to_four_suppliers_are_seen_side_by_side(world: World) -> None:
    desk = set_up(world, {f"도금{number}": {} for number in range(5)})
    ticked = [f"compare={one}" for one in desk.suppliers.values()]
    assert "나란히 보기" in text_of(open_page(world, MANAGER, f"{desk.page}?{'&'.join(ticked[:4])}"))
    beside = open_page(world, MANAGER, f"{desk.page}?{'&'.join(ticked[:2])}").text.split('class="compare"')[1]
    table = beside.split("</table>")[0]
    assert [name for name in desk.suppliers if name in table] == ["도금0", "도금1"]
    assert "네 곳까지" in text_of(open_page(world, MANAGER, f"{desk.page}?{'&'.join(ticked)}"))


def test_a_full_list_stays_a_small_page_and_has_a_second_part(world: World) -> None:
    text = "도금 두께를 자동으로 재어 로트마다 남기고 불량 원인을 찾게 합니다. " * 6
    profile = {"summary": text, "solutions": [companies.solution(description=text, categories=["QMS"])]}
    desk = set_up(world, {f"도금{number}": profile for number in range(22)})
    first = open_page(world, MANAGER, desk.page)
    second = open_page(world, MANAGER, f"{desk.page}?first=11")
    shown = [order_of(page.text, desk.suppliers) for page in (first, second)]
    assert [len(part) for part in shown] == [10, 10]
    assert not set(shown[0]) & set(shown[1])
    ticked = "&".join(f"compare={one}" for one in list(desk.suppliers.values())[:4])
    pages = (first, second, open_page(world, MANAGER, f"{desk.page}?{ticked}&weights.region_same=2"))
    assert max(len(page.content) for page in pages) < 100 * 1024


def test_a_candidate_is_left_out_with_a_reason_or_introduced_with_a_note(world: World) -> None:
    desk = set_up(world)
    assert decide(desk, "먼도금", "rejected", reason_code="too_far", comment="너무 멉니다") == 303
    assert decide(desk, "가까운도금", "introduced", comment="잘 맞습니다") == 303
    page = text_of(open_page(world, MANAGER, desk.page))
    assert "제외 거리가 멂 “너무 멉니다”" in page
    assert "소개 “잘 맞습니다”" in page
    assert len(desk.run_ids()) == 1


def test_nobody_introduces_or_moves_on_their_own_company(world: World) -> None:
    desk = set_up(world)
    has_stake(world, MANAGER, desk.suppliers["가까운도금"])
    assert decide(desk, "가까운도금", "introduced") == 422
    assert desk.verdicts() == []
    assert decide(desk, "가까운도금", "introduced", actor="admin") == 303
    assert move(desk, "proposed")[0] == 422
    assert desk.verdicts() == ["introduced"]


def test_an_introduction_is_defended_on_one_page(world: World) -> None:
    desk = set_up(world)
    open_page(world, MANAGER, desk.page)
    sheet = f"{desk.page}/runs/{desk.run_ids()[0]}/introduction"
    page = text_of(open_page(world, MANAGER, f"{sheet}?supplier={desk.suppliers['먼도금']}"))
    assert "먼도금 소개 자료" in page
    assert "함께 살펴본 곳 가까운도금" in page
    assert open_page(world, MANAGER, f"{sheet}?supplier=nobody").status_code == 404


def test_a_pair_goes_from_shortlist_to_completion_and_the_need_with_it(world: World) -> None:
    desk = set_up(world)
    decide(desk, "가까운도금", "shortlisted")
    states = []
    for verdict in ("introduced", "proposed", "contracted", "completed"):
        assert move(desk, verdict)[0] == 303
        states.append(desk.need_status())
    assert states == ["open", "open", "contracted", "closed"]
    assert desk.verdicts() == ["shortlisted", "introduced", "proposed", "contracted", "completed"]


def test_a_contract_that_came_to_nothing_opens_the_need_again(world: World) -> None:
    desk = set_up(world)
    decide(desk, "가까운도금", "contracted")
    assert desk.need_status() == "contracted"
    move(desk, "rejected", reason_code="supplier_declined")
    assert desk.need_status() == "open"


def test_a_need_that_was_closed_otherwise_stays_closed(world: World) -> None:
    desk = set_up(world)
    decide(desk, "가까운도금", "introduced")
    headers = world.headers("admin") | {"If-Match": "*"}
    world.client.patch(f"/v1/needs/{desk.need_id}", json={"status": "closed"}, headers=headers)
    move(desk, "contracted")
    assert desk.need_status() == "closed"


def test_a_card_that_somebody_else_moved_meanwhile_stays_where_it_is(world: World) -> None:
    desk = set_up(world)
    decide(desk, "가까운도금", "shortlisted")
    seen = desk.last_decision()
    move(desk, "introduced")
    status, said = move(desk, "rejected", seen=seen)
    assert status == 422
    assert "다른 담당자가 이 건을 옮겼습니다" in said
    assert move(desk, "introduced")[0] == 422
    assert desk.verdicts() == ["shortlisted", "introduced"]


def test_the_board_shows_a_pair_once_where_it_stands(world: World) -> None:
    desk = set_up(world)
    decide(desk, "가까운도금", "shortlisted")
    decide(desk, "먼도금", "rejected")
    move_back = desk.last_decision()
    move(desk, "proposed", seen=move_back)
    page = open_page(world, MANAGER, "/desk/pipeline").text
    columns = dict(re.findall(r'id="column-(\w+)">.*?<span class="figure">(\d+)', page, re.S))
    assert columns == {
        "shortlisted": "1",
        "introduced": "0",
        "proposed": "1",
        "contracted": "0",
        "completed": "0",
    }
    assert page.count("먼도금</a>") == 1


def test_the_board_shows_mine_a_region_and_what_stands_for_long(world: World) -> None:
    desk = set_up(world)
    decide(desk, "가까운도금", "introduced")
    for actor, query, found in (
        (MANAGER, "?mine=true", True),
        ("admin", "?mine=true", False),
        (MANAGER, "?region=41", True),
        (MANAGER, "?region=50", False),
        (MANAGER, "?days=7", False),
        (MANAGER, "?stage=introduced", True),
        (MANAGER, "?stage=contracted", False),
    ):
        assert ("가까운도금" in open_page(world, actor, f"/desk/pipeline{query}").text) is found, query


def test_a_move_comes_back_to_the_board_as_it_was_asked_for(world: World) -> None:
    desk = set_up(world)
    decide(desk, "가까운도금", "shortlisted")
    fields: dict[str, str | list[str]] = {
        "seen": desk.last_decision(),
        "verdict": "introduced",
        "back": "mine=true",
    }
    answer = send_form(world, MANAGER, "/desk/pipeline", fields)
    assert answer.headers["Location"] == "/desk/pipeline?mine=true&done=moved"


def test_chosen_needs_are_assigned_and_the_pairs_put_on_the_board(world: World) -> None:
    desk = set_up(world, {"가까운도금": {}, "먼도금": {"region": "50"}})
    other = world.thing("need_id", None)
    begun = send_form(
        world, MANAGER, "/desk/assignments", {"which": "chosen", "need_ids": [desk.need_id], "floor": "0"}
    )
    assert begun.status_code == 303, text_of(begun)
    plan = begun.headers["Location"].partition("?")[0]
    assert "수요 1건 가운데 0건" in text_of(open_page(world, MANAGER, plan))
    world.catch_up()
    page = open_page(world, MANAGER, plan).text
    assert desk.need_id in page
    assert other not in page
    has_stake(world, MANAGER, desk.suppliers["먼도금"])
    for _ in range(2):
        assert send_form(world, MANAGER, f"{plan}/shortlists", {}).status_code == 303
    assert desk.verdicts() == ["shortlisted"]
    assert open_page(world, MANAGER, f"{plan}/plan.csv").headers["Content-Type"].startswith("text/csv")
    assert plan in open_page(world, MANAGER, "/desk/assignments").text


def test_choosing_needs_but_none_is_told(world: World) -> None:
    set_up(world)
    answer = send_form(world, MANAGER, "/desk/assignments", {"which": "chosen"})
    assert answer.status_code == 422
    assert "배정할 수요를 하나 이상 골라 주세요" in text_of(answer)


def test_ticked_needs_are_not_passed_over_for_all(world: World) -> None:
    desk = set_up(world)
    answer = send_form(world, MANAGER, "/desk/assignments", {"which": "all", "need_ids": [desk.need_id]})
    assert answer.status_code == 422
    assert "수요 1건을 고르셨습니다" in text_of(answer)


def test_contacts_are_taken_along_only_with_a_reason_which_is_kept(world: World) -> None:
    sign_in(world.client, Role.SUPPLIER)
    refused = send_form(world, MANAGER, "/desk/exports", {"reason": "왜"})
    assert refused.status_code == 422
    taken = send_form(world, MANAGER, "/desk/exports", {"reason": "12월 설명회 안내", "status": "approved"})
    assert taken.headers["Content-Type"].startswith("text/csv")
    with world.client.app.state.database.transaction() as session:
        logged = session.connection().exec_driver_sql("SELECT purpose, reason FROM access_log")
        assert [tuple(row) for row in logged] == [("download", "12월 설명회 안내")]


@pytest.mark.parametrize("actor", ["supplier", "manufacturer"])
def test_companies_change_nothing_on_the_desk(world: World, actor: str) -> None:
    desk = set_up(world)
    open_page(world, MANAGER, desk.page)
    waiting = stored_supplier(world.client, SupplierStatus.PENDING)
    run = desk.run_ids()[0]
    forms: dict[str, dict[str, str | list[str]]] = {
        f"/desk/approvals/{waiting}": {"target": "approved"},
        f"{desk.page}/recommendations": {},
        f"{desk.page}/runs/{run}/decisions": {
            "supplier_id": desk.suppliers["먼도금"],
            "verdict": "introduced",
        },
        "/desk/pipeline": {"seen": run, "verdict": "introduced"},
        "/desk/assignments": {"which": "all"},
        "/desk/exports": {"reason": "그냥 보고 싶어서"},
    }
    assert [send_form(world, actor, path, fields).status_code for path, fields in forms.items()] == [403] * 6


def test_more_needs_take_no_more_queries(world: World) -> None:
    manufacturer = world.thing("manufacturer_id", "manufacturer")
    path = f"/v1/manufacturers/{manufacturer}/needs"
    for _ in range(3):
        world.client.post(path, json=companies.need(), headers=world.headers("admin"))
    few = statements(world, "/desk/needs")
    for _ in range(20):
        world.client.post(path, json=companies.need(), headers=world.headers("admin"))
    assert statements(world, "/desk/needs") == few


def test_more_cards_take_no_more_queries(world: World) -> None:
    desk = set_up(world, {f"도금{number}": {} for number in range(4)})
    decide(desk, "도금0", "introduced")
    few = statements(world, "/desk/pipeline"), statements(world, desk.page)
    for number in range(1, 4):
        decide(desk, f"도금{number}", "introduced")
    assert (statements(world, "/desk/pipeline"), statements(world, desk.page)) == few


def statements(world: World, path: str) -> int:
    """How many statements the database gets for a page."""
    engine = world.client.app.state.database.engine
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    open_page(world, MANAGER, path)
    event.listen(engine, "before_cursor_execute", note)
    try:
        open_page(world, MANAGER, path)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(seen)
