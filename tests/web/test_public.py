"""The public pages over HTTP: what they show, to whom, and what they refuse."""

import re
from html import unescape
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlmodel import select

import seed_data
from service.db.session import Database
from service.db.tables import Cluster, ClusterMember, Programme, SupplierStatus
from service.jobs.services import Services
from service.kit import clock
from service.messages.examples import EXAMPLES
from service.messages.programmes import AMOUNTS
from service.needs.schemas import SHORTEST_PROBLEM
from service.recommendations.matching_engine import MatchingEngine
from service.settings import Settings
from service.web.public.trial import title_of
from tests.factories import companies
from tests.factories.answers import row_counts
from tests.factories.people import stored_supplier
from tests.factories.world import World
from tests.web.opening import open_page, send_form, text_of

PLATING = "도금 두께를 손으로 재고 종이에 적습니다. 불량이 나도 원인을 찾지 못합니다."
TYPED: dict[str, str | list[str]] = {
    "description": PLATING,
    "industry": "25",
    "region": "41",
    "budget_won": "",
}
PRIVATE = {
    "business_number": "120-81-47521",
    "representative_name": "박대표",
    "address": "경기도 화성시 비밀로 7",
}


def plater(world: World, **changes: Any) -> UUID:
    """A supplier that measures plating, with a person and an address that are nobody's business."""
    profile = PRIVATE | {
        "company_name": "한결계측",
        "homepage": "https://hangyeol.example",
        "summary": "도금 두께를 재고 기록하는 계측기를 만듭니다.",
        "service_regions": ["41", "28"],
        "certifications": ["ISO9001"],
        "contact": companies.contact(name="최연락"),
        "consents": companies.consents(),
        "solutions": [
            companies.solution(
                name="두께 기록기",
                description="도금 두께를 자동으로 재어 로트마다 남기고 불량 원인을 찾게 합니다.",
                categories=["QMS"],
                processes=["도금"],
                price_min_won=20_000_000,
                price_max_won=60_000_000,
            )
        ],
        "references": [
            {
                "title": "도금 라인 두께 기록",
                "problem": "도금 두께를 손으로 재고 종이에 적어 불량 원인을 몰랐다.",
                "outcome": "두께와 전류가 로트마다 남는다.",
                "industry": "25",
                "completed_on": "2024-05-31",
            }
        ],
    }
    return stored_supplier(world.client, **profile | changes)


def carried(html: str) -> tuple[str, dict[str, str]]:
    """Where the problem goes from the page of its candidates, and the fields that go along."""
    ((path, fields),) = re.findall(r'action="(/[^"]+)">((?:\s*<input type="hidden"[^>]+>)+)', html)
    return path, {
        name: unescape(value) for name, value in re.findall(r'name="([^"]+)" value="([^"]+)"', fields)
    }


def programme(world: World, code: str, **changes: Any) -> None:
    """A support programme."""
    row = {
        "name": code,
        "summary": "설비를 바꾸는 비용을 지원합니다.",
        "status": "open",
        "terms": {},
        "source": {},
    }
    with world.client.app.state.database.transaction() as session:
        session.add(Programme.model_validate({"code": code} | row | changes))


# The first page


def test_the_first_page_counts_what_the_directory_holds_and_links_to_it(world: World) -> None:
    plater(world)
    stored_supplier(world.client, region="28", solutions=[companies.solution(categories=["MES", "QMS"])])
    stored_supplier(world.client, status=SupplierStatus.PENDING, region="50")
    world.thing("need_id", None)
    answer = open_page(world, "anonymous", "/")
    said = text_of(answer)
    assert "2곳 승인된 공급기업" in said
    assert "2개 다루는 솔루션 분야" in said
    assert "2곳 공급기업이 있는 시도" in said
    assert "1건 공급기업을 찾는 문제" in said
    assert re.search(r'href="/suppliers\?category=QMS">[^<]+</a> <span class="quiet">2<', answer.text)
    assert 'href="/suppliers?region=50"' not in answer.text


def test_the_first_page_of_an_empty_alliance_still_says_what_to_do(world: World) -> None:
    said = text_of(open_page(world, "anonymous", "/"))
    assert "0곳 승인된 공급기업" in said
    assert "아직 승인된 공급기업이 없습니다" in said


