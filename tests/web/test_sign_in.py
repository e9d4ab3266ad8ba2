"""Signing in with a browser, the pages behind mailed links, and refusals as pages."""

from uuid import uuid4

import pytest
from starlette.testclient import TestClient

from service.db.tables import Account
from service.web.visitor import COOKIE
from tests.factories import companies
from tests.factories.mail import last_token
from tests.factories.world import World
from tests.web.opening import AS_A_BROWSER, open_page, send_form, text_of


def _email(world: World, actor: str) -> str:
    with world.client.app.state.database.transaction() as session:
        return session.get_one(Account, world.person(actor).account_id).email


def _credentials(world: World, actor: str) -> dict[str, str | list[str]]:
    return {"email": _email(world, actor), "password": companies.PASSWORD}


@pytest.mark.parametrize(
    ("actor", "home"), [("supplier", "/supplier"), ("manufacturer", "/manufacturer"), ("admin", "/desk")]
)
def test_everyone_lands_where_they_work(world: World, actor: str, home: str) -> None:
    answer = send_form(world, "anonymous", "/sign-in", _credentials(world, actor))
    assert (answer.status_code, answer.headers["Location"]) == (303, home)
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie


def test_one_comes_back_to_where_one_wanted_to_go_but_never_to_another_site(world: World) -> None:
    fields = _credentials(world, "supplier")
    for wanted, reached in (
        ("/supplier/leads?page=2", "/supplier/leads?page=2"),
        ("https://elsewhere.example/", "/supplier"),
        ("//elsewhere.example/", "/supplier"),
        ("/\\elsewhere.example", "/supplier"),
    ):
        answer = send_form(world, "anonymous", "/sign-in", fields | {"next": wanted})
        assert answer.headers["Location"] == reached


def test_a_wrong_password_keeps_the_address_and_never_the_password(world: World) -> None:
    fields = _credentials(world, "supplier") | {"password": "not-the-password"}
    answer = send_form(world, "anonymous", "/sign-in", fields)
    assert answer.status_code == 422
    assert "비밀번호가 맞지 않습니다" in text_of(answer)
    assert str(fields["email"]) in answer.text
    assert "not-the-password" not in answer.text


def test_signing_out_ends_the_session_and_not_only_the_cookie(world: World) -> None:
    cookie = world.cookie("supplier")
    assert send_form(world, "supplier", "/sign-out", {}).status_code == 303
    client = TestClient(world.client.app)
    client.cookies.set(COOKIE, cookie or "")
    assert "로그인" in client.get("/sign-in", headers=AS_A_BROWSER).text


def test_a_cookie_is_no_access_token_and_the_other_way_round(world: World) -> None:
    person = world.person("supplier")
    bearer = {"Authorization": f"Bearer {person.cookie}"}
    assert world.client.get("/v1/me", headers=bearer).status_code == 401
    client = TestClient(world.client.app)
    client.cookies.set(COOKIE, person.headers["Authorization"].removeprefix("Bearer "))
    assert client.get("/sign-in", headers=AS_A_BROWSER, follow_redirects=False).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {},
    ],
)
def test_a_form_of_another_site_is_refused(world: World, headers: dict[str, str]) -> None:
    person = world.person("supplier")
    client = TestClient(world.client.app)
    client.cookies.set(COOKIE, person.cookie or "")
    answer = client.post("/sign-out", headers={"Accept": "text/html"} | headers)
    assert answer.status_code == 403
    assert "이 화면이 아닌 곳에서 보낸" in text_of(answer)
    assert world.client.get("/v1/me", headers=person.headers).status_code == 200


def test_an_old_browser_that_tells_its_origin_is_served(world: World) -> None:
    client = TestClient(world.client.app)
    fields = _credentials(world, "supplier")
    answer = client.post(
        "/sign-in", data=fields, headers={"Origin": "http://testserver"}, follow_redirects=False
    )
    assert answer.status_code == 303


def test_a_forgotten_password_is_set_anew_by_the_mailed_link(world: World) -> None:
    email = _email(world, "supplier")
    assert send_form(world, "anonymous", "/password-reset", {"email": email}).status_code == 303
    world.catch_up()
    token = last_token(world.client.app.state.settings, email)
    opened = open_page(world, "anonymous", f"/auth/password-reset?token={token}")
    assert opened.status_code == 200
    fields: dict[str, str | list[str]] = {"token": token, "password": "a-new-one-for-me"}
    assert send_form(world, "anonymous", "/auth/password-reset", fields).status_code == 303
    again = send_form(world, "anonymous", "/auth/password-reset", fields)
    assert again.status_code == 422
    assert "링크 다시 받기" in text_of(again)
    answer = send_form(world, "anonymous", "/sign-in", {"email": email, "password": "a-new-one-for-me"})
    assert answer.status_code == 303


def test_an_unknown_page_is_a_page_and_an_unknown_address_of_the_api_a_document(world: World) -> None:
    page = open_page(world, "anonymous", "/no-such-page")
    assert page.status_code == 404
    assert "찾는 화면이 없거나" in text_of(page)
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    assert page.headers["X-Frame-Options"] == "DENY"
    document = world.client.get("/v1/no-such-thing", headers={"Accept": "text/html"})
    assert document.headers["Content-Type"] == "application/problem+json"
    assert world.client.get("/no-such-page").headers["Content-Type"] == "application/problem+json"


def test_an_address_cannot_write_into_a_page(world: World) -> None:
    for path in (
        "/sign-in?next=%22%3E%3Cscript%3E1%3C/script%3E",
        "/sign-in?done=%3Cscript%3E",
        "/%3Cscript%3E",
    ):
        assert "<script>" not in open_page(world, "anonymous", path).text


def test_a_fault_of_our_own_is_a_page_with_its_number(world: World) -> None:
    app = world.client.app

    @app.get("/broken-for-a-test", include_in_schema=False)
    def broken() -> None:
        raise RuntimeError("secret words")

    try:
        answer = open_page(world, "anonymous", "/broken-for-a-test")
    finally:
        app.router.routes.pop()
    assert answer.status_code == 500
    assert answer.headers["X-Request-ID"] in answer.text
    assert "secret words" not in answer.text


def test_static_files_may_be_kept_when_their_address_says_which_they_are(world: World) -> None:
    page = open_page(world, "anonymous", "/sign-in").text
    marked = page.split('href="/static/site.css')[1].split('"')[0]
    assert "immutable" in world.client.get(f"/static/site.css{marked}").headers["Cache-Control"]
    assert world.client.get("/static/site.css").headers["Cache-Control"] == "no-cache"


def test_a_refusal_does_not_look_like_being_signed_out(world: World) -> None:
    page = text_of(open_page(world, "manufacturer", f"/manufacturer/needs/{uuid4()}"))
    assert "로그아웃" in page
    assert "등록하기" not in page


@pytest.mark.parametrize(
    "path", ["/suppliers/abc", "/clusters?cursor=abc", "/suppliers?cursor=abc", "/sign-out"]
)
def test_a_broken_address_is_told_without_words_of_the_api(world: World, path: str) -> None:
    page = text_of(open_page(world, "anonymous", path))
    assert "주세요." in page
    for word in ("errors", "UUID", "cursor", "GET"):
        assert word not in page
