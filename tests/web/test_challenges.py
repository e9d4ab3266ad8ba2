"""Pages of challenges: what a form refuses, what nobody may see, what a decision needs."""

import pytest

from tests.factories.challenges import CRITERIA, DEPARTMENTS, application, call, days_later, review
from tests.factories.world import World
from tests.web.opening import open_page, send_form, text_of

CLOSED = 11


def fields_of_call(**changes: str) -> dict[str, str | list[str]]:
    """A whole call as the form sends it."""
    body = call()
    plain = ("title", "purpose", "opens_on", "closes_on")
    sent: dict[str, str | list[str]] = {name: body[name] for name in plain}
    sent |= {"fields": "환경, 산업안전", "places": "2", "reviewers_per_application": "2"}
    for number, criterion in enumerate(CRITERIA):
        sent |= {f"criteria.{number}.{name}": str(value) for name, value in criterion.items()}
    for number, department in enumerate(DEPARTMENTS):
        sent |= {f"departments.{number}.{name}": value for name, value in department.items()}
    return sent | changes


def scores(*given: str) -> dict[str, str | list[str]]:
    """The form of a review; the criterion stands in each row, so that an empty one keeps its place."""
    sent: dict[str, str | list[str]] = {"version": "1"}
    for number, score in enumerate(given):
        row = f"scores.{number}"
        sent |= {f"{row}.criterion": str(number + 1), f"{row}.comment": "좋습니다"}
        sent |= {f"{row}.score": score} if score else {}
    return sent


def test_a_call_whose_weights_are_wrong_is_shown_again_with_what_was_typed(world: World) -> None:
    typed = fields_of_call(**{"criteria.1.weight_percent": "50", "title": "적던 제목"})
    refused = send_form(world, "admin", "/admin/challenges/new", typed)
    assert refused.status_code == 422
    assert "지금은 90입니다" in text_of(refused)
    assert 'value="적던 제목"' in refused.text
    made = send_form(world, "admin", "/admin/challenges/new", fields_of_call())
    assert made.status_code == 303
    shown = open_page(world, "admin", made.headers["Location"])
    assert "챌린지를 만들었습니다" in text_of(shown)
    assert "공고하기" in text_of(shown)


def test_a_draft_has_no_public_page(world: World) -> None:
    made = send_form(world, "admin", "/admin/challenges/new", fields_of_call())
    path = made.headers["Location"].partition("?")[0].removeprefix("/admin")
    assert open_page(world, "anonymous", path).status_code == 404
    send_form(world, "admin", f"/admin{path}/publication", {})
    assert "지원 받는 중" in text_of(open_page(world, "anonymous", path))


def test_a_supplier_applies_is_told_what_is_missing_and_sees_its_application(world: World) -> None:
    path = f"/supplier/challenges/{world.thing('challenge_id', None)}/new"
    refused = send_form(world, "supplier", path, application(problem="", field="환경"))
    assert refused.status_code == 422
    assert "비어 있습니다" in text_of(refused)
    assert application()["proposal"] in refused.text
    sent = send_form(world, "supplier", path, application())
    own = sent.headers["Location"].partition("?")[0]
    assert "고칠 수 있음" in text_of(open_page(world, "supplier", own))
    assert open_page(world, "supplier", path).headers["Location"] == own
    with days_later(CLOSED):
        late = text_of(open_page(world, "supplier", own))
        assert "지원 기간이 끝나 고칠 수 없습니다" in late
        assert "저장하기" not in late


def test_a_score_that_was_left_out_is_told_at_its_criterion(world: World) -> None:
    path = f"/desk/reviews/{world.thing('review_id', 'account_manager')}"
    refused = send_form(world, "account_manager", path, scores("4", ""))
    assert refused.status_code == 422
    assert 'href="#scores.1.score"' in refused.text
    assert send_form(world, "account_manager", path, scores("4", "2")).status_code == 303
    assert "제출함" in text_of(open_page(world, "account_manager", "/desk/reviews"))


def test_a_reviewer_keeps_away_from_a_company_without_learning_whether_it_applied(world: World) -> None:
    challenge = world.thing("challenge_id", None)
    form: dict[str, str | list[str]] = {"challenge_id": challenge, "reason": "자문을 맡았습니다"}
    unknown = send_form(
        world, "account_manager", "/desk/reviews/conflicts", form | {"business_number": "120-81-47521"}
    )
    assert unknown.status_code == 422
    supplier = world.client.get(
        f"/v1/suppliers/{world.thing('supplier_id', None)}", headers=world.headers("admin")
    ).json()
    known = form | {"business_number": supplier["business_number"]}
    assert send_form(world, "account_manager", "/desk/reviews/conflicts", known).status_code == 303
    page = text_of(open_page(world, "account_manager", "/desk/reviews"))
    assert f"{supplier['company_name']} (자문을 맡았습니다)" in page


@pytest.fixture
def judged(world: World) -> tuple[str, str]:
    """The ids of a call whose only application has been reviewed, and of the application."""
    application_id = world.thing("application_id", "supplier")
    challenge = world.client.get(
        f"/v1/challenge-applications/{application_id}", headers=world.headers("admin")
    ).json()["challenge_id"]
    path = f"/v1/challenges/{challenge}"
    world.client.patch(
        path, headers=world.headers("admin") | {"If-Match": "*"}, json={"reviewers_per_application": 1}
    )
    who = world.person("account_manager")
    with days_later(CLOSED):
        asked = {"reviewer_ids": [str(who.account_id)]}
        world.client.post(f"{path}/panel", headers=world.headers("admin"), json=asked)
        (given,) = world.client.get("/v1/challenge-reviews", headers=who.headers).json()["items"]
        world.client.patch(
            f"/v1/challenge-reviews/{given['id']}", headers=who.headers | {"If-Match": "*"}, json=review()
        )
    return challenge, application_id


def test_whoever_is_chosen_needs_a_department(world: World, judged: tuple[str, str]) -> None:
    challenge, application_id = judged
    path = f"/admin/challenges/{challenge}"
    with days_later(CLOSED):
        page = open_page(world, "admin", path)
        version = page.text.partition('name="version" value="')[2].partition('"')[0]
        form: dict[str, str | list[str]] = {"version": version, "pick": [application_id]}
        refused = send_form(world, "admin", f"{path}/decision", form)
        assert refused.status_code == 422
        assert "함께 일할 부서를 골라 주세요" in text_of(refused)
        department = page.text.partition('<option value="0')[2].partition('"')[0]
        whole = form | {f"department.{application_id}": f"0{department}"}
        assert send_form(world, "admin", f"{path}/decision", whole).status_code == 303
        assert "선정된 곳" in text_of(open_page(world, "anonymous", f"/challenges/{challenge}"))
        own = text_of(open_page(world, "supplier", f"/supplier/challenges/applications/{application_id}"))
        assert "선정되었습니다" in own
        assert "현장을 잘 압니다" in own