def test_staff_go_from_a_figure_to_its_rows_at_the_desk(world: World) -> None:
    page = open_page(world, "account_manager", "/").text
    assert 'href="/desk/needs"' in page
    assert 'href="/desk/pipeline"' in page


def test_robots_are_kept_from_the_api_and_from_mailed_links(world: World) -> None:
    answer = open_page(world, "anonymous", "/robots.txt")
    assert answer.headers["content-type"].startswith("text/plain")
    assert "Disallow: /v1/" in answer.text
    assert "Disallow: /auth/" in answer.text
    assert "/suppliers" not in answer.text


# The directory


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("category=QMS", True),
        ("category=MES", False),
        ("region=41", True),
        ("region=28", False),
        ("serves=28", True),
        ("serves=50", False),
        ("words=도금 계측", True),
        ("words=용접", False),
        ("industry=25", True),
    ],
)
def test_the_directory_is_searched_by_each_of_its_fields(world: World, query: str, found: bool) -> None:
    plater(world)
    assert ("한결계측" in open_page(world, "anonymous", f"/suppliers?{query}").text) is found


def test_a_search_without_result_says_which_condition_to_drop_and_what_that_brings(world: World) -> None:
    plater(world)
    stored_supplier(world.client)
    answer = open_page(world, "anonymous", "/suppliers?category=QMS&region=41&words=용접")
    said = text_of(answer)
    assert "'찾을 말' 조건 빼기 : 1곳" in said
    assert "'솔루션 분야' 조건만 빼서는 나오지 않습니다" in said
    assert 'href="/suppliers?category=QMS&amp;region=41"' in answer.text


def test_a_long_directory_is_read_part_by_part_without_losing_what_was_asked(world: World) -> None:
    for number in range(25):
        stored_supplier(world.client, company_name=f"가나{number:02}")
    first = open_page(world, "anonymous", "/suppliers?category=MES").text
    (address,) = re.findall(r'href="(/suppliers\?category=MES&amp;cursor=[^"]+)"', first)
    second = open_page(world, "anonymous", address.replace("&amp;", "&")).text
    assert "가나23" in first
    assert "가나24" not in first
    assert re.findall(r"가나\d\d", second) == ["가나24"]
    assert "25곳" in text_of(open_page(world, "anonymous", "/suppliers?category=MES"))


def test_a_code_that_does_not_exist_is_refused_beside_its_field(world: World) -> None:
    answer = open_page(world, "anonymous", "/suppliers?category=NOTHING")
    assert answer.status_code == 422
    assert 'id="category-error"' in answer.text


def test_a_broken_cursor_is_refused_with_a_sentence(world: World) -> None:
    answer = open_page(world, "anonymous", "/suppliers?cursor=broken")
    assert answer.status_code == 422
    assert "form-errors" in answer.text


def test_only_staff_find_suppliers_that_are_not_approved(world: World) -> None:
    stored_supplier(world.client, status=SupplierStatus.PENDING, company_name="기다림산업")
    assert "기다림산업" not in open_page(world, "anonymous", "/suppliers?status=pending").text
    assert "기다림산업" in open_page(world, "account_manager", "/suppliers?status=pending").text


# The page of a supplier


def test_a_supplier_shows_what_it_offers_at_which_price_and_what_it_solved(world: World) -> None:
    said = text_of(open_page(world, "anonymous", f"/suppliers/{plater(world)}"))
    for shown in ("한결계측", "2,000만 원 ~ 6,000만 원", "도금", "품질관리(QMS)", "불량 원인을 몰랐다",
                  "두께와 전류가 로트마다 남는다", "경기도, 인천광역시", "2024. 5. 31."):  # fmt: skip
        assert shown in said


@pytest.mark.parametrize("actor", ["anonymous", "manufacturer", "account_manager"])
def test_nobody_reads_of_people_and_numbers_on_a_public_page(
    world: World, database: Database, actor: str
) -> None:
    supplier = plater(world)
    world.cookie(actor)
    before = row_counts(database)
    for path in ("/suppliers", f"/suppliers/{supplier}"):
        page = open_page(world, actor, path).text
        assert "한결계측" in page
        for private in (*PRIVATE.values(), "1208147521", "최연락", "031-123-4567", "@company.example"):
            assert private not in page
    assert row_counts(database) == before  # nothing personal was read, so no reading is kept


