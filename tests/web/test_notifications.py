"""What people were told, on the website: one list for everybody, and the link that stops the mail."""

import re

import pytest
from starlette.testclient import TestClient

from service.accounts.tokens import issue_unsubscribing_token
from service.db.session import Database
from service.db.tables import NotificationCode
from service.notifications.mail import mail_choice_of
from service.notifications.operations import notify, notify_account_managers, notify_administrators
from tests.factories.world import World
from tests.web.opening import open_page, send_form, text_of

PATH = "/me/notifications"
UNSUBSCRIBE = f"{PATH}/unsubscribe"
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def tell(world: World, database: Database, role: str) -> None:
    """One thing of each kind of reader, told twice."""
    contract = {"contract_id": "00000000-0000-0000-0000-000000000001", "need_title": "도금 두께"}
    company = world.person(role).company_id
    with database.transaction() as session:
        for _ in range(2):
            if role == "supplier":
                notify(session, NotificationCode.CONTRACT_SETTLED, supplier_id=company, **contract)
            elif role == "manufacturer":
                notify(session, NotificationCode.CONTRACT_SETTLED, manufacturer_id=company, **contract)
            elif role == "account_manager":
                notify_account_managers(session, NotificationCode.CONTRACT_TO_RECORD, **contract)
            else:
                notify_administrators(session, NotificationCode.WEBHOOK_GONE, webhook="누리집")


@pytest.mark.parametrize(
    ("role", "goes_on"),
    [
        ("supplier", "/supplier/contracts/00000000-0000-0000-0000-000000000001"),
        ("manufacturer", "/manufacturer/contracts/00000000-0000-0000-0000-000000000001"),
        ("account_manager", "/desk/contracts/00000000-0000-0000-0000-000000000001"),
        ("admin", "/admin/webhooks"),
    ],
)
def test_everyone_has_a_list_and_the_header_counts_what_is_new(
    world: World, database: Database, role: str, goes_on: str
) -> None:
    assert "건 읽지 않음" not in text_of(open_page(world, role, "/me"))
    tell(world, database, role)
    assert "2 건 읽지 않음" in text_of(open_page(world, role, "/me"))
    shown = open_page(world, role, PATH).text
    assert f'href="{goes_on}"' in shown
    new = re.findall(r'<button[^>]+name="ids" value="([^"]+)"', shown)
    assert send_form(world, role, f"{PATH}/reading", {"ids": new[0]}).status_code == 303
    after = text_of(open_page(world, role, PATH))
    assert "1 건 읽지 않음" in after
    assert after.index("새 알림") < after.index("읽은 알림")


def test_the_list_of_suppliers_has_moved(world: World) -> None:
    answer = open_page(world, "supplier", "/supplier/notifications")
    assert (answer.status_code, answer.headers["Location"]) == (308, PATH)


def frequency(world: World, database: Database, role: str) -> str:
    with database.transaction() as session:
        return mail_choice_of(session, world.person(role).account_id).frequency


def token(world: World, role: str) -> str:
    return issue_unsubscribing_token(world.person(role).account_id, world.client.app.state.signing_key)


def test_a_mail_program_stops_the_mail_of_one_account_with_one_post(world: World, database: Database) -> None:
    """It has no cookie, tells no origin, and may send the form as multipart (RFC 8058 section 3.2)."""
    mail_program = TestClient(world.client.app)
    address = f"{UNSUBSCRIBE}?token={token(world, 'supplier')}"
    assert mail_program.get(address).status_code == 200
    assert frequency(world, database, "supplier") == "daily", "opening the link changes nothing"
    for sent in ({"data": ONE_CLICK}, {"files": {"List-Unsubscribe": (None, "One-Click")}}):
        answer = mail_program.post(address, follow_redirects=False, **sent)
        assert answer.status_code == 200
        assert "보내지 않습니다" in text_of(answer)
    assert frequency(world, database, "supplier") == "none"
    assert frequency(world, database, "manufacturer") == "daily"


def test_a_person_stops_the_mail_with_the_button_behind_the_link(world: World, database: Database) -> None:
    shown = open_page(world, "anonymous", f"{UNSUBSCRIBE}?token={token(world, 'supplier')}").text
    action = re.search(r'<form method="post" action="(/me/notifications/unsubscribe[^"]+)"', shown)
    assert action
    assert send_form(world, "anonymous", action[1], {}).status_code == 200
    assert frequency(world, database, "supplier") == "none"


def test_a_link_that_is_not_ours_stops_nothing_and_says_the_way_out(world: World, database: Database) -> None:
    good, key = token(world, "supplier"), world.client.app.state.signing_key
    for forged in (
        "",
        good[:-4] + "AAAA",
        issue_unsubscribing_token(world.person("supplier").company_id, key),
    ):
        answer = send_form(world, "supplier", f"{UNSUBSCRIBE}?token={forged}", ONE_CLICK)
        assert answer.status_code == 422
        assert "로그인해 알림 화면에서" in text_of(answer)
    assert frequency(world, database, "supplier") == "daily"


def test_only_that_form_is_taken_from_elsewhere(world: World, database: Database) -> None:
    """The token opens nothing else, and the other forms beside it are still refused."""
    elsewhere = TestClient(world.client.app)
    elsewhere.cookies.set("alliance_session", world.cookie("supplier") or "")
    for path, fields in ((PATH, {"frequency": "none"}), (f"{PATH}/reading", {"ids": "1"})):
        answer = elsewhere.post(f"{path}?token={token(world, 'supplier')}", data=fields)
        assert answer.status_code == 403
    bearer = {"Authorization": f"Bearer {token(world, 'supplier')}"}
    assert world.client.get("/v1/me/notifications", headers=bearer).status_code == 401
    assert frequency(world, database, "supplier") == "daily"
