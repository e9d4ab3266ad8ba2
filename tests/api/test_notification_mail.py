"""Notifications are mailed when each person wants: at once, in a digest once a day or a week, or never."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from service.accounts.actor import Role
from service.db.tables import Account, NotificationCode
from service.jobs.services import Services
from service.kit import clock
from service.mail.carriers import MailError
from service.notifications.jobs import mail_digest_task
from service.notifications.mail import have_digests_mailed, take_up_digest
from service.notifications.operations import (
    notify,
    notify_account_managers,
    notify_administrators,
    notify_person,
)
from tests.factories.mail import letters_to
from tests.factories.people import Person, sign_in

MONDAY = date(2026, 11, 30)
SITE = "http://127.0.0.1:8000"
KEY = "a key of at least thirty-two bytes"


def morning(day: date) -> datetime:
    """Eight o'clock in Korea."""
    return datetime(day.year, day.month, day.day, 8, tzinfo=clock.KST)


class Office:
    """One supplier's person with a confirmed address, told of things on some days."""

    def __init__(self, client: TestClient, services: Services, run_jobs: Callable[[], None]) -> None:
        self.client, self.services, self.run_jobs = client, services, run_jobs
        self.database = services.database
        self.person = self.confirmed(sign_in(client, Role.SUPPLIER))

    def confirmed(self, person: Person) -> Person:
        with self.database.transaction() as session:
            session.get_one(Account, person.account_id).email_confirmed_at = clock.now()
        return person

    def email(self, person: Person) -> str:
        with self.database.transaction() as session:
            return session.get_one(Account, person.account_id).email

    def choose(self, frequency: str, on: date | None = None, person: Person | None = None) -> None:
        headers = (person or self.person).headers | {"If-Match": "*"}
        body = {"frequency": frequency}
        answer = self.client.patch("/v1/me/notification-mail", json=body, headers=headers)
        assert answer.status_code == 200, answer.text
        if on:
            with self.database.transaction() as session:
                session.execute(
                    text("UPDATE mail_choice SET told_until = :on"),
                    {"on": morning(on)},
                )

    def told(self, day: date, code: str = "supplier_approved", hour: int = 12, **facts: str) -> None:
        with (
            clock.frozen(morning(day) + timedelta(hours=hour - 8)),
            self.database.transaction() as session,
        ):
            notify(session, NotificationCode(code), supplier_id=self.person.company_id, **facts)

    def mail_of(self, day: date) -> int:
        """The morning's job, and its mail sent."""
        with clock.frozen(morning(day)):
            with self.database.transaction() as session:
                arranged = have_digests_mailed(session)
            self.run_jobs()
        return arranged

    def letters(self, person: Person | None = None) -> list[EmailMessage]:
        return letters_to(self.services.settings, self.email(person or self.person))


@pytest.fixture
def office(client: TestClient, services: Services, run_jobs: Callable[[], None]) -> Office:
    return Office(client, services, run_jobs)


def content(letter: EmailMessage) -> str:
    found: str = letter.get_content()
    return found


def test_who_never_chose_gets_one_letter_a_day_by_kind(office: Office) -> None:
    office.told(MONDAY, "introduced_to_manufacturer", need_title="도금 두께")
    office.told(MONDAY, "certificate_expired", certification="GS", hour=13)
    office.told(MONDAY, "introduced_to_manufacturer", need_title="창고 재고", hour=14)
    assert office.mail_of(MONDAY + timedelta(days=1)) == 1
    (letter,) = office.letters()
    assert letter["Subject"] == "[스마트 팩토리 얼라이언스] 새 알림 3건"
    told = content(letter)
    assert "■ 수요기업에 소개되었습니다 (2건)" in told
    assert told.index("도금 두께") < told.index("창고 재고") < told.index("GS 인증")
    assert f"{SITE}/supplier/leads" in told
    assert f"그만 받으려면: {SITE}/me/notifications" in told
    link = letter["List-Unsubscribe"].strip("<>")
    assert link.startswith(f"{SITE}/me/notifications/unsubscribe?token=")
    assert f"바로 그만 받기: {link}\n" in told