def test_a_supplier_that_is_not_approved_is_seen_by_itself_and_by_staff(world: World) -> None:
    own = world.thing("supplier_id", "supplier")
    pending = stored_supplier(world.client, status=SupplierStatus.PENDING)
    assert open_page(world, "anonymous", f"/suppliers/{pending}").status_code == 404
    assert open_page(world, "supplier", f"/suppliers/{pending}").status_code == 404
    seen = open_page(world, "account_manager", f"/suppliers/{pending}")
    assert "승인 대기" in text_of(seen)
    assert f'href="/desk/suppliers/{pending}"' in seen.text
    assert 'href="/supplier"' in open_page(world, "supplier", f"/suppliers/{own}").text


def test_what_a_supplier_wrote_is_text_and_nothing_else(world: World) -> None:
    supplier = plater(world, summary="<script>alert(1)</script> 도금 두께를 잽니다.")
    page = open_page(world, "anonymous", f"/suppliers/{supplier}").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


# Trying a problem


def test_a_problem_gets_candidates_without_names_and_with_reasons(world: World) -> None:
    plater(world)
    world.catch_up()
    answer = send_form(world, "anonymous", "/try", TYPED)
    said = text_of(answer)
    assert answer.status_code == 200
    assert "후보 1" in said
    for shown in (
        "필요해 보이는 솔루션",
        "담당자가 소개할 가능성",
        "추천한 이유",
        "적으신 글",
        "이 회사의 글",
    ):
        assert shown in said
    for hidden in ("한결계측", "두께 기록기", "hangyeol", "도금 라인 두께 기록"):
        assert hidden not in answer.text


def test_the_page_says_what_the_api_says(world: World) -> None:
    plater(world)
    plater(world, business_number="220-81-62517", company_name="다른계측", region="26")
    world.catch_up()
    body = companies.preview(title=title_of(PLATING), description=PLATING)
    told = world.client.post("/v1/recommendations/preview", json=body).json()
    said = text_of(send_form(world, "anonymous", "/try", TYPED))
    for item in told["items"]:
        assert f"{round(item['score'] * 100)}%" in said
        assert all(caution["text"] in said for caution in item["cautions"])
    for each in told["inferred_categories"]:
        assert each["name"] in said


def test_who_was_left_out_and_why_is_told(world: World) -> None:
    plater(world)
    plater(world, business_number="220-81-62517", service_regions=["50"])
    world.catch_up()
    said = text_of(send_form(world, "anonymous", "/try", TYPED))
    assert "공급기업 2곳을 살펴보았습니다" in said
    assert "지역을 맡지 않는 공급기업 1곳을 제외했습니다" in said


def test_when_nobody_fits_the_page_says_how_to_go_on(world: World) -> None:
    world.catch_up()
    said = text_of(send_form(world, "anonymous", "/try", TYPED))
    assert "맞는 공급기업을 찾지 못했습니다" in said
    assert "예산을 비우거나 다른 지역으로" in said


def test_nothing_of_a_tried_problem_is_kept(world: World, database: Database) -> None:
    plater(world)
    world.catch_up()
    before = row_counts(database)
    send_form(world, "anonymous", "/try", TYPED)
    assert row_counts(database) == before


def test_the_text_is_carried_to_the_registration_however_long_it_is(world: World) -> None:
    plater(world)
    world.catch_up()
    told = f"{PLATING} " * 40
    typed = TYPED | {"description": told, "budget_won": "9,000만"}
    path, fields = carried(send_form(world, "anonymous", "/try", typed).text)
    answer = send_form(world, "anonymous", path, fields)
    assert (path, answer.status_code) == ("/register/manufacturer", 200)
    assert f">{told.strip()}</textarea>" in answer.text
    assert 'value="도금 두께를 손으로 재고 종이에 적습니다."' in answer.text
    assert 'id="need.budget_won"' in answer.text
    assert 'value="90000000"' in answer.text
    assert '<option value="41" selected>' in answer.text
    assert "고칠 곳이" not in answer.text


