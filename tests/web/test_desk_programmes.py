"""Programmes at the desk: whom a programme fits, why not, what to ask for, and the files."""

import csv
import io

import pytest

import seed_data
from service.accounts.actor import SYSTEM
from service.programmes.operations import write_programmes
from tests.factories.people import stored_manufacturer, stored_supplier
from tests.factories.world import World
from tests.web.opening import open_page, text_of

MANAGER = "account_manager"
CODE = "CHUNGBUK_SMALL_FACTORY_2025"
HERE = f"/desk/programmes/{CODE}"


@pytest.fixture
def world(world: World) -> World:
    """With the programmes of the seed data and three manufacturers that they fit, do not, or may."""
    with world.client.app.state.database.transaction() as session:
        write_programmes(session, SYSTEM, seed_data.programmes())
    for name, region, smart_level in (
        ("맞는제과", "43", "기초"),
        ("서울금속", "11", None),
        ("=청주기계", "43", None),
    ):
        stored_manufacturer(
            world.client, company_name=name, region=region, employee_count=8, smart_level=smart_level
        )
    return world


def test_the_companies_are_sorted_by_the_answer_with_the_reason(world: World) -> None:
    fitting = text_of(open_page(world, MANAGER, HERE))
    assert "맞는제과" in fitting
    assert "서울금속" not in fitting
    not_fitting = text_of(open_page(world, MANAGER, f"{HERE}?eligibility=not_eligible"))
    assert "충청북도에 있어야 합니다. 1곳" in not_fitting
    assert "서울금속 수요기업 서울특별시 충청북도에 있어야 합니다." in not_fitting


def test_what_is_missing_is_named_so_that_it_can_be_asked_for(world: World) -> None:
    here = "/desk/programmes/DIGITAL_CLUSTER?eligibility=unknown"
    shown = text_of(open_page(world, MANAGER, here))
    assert "무엇을 물어봐야 합니까 스마트공장 수준 2곳" in shown
    narrowed = text_of(open_page(world, MANAGER, f"{here}&missing=smart_level&region=11"))
    assert "서울금속" in narrowed
    assert "=청주기계" not in narrowed


def test_the_file_holds_all_of_them_and_runs_no_formula(world: World) -> None:
    answer = open_page(world, MANAGER, f"{HERE}/companies.csv?region=43")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert {row["회사"] for row in rows} == {"맞는제과", "'=청주기계"}
    assert {row["판정"] for row in rows} == {"조건에 맞음"}
    assert all("2023~2024년" in row["확인할 조건"] for row in rows)
    workbook = open_page(world, MANAGER, f"{HERE}/companies.xlsx?region=43")
    assert workbook.content.startswith(b"PK")


def test_a_company_at_the_desk_has_its_programmes_the_largest_benefit_first(world: World) -> None:
    company = stored_manufacturer(world.client, region="43", employee_count=8)
    shown = text_of(open_page(world, MANAGER, f"/desk/manufacturers/{company}"))
    grant, small = (shown.index(name) for name in ("지원금 (정부형)", "충청북도 소기업형"))
    assert grant < small, "two hundred million won before twenty-seven"
    assert "2억 원" in shown[grant:small]
    seller = text_of(open_page(world, MANAGER, f"/desk/suppliers/{stored_supplier(world.client)}"))
    assert "상생협력펀드 대출 조건에 맞음" in seller


def test_a_question_that_nobody_can_answer_is_refused_beside_its_field(world: World) -> None:
    answer = open_page(world, MANAGER, f"{HERE}?region=99")
    assert answer.status_code == 422
    assert "99" in text_of(answer)