def test_a_digest_is_sent_once_however_often_the_job_runs(office: Office) -> None:
    office.told(MONDAY)
    tuesday = MONDAY + timedelta(days=1)
    assert [office.mail_of(tuesday) for _ in range(3)] == [1, 0, 0]
    assert len(office.letters()) == 1


def test_two_workers_send_one_digest(office: Office) -> None:
    office.told(MONDAY)
    tuesday = MONDAY + timedelta(days=1)
    account_id = office.person.account_id
    with clock.frozen(morning(tuesday)):
        taken = []
        for _ in range(2):
            with office.database.transaction() as session:
                taken.append(take_up_digest(session, account_id, tuesday, SITE, KEY))
    assert [letter is not None for letter in taken] == [True, False]


def test_what_a_killed_worker_did_not_send_is_in_the_next_digest(office: Office) -> None:
    office.told(MONDAY)
    tuesday = MONDAY + timedelta(days=1)
    with clock.frozen(morning(tuesday)), office.database.transaction() as session:
        assert take_up_digest(session, office.person.account_id, tuesday, SITE, KEY)
    assert office.mail_of(tuesday) == 0
    assert office.mail_of(tuesday + timedelta(days=1)) == 1
    assert "등록이 승인되었습니다" in content(office.letters()[0])


def test_what_the_mail_server_refused_is_tried_again_the_same_day(office: Office) -> None:
    office.told(MONDAY)
    tuesday = MONDAY + timedelta(days=1)
    outbox = office.services.settings.data_dir / "outbox"
    kept = outbox.with_name("outbox-kept")
    if outbox.exists():
        outbox.rename(kept)
    outbox.write_text("not a folder")

    class Context:
        additional_context: dict[str, Any] = {"services": office.services}  # noqa: RUF012 - lives for one job

    account = str(office.person.account_id)
    with clock.frozen(morning(tuesday)):
        with pytest.raises(MailError):
            mail_digest_task(Context(), account, tuesday.isoformat())
        outbox.unlink()
        if kept.exists():
            kept.rename(outbox)
        mail_digest_task(Context(), account, tuesday.isoformat())
    assert len(office.letters()) == 1


def test_nothing_new_is_no_letter(office: Office) -> None:
    office.told(MONDAY)
    tuesday = MONDAY + timedelta(days=1)
    headers = office.person.headers
    told = office.client.get("/v1/me/notifications", headers=headers).json()["items"]
    read = {"ids": [each["id"] for each in told]}
    office.client.post("/v1/me/notifications/reading", json=read, headers=headers)
    assert office.mail_of(tuesday) == 0


def test_what_happens_today_is_in_tomorrows(office: Office) -> None:
    office.told(MONDAY, hour=7)
    assert office.mail_of(MONDAY) == 0
    assert office.mail_of(MONDAY + timedelta(days=1)) == 1


def test_a_week_in_one_letter_on_monday(office: Office) -> None:
    office.choose("weekly", on=MONDAY - timedelta(days=7))
    office.told(MONDAY - timedelta(days=5))
    assert [office.mail_of(MONDAY - timedelta(days=left)) for left in range(4, 0, -1)] == [0] * 4
    office.told(MONDAY - timedelta(days=1))
    office.told(MONDAY)
    assert office.mail_of(MONDAY) == 1
    assert "새 알림 2건" in office.letters()[0]["Subject"]
    assert office.mail_of(MONDAY + timedelta(days=1)) == 0, "what came since is next week's"


def test_a_monday_without_a_worker_is_made_up_for(office: Office) -> None:
    office.choose("weekly", on=MONDAY - timedelta(days=7))
    office.told(MONDAY - timedelta(days=1))
    assert office.mail_of(MONDAY + timedelta(days=1)) == 1


def test_at_once_and_then_in_no_digest(office: Office) -> None:
    colleague = office.confirmed(sign_in(office.client, Role.SUPPLIER, office.person.company_id))
    office.choose("at_once")
    office.choose("none", person=colleague)
    today = clock.today()
    with office.database.transaction() as session:
        notify(session, NotificationCode.SUPPLIER_APPROVED, supplier_id=office.person.company_id)
    office.run_jobs()
    (letter,) = office.letters()
    assert letter["Subject"] == "[스마트 팩토리 얼라이언스] 등록이 승인되었습니다"
    assert f"{SITE}/supplier/leads" in content(letter)
    assert office.mail_of(today + timedelta(days=1)) == 0
    assert office.letters(colleague) == []