def test_a_manufacturer_goes_on_to_write_the_need_down(world: World) -> None:
    plater(world)
    world.catch_up()
    path, fields = carried(send_form(world, "manufacturer", "/try", TYPED | {"budget_won": "9,000만"}).text)
    answer = send_form(world, "manufacturer", path, fields)
    assert (path, answer.status_code) == ("/manufacturer/needs/new", 200)
    assert f">{PLATING}</textarea>" in answer.text
    assert 'value="90000000"' in answer.text
    assert 'name="carried"' not in answer.text


def test_staff_see_who_the_candidates_are(world: World) -> None:
    supplier = plater(world)
    world.catch_up()
    page = send_form(world, "account_manager", "/try", TYPED).text
    assert f'<a href="/suppliers/{supplier}">한결계측</a>' in page


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"description": ""}, "description"),
        ({"description": "불량"}, "description"),
        ({"industry": ""}, "industry"),
        ({"region": "99"}, "region"),
        ({"budget_won": "많이"}, "budget_won"),
    ],
)
def test_what_cannot_be_used_is_refused_beside_its_field_and_what_was_typed_stays(
    world: World, changed: dict[str, str], field: str
) -> None:
    answer = send_form(world, "anonymous", "/try", TYPED | changed)
    assert answer.status_code == 422
    assert re.findall(r'id="([\w.]+)-error"', answer.text) == [field]
    if field != "description":
        assert PLATING in answer.text


def test_while_the_model_is_loading_the_page_keeps_the_text_and_says_to_try_again(
    world: World, database: Database, services: Services, settings: Settings
) -> None:
    world.client.app.state.matching = MatchingEngine(database, services.encoder, settings.intent_dir)
    answer = send_form(world, "anonymous", "/try", TYPED)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert "아직 준비 중입니다" in text_of(answer)
    assert PLATING in answer.text


@pytest.mark.parametrize("code", EXAMPLES)
def test_an_example_fills_the_form_so_that_it_can_be_sent(world: World, code: str) -> None:
    page = open_page(world, "anonymous", f"/try?example={code}").text
    example = EXAMPLES[code]
    assert example.description in page
    assert re.search(rf'value="{example.industry}" selected', page)
    assert re.search(rf'value="{example.region}" selected', page)
    assert send_form(world, "anonymous", "/try", dict(vars(example))).status_code == 200


def test_an_unknown_example_leaves_the_form_empty(world: World) -> None:
    assert open_page(world, "anonymous", "/try?example=nothing").status_code == 200


def test_a_problem_is_called_by_its_first_sentence() -> None:
    assert title_of(PLATING) == "도금 두께를 손으로 재고 종이에 적습니다."
    assert len(title_of("가" * 300)) == 200
    assert title_of("") == "–"
    assert all(len(each.description) > SHORTEST_PROBLEM for each in EXAMPLES.values())


# Support programmes


def test_programmes_are_listed_the_open_ones_first_and_closed_ones_say_so(world: World) -> None:
    programme(world, "A_ENDED", name="지난해 지원", valid_to=clock.today().replace(year=2020))
    programme(world, "B_CLOSED", name="닫힌 지원", status="closed")
    programme(world, "C_OPEN", name="올해 지원")
    said = text_of(open_page(world, "anonymous", "/programmes"))
    assert said.index("올해 지원") < said.index("지난해 지원") < said.index("닫힌 지원")
    assert said.count("열려 있음") == 1
    assert "끝난 사업이라 신청할 수 없습니다" in text_of(open_page(world, "anonymous", "/programmes/A_ENDED"))


def test_programmes_are_asked_for_by_whom_they_are_for_and_whether_they_are_open(world: World) -> None:
    programme(world, "ONE", name="공장 지원", terms={"audience": ["manufacturer"]})
    programme(world, "TWO", name="판매 지원", terms={"audience": ["supplier"]}, status="closed")
    page = open_page(world, "anonymous", "/programmes?audience=manufacturer").text
    assert "공장 지원" in page
    assert "판매 지원" not in page
    assert "판매 지원" in open_page(world, "anonymous", "/programmes?state=closed").text
    assert "조건에 맞는 사업이 없습니다" in text_of(
        open_page(world, "anonymous", "/programmes?audience=supplier&state=open")
    )
    assert open_page(world, "anonymous", "/programmes?audience=nobody").status_code == 422


