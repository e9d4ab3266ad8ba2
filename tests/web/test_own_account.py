"""Everyone's own account over HTTP: name, password, sessions, colleagues, consents, closing."""

from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from service.accounts.actor import Role
from service.web.visitor import COOKIE
from tests.factories import companies
from tests.factories.mail import letters_to
from tests.factories.people import sign_in
from tests.factories.world import World
from tests.web.opening import AS_A_BROWSER, open_page, send_form, text_of

ROLES = ("supplier", "manufacturer", "account_manager", "admin")
MAKER = "manufacturer"
NEW_PASSWORD = "another good password"


@pytest.mark.parametrize("role", ROLES)
def test_everyone_changes_their_name_and_telephone(world: World, role: str) -> None:
    answer = send_form(world, role, "/me", {"name": "박새로", "phone": "031-555-0000"})
    assert answer.headers["Location"] == "/me?done=saved"
    shown = open_page(world, role, "/me").text
    assert 'value="박새로"' in shown
    assert 'value="031-555-0000"' in shown


def test_a_password_is_not_changed_without_the_present_one(world: World) -> None:
    send_form(world, MAKER, "/me", {"name": "박새로", "password": NEW_PASSWORD})
    for present, said in (("", "지금 쓰는 비밀번호를 적어"), ("wrong password", "맞지 않습니다")):
        fields = {"present_password": present, "password": NEW_PASSWORD, "password_again": NEW_PASSWORD}
        answer = send_form(world, MAKER, "/me/password", fields)
        assert answer.status_code == 422
        assert 'id="present_password-error"' in answer.text
        assert said in text_of(answer)
        assert NEW_PASSWORD not in answer.text


def test_two_different_new_passwords_are_refused(world: World) -> None:
    fields = {"present_password": companies.PASSWORD, "password": NEW_PASSWORD, "password_again": "other one"}
    answer = send_form(world, MAKER, "/me/password", fields)
    assert 'id="password_again-error"' in answer.text


def test_a_new_password_ends_other_sessions_and_keeps_this_browser(world: World) -> None:
    other = world.thing("session_id", MAKER)
    fields = {"present_password": companies.PASSWORD, "password": NEW_PASSWORD}
    answer = send_form(world, MAKER, "/me/password", fields | {"password_again": NEW_PASSWORD})
    assert answer.headers["Location"] == "/me?done=password_new"
    client = TestClient(world.client.app)
    client.cookies.set(COOKIE, answer.cookies[COOKIE])
    sessions = client.get("/me/sessions", headers=AS_A_BROWSER)
    assert sessions.status_code == 200
    assert other not in sessions.text
    assert open_page(world, MAKER, "/me").status_code == 303  # the cookie of before


def test_one_session_of_many_is_ended(world: World) -> None:
    other = world.thing("session_id", MAKER)
    assert f"/me/sessions/{other}/end" in open_page(world, MAKER, "/me/sessions").text
    answer = send_form(world, MAKER, f"/me/sessions/{other}/end", {})
    assert answer.headers["Location"] == "/me/sessions?done=session_ended"
    assert other not in open_page(world, MAKER, "/me/sessions").text


def test_nobody_ends_the_session_of_another(world: World) -> None:
    assert (
        send_form(world, MAKER, f"/me/sessions/{world.thing('session_id', None)}/end", {}).status_code == 404
    )


def test_all_others_are_ended_or_all(world: World) -> None:
    other = world.thing("session_id", MAKER)
    send_form(world, MAKER, "/me/sessions/others/end", {})
    shown = open_page(world, MAKER, "/me/sessions")
    assert (shown.status_code, other in shown.text) == (200, False)
    assert (
        send_form(world, MAKER, "/me/sessions/all/end", {}).headers["Location"] == "/sign-in?done=signed_out"
    )
    assert open_page(world, MAKER, "/me/sessions").status_code == 303


def test_a_colleague_is_invited_and_removed(world: World) -> None:
    email = companies.contact()["email"]
    answer = send_form(world, MAKER, "/me/colleagues", {"name": "박동료", "email": email})
    assert answer.headers["Location"] == "/me/colleagues?done=invited"
    assert "초대함" in text_of(open_page(world, MAKER, "/me/colleagues"))
    colleague = sign_in(world.client, Role(MAKER), world.person(MAKER).company_id)
    send_form(world, MAKER, f"/me/colleagues/{colleague.account_id}/removal", {})
    shown = open_page(world, MAKER, "/me/colleagues").text
    assert f"/me/colleagues/{colleague.account_id}/removal" not in shown


def test_the_last_person_of_a_company_is_not_removed(world: World) -> None:
    me = world.person(MAKER).account_id
    answer = send_form(world, MAKER, f"/me/colleagues/{me}/removal", {})
    assert answer.status_code == 422
    assert "마지막 사람" in text_of(answer)


def test_a_consent_is_given_and_withdrawn_and_both_stay_on_record(world: World) -> None:
    for accepted in ("true", "false"):
        fields = {"purpose": "marketing", "accepted": accepted}
        assert send_form(world, MAKER, "/me/privacy/consents", fields).status_code == 303
    shown = text_of(open_page(world, MAKER, "/me/privacy"))
    assert "동의한 기록 (2건)" in shown
    assert "소식 받기 (선택) 동의하지 않음" in shown
    assert "지원 사업과 행사 소식을 보내기 위해" in shown


def test_the_consent_to_the_registration_itself_is_not_withdrawn_here(world: World) -> None:
    fields = {"purpose": "registration", "accepted": "false"}
    answer = send_form(world, MAKER, "/me/privacy/consents", fields)
    assert answer.status_code == 422


def test_own_data_is_saved_as_a_file(world: World) -> None:
    answer = open_page(world, MAKER, "/me/privacy/my-data.json")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="my-data.json"'
    held = answer.json()
    assert held["account"]["id"] == str(world.person(MAKER).account_id)
    assert "password_hash" not in answer.text


def test_an_account_is_closed_only_by_typing_the_word(world: World) -> None:
    refused = send_form(world, MAKER, "/me/privacy/closure", {"closing_word": "네"})
    assert (refused.status_code, 'id="closing_word-error"' in refused.text) == (422, True)
    closed = send_form(world, MAKER, "/me/privacy/closure", {"closing_word": "계정 닫기"})
    assert closed.headers["Location"] == "/?done=closed"
    assert open_page(world, MAKER, "/me").status_code == 303


@pytest.mark.parametrize("role", ["account_manager", "admin"])
def test_staff_do_not_close_themselves(world: World, role: str) -> None:
    assert "계정 닫기" not in open_page(world, role, "/me/privacy").text
    assert send_form(world, role, "/me/privacy/closure", {"closing_word": "계정 닫기"}).status_code == 403


def test_an_invitation_goes_out_by_mail(world: World, run_jobs: Callable[[], None]) -> None:
    email = companies.contact()["email"]
    send_form(world, "supplier", "/me/colleagues", {"name": "박동료", "email": email})
    run_jobs()
    assert letters_to(world.client.app.state.settings, email)