def test_only_confirmed_addresses_of_people_who_are_still_there(office: Office) -> None:
    unconfirmed = sign_in(office.client, Role.SUPPLIER, office.person.company_id)
    office.choose("at_once", person=unconfirmed)
    with office.database.transaction() as session:
        session.get_one(Account, office.person.account_id).active = False
    office.told(MONDAY)
    assert office.mail_of(MONDAY + timedelta(days=1)) == 0
    assert office.letters(unconfirmed) == office.letters() == []


def test_what_is_of_another_company_is_not_told(office: Office) -> None:
    other = office.confirmed(sign_in(office.client, Role.MANUFACTURER))
    office.told(MONDAY)
    assert office.mail_of(MONDAY + timedelta(days=1)) == 1
    assert office.letters(other) == []


def test_administrators_are_told_of_what_concerns_the_service(office: Office) -> None:
    administrator = office.confirmed(sign_in(office.client, Role.ADMIN))
    with clock.frozen(morning(MONDAY)), office.database.transaction() as session:
        notify_administrators(session, NotificationCode.WEBHOOK_GONE, webhook="누리집")
    assert office.mail_of(MONDAY + timedelta(days=1)) == 1
    assert "'누리집' 웹훅" in content(office.letters(administrator)[0])


def test_account_managers_are_mailed_what_waits_for_all_of_them_or_for_them_alone(office: Office) -> None:
    first, second = (office.confirmed(sign_in(office.client, Role.ACCOUNT_MANAGER)) for _ in range(2))
    with clock.frozen(morning(MONDAY)), office.database.transaction() as session:
        notify_account_managers(session, NotificationCode.SUPPLIER_WAITS, company_name="한빛정밀")
        told = {"challenge_title": "도금 폐수", "count": "3"}
        notify_person(session, NotificationCode.REVIEW_ASSIGNED, first.account_id, **told)
    assert office.mail_of(MONDAY + timedelta(days=1)) == 2
    both, one = content(office.letters(first)[0]), content(office.letters(second)[0])
    assert f"{SITE}/desk/approvals" in both
    assert f"{SITE}/desk/reviews" in both
    assert "한빛정밀" in one
    assert "도금 폐수" not in one


def test_one_thing_is_linked_to_itself_and_several_to_their_list(office: Office) -> None:
    facts = {"need_title": "도금 두께", "delivered_on": "2026-11-30"}
    office.told(MONDAY, "contract_delivered", contract_id="one", **facts)
    office.told(MONDAY, "contract_settled", contract_id="one", **facts)
    office.told(MONDAY, "contract_settled", contract_id="two", **facts)
    office.mail_of(MONDAY + timedelta(days=1))
    told = content(office.letters()[0])
    assert f"보기: {SITE}/supplier/contracts/one\n" in told
    assert f"보기: {SITE}/supplier/contracts\n" in told


def test_a_choice_looks_forward(office: Office) -> None:
    """Who starts the digest after a time without is not mailed the past."""
    office.choose("none")
    with office.database.transaction() as session:
        notify(session, NotificationCode.SUPPLIER_APPROVED, supplier_id=office.person.company_id)
    office.choose("daily")
    assert office.mail_of(clock.today() + timedelta(days=1)) == 0


def test_the_default_is_told_and_a_choice_is_kept(office: Office) -> None:
    path = "/v1/me/notification-mail"
    answer = office.client.get(path, headers=office.person.headers)
    assert answer.json() == {"frequency": "daily", "email_confirmed": True}
    office.choose("weekly")
    assert office.client.get(path, headers=office.person.headers).json()["frequency"] == "weekly"


def test_a_long_digest_is_cut(office: Office) -> None:
    for minute in range(52):
        office.told(MONDAY, "introduced_to_manufacturer", need_title=f"수요 {minute}")
    office.mail_of(MONDAY + timedelta(days=1))
    told = content(office.letters()[0])
    assert told.count("\n- ") == 50
    assert "그 밖에 2건이 더 있습니다." in told
