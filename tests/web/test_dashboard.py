"""The dashboard as a page: every figure is a link to the rows that it counts."""

import csv
import io
import re
from html import unescape

import pytest

from tests.factories.world import World
from tests.web.opening import open_page, text_of

LINK = re.compile(r'<a href="(/dashboard/[^"]+)">([\d,]+)</a>')


def recommended(world: World) -> None:
    """A need that was ranked and for which a supplier was introduced; another that nobody looked at."""
    run = world.thing("run_id", None)
    decision = {"supplier_id": world.shown_supplier, "verdict": "introduced"}
    answer = world.client.post(
        f"/v1/recommendations/{run}/feedback", json=decision, headers=world.headers("admin")
    )
    assert answer.status_code == 201
    world.thing("need_id", "manufacturer")


def test_every_figure_links_to_a_list_of_as_many(world: World) -> None:
    recommended(world)
    page = open_page(world, "account_manager", "/dashboard")
    links = [(unescape(address), int(count.replace(",", ""))) for address, count in LINK.findall(page.text)]
    assert len(links) > 8
    for address, count in links:
        found = open_page(world, "account_manager", address)
        assert found.status_code == 200
        assert found.text.count('<th scope="row">') == count, address


def test_targets_are_shown_as_the_governments_and_not_as_ours(world: World) -> None:
    said = text_of(open_page(world, "account_manager", "/dashboard"))
    assert "정부 전체의 목표입니다." in said
    assert "구축을 마쳤는지는 세지 않습니다." in said


def test_an_empty_alliance_says_so_everywhere(world: World) -> None:
    said = text_of(open_page(world, "account_manager", "/dashboard"))
    assert "소개를 기다리는 수요가 없습니다." in said
    assert "추천해 본 열린 수요에는 모두 좋은 후보가 있습니다." in said


def test_a_period_that_cannot_be_is_told_and_the_usual_one_shown(world: World) -> None:
    page = open_page(world, "account_manager", "/dashboard?since=2026-05-01&until=2026-04-01")
    assert page.status_code == 200
    assert "끝나는 날이 시작하는 날보다 앞섭니다." in text_of(page)
    assert 'value="2026-05-01"' in page.text


@pytest.mark.parametrize("name", ["targets", "funnel", "exposure", "waiting", "months"])
def test_the_page_offers_each_table_as_a_file(world: World, name: str) -> None:
    recommended(world)
    page = open_page(world, "account_manager", "/dashboard")
    offered = re.findall(r'href="(/dashboard/figures\.csv\?[^"]+)"', page.text)
    address = next(unescape(each) for each in offered if f"name={name}&" in unescape(each))
    answer = open_page(world, "account_manager", address)
    assert len(list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))) > 1


def test_rows_are_narrowed_by_region_and_state(world: World) -> None:
    recommended(world)
    everyone = open_page(world, "account_manager", "/dashboard/needs")
    waiting = open_page(world, "account_manager", "/dashboard/needs?state=waiting&region=41")
    nobody = open_page(world, "account_manager", "/dashboard/needs?region=50")
    counts = [page.text.count('<th scope="row">') for page in (everyone, waiting, nobody)]
    assert counts == [2, 1, 0]
    assert "이 조건에 맞는 것이 없습니다." in text_of(nobody)


def test_a_question_that_cannot_be_read_is_a_refusal_beside_its_field(world: World) -> None:
    page = open_page(world, "account_manager", "/dashboard/needs?since=soon")
    assert page.status_code == 422
    assert 'id="since-error"' in page.text