def test_a_programme_tells_all_that_is_known_with_its_source(world: World) -> None:
    terms = {
        "audience": ["manufacturer"],
        "eligibility": ["중소 제조기업이어야 합니다."],
        "documents": ["사업자등록증"],
        "amount": {"per_company_cap_won": 27_000_000, "max_months": 36, "fund_total_won": None},
        "exclusive_with": ["OTHER"],
    }
    source = {"title": "도청 공고", "url": "https://province.example/1", "published": "2025-03-10"}
    programme(world, "ONE", terms=terms, source=source)
    programme(world, "OTHER", name="다른 지원")
    answer = open_page(world, "anonymous", "/programmes/ONE")
    said = text_of(answer)
    for shown in ("수요기업", "중소 제조기업이어야 합니다.", "사업자등록증", "기업당 한도 2,700만 원",
                  "최장 기간 36개월", "도청 공고", "2025. 3. 10.", "다른 지원"):  # fmt: skip
        assert shown in said
    assert "전체 재원" not in said
    assert open_page(world, "anonymous", "/programmes/NOTHING").status_code == 404


def test_every_figure_of_the_known_programmes_has_a_name() -> None:
    assert {name for row in seed_data.programmes() for name in row["amount"]} <= AMOUNTS.keys()


# Clusters


def cluster_with(world: World, need_id: str, manufacturer_id: str) -> str:
    """A cluster in which that need is."""
    cluster_id = world.thing("cluster_id", None)
    with world.client.app.state.database.transaction() as session:
        member = ClusterMember(
            cluster_id=UUID(cluster_id), need_id=UUID(need_id), manufacturer_id=UUID(manufacturer_id)
        )
        session.add(member)
    return cluster_id


def test_who_is_in_a_cluster_is_seen_by_staff_only_and_a_member_sees_itself(world: World) -> None:
    own = world.thing("need_id", "manufacturer")
    cluster = cluster_with(world, own, world.thing("manufacturer_id", "manufacturer"))
    other = world.thing("need_id", None)
    cluster_with(world, other, world.thing("manufacturer_id", None))
    public = open_page(world, "anonymous", f"/clusters/{cluster}").text
    assert "도금 머신비전 검사" in public
    assert "새벽금속" not in public
    assert own not in public
    member = open_page(world, "manufacturer", f"/clusters/{cluster}")
    assert f'href="/manufacturer/needs/{own}"' in member.text
    assert "함께 있는 다른 공장 1곳" in text_of(member)
    assert other not in member.text
    assert "새벽금속" not in member.text
    staff = open_page(world, "account_manager", f"/clusters/{cluster}").text
    assert staff.count("새벽금속") == 2
    assert f'href="/desk/needs/{other}"' in staff


def test_before_there_are_clusters_the_page_says_when_there_will_be(world: World) -> None:
    assert "매일 새벽 3시" in text_of(open_page(world, "anonymous", "/clusters"))


def test_a_closed_cluster_is_told_from_one_that_never_was(world: World) -> None:
    cluster = world.thing("cluster_id", None)
    with world.client.app.state.database.transaction() as session:
        session.exec(select(Cluster).where(Cluster.id == UUID(cluster))).one().closed_at = clock.now()
    closed = open_page(world, "anonymous", f"/clusters/{cluster}")
    assert closed.status_code == 410
    assert "/v1/" not in text_of(closed)
    assert open_page(world, "anonymous", f"/clusters/{uuid4()}").status_code == 404


# Where to register


def test_the_choice_of_registration_says_what_each_gets_and_needs(world: World) -> None:
    answer = open_page(world, "anonymous", "/register")
    said = text_of(answer)
    assert said.count("걸리는 시간") == said.count("준비할 것") == 2
    assert 'href="/register/supplier"' in answer.text
    assert 'href="/register/manufacturer"' in answer.text
