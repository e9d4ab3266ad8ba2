"""People and their own data: consents, export, closing the account; erasure that leaves nothing."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlmodel import select
from starlette.testclient import TestClient
from typer.testing import CliRunner

from service.accounts.actor import Role
from service.cli import cli
from service.cli.terminal import CommandError
from service.db.session import Database
from service.db.tables import Account, DestructionRecord, ImportRejection
from service.kit import clock
from service.mail.carriers import letters_in, outbox_of
from service.messages.consents import CURRENT
from service.messages.privacy import RULES as RULE_NAMES
from service.privacy.purge import purge
from service.privacy.retention import CLOSED_ACCOUNT_KEPT_FOR, MAIL_KEPT_FOR, rules
from service.settings import Settings
from tests.factories import companies
from tests.factories.answers import problem, row_counts
from tests.factories.mail import letters_to
from tests.factories.people import Headers, admin, sign_in, staff

PERSON = {"name": "독고탁영", "email": "dokgo.takyoung@person.example", "phone": "010-9753-8642"}
REPRESENTATIVE, REASON = "선우대표자", "선우대표자 서류 미비"
NO_OUTBOX = Path("no-outbox")
KEPT_FOR = {rule.name: rule.kept_for for rule in rules(NO_OUTBOX)}


def registered(client: TestClient, kind: str = "suppliers", **changes: Any) -> str:
    body = companies.supplier if kind == "suppliers" else companies.manufacturer
    content = body(contact=companies.contact(**PERSON), **changes)
    made = client.post(f"/v1/{kind}", json=content, headers={"Idempotency-Key": "once"})
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


def signed_in(client: TestClient) -> Headers:
    credentials = {"username": PERSON["email"], "password": companies.PASSWORD}
    answer = client.post("/v1/auth/token", data=credentials)
    assert answer.status_code == 200, answer.text
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


def tables_that_hold(database: Database, *needles: str) -> set[str]:
    """Every table of the database, the queue's too, in which one of these texts stands, also inside bytes."""
    found = set()
    for name in row_counts(database):
        for needle in needles:
            condition = "position(:plain in t::text) > 0 OR position(:hex in t::text) > 0"
            with database.transaction() as session:
                count = session.execute(
                    text(f'SELECT count(*) FROM "{name}" t WHERE {condition}'),
                    {"plain": needle, "hex": needle.encode().hex()},
                ).scalar_one()
            if count:
                found.add(name)
    return found


def purged(database: Database, after: timedelta, outbox: Path = NO_OUTBOX) -> dict[str, int]:
    with clock.frozen(datetime.now(UTC) + after), database.transaction() as session:
        return {record.rule: record.count for record in purge(session, outbox)}


def test_the_people_of_a_rejected_registration_are_erased_from_every_table(
    client: TestClient, database: Database, run_jobs: Callable[[], None]
) -> None:
    supplier_id = registered(client, representative_name=REPRESENTATIVE, address="경기도 독고로 1")
    own, manager = signed_in(client), staff(client)
    path = f"/v1/suppliers/{supplier_id}"
    for name in ("다른대표", REPRESENTATIVE):
        changed = client.patch(path, json={"representative_name": name}, headers=own | {"If-Match": "*"})
        assert changed.status_code == 200
    client.post(f"{path}/rejection", json={"reason": REASON}, headers=manager | {"Idempotency-Key": "x"})
    client.get("/v1/suppliers", headers=manager)
    client.get(
        "/v1/exports/suppliers", params={"reason": "확인하려고", "status": "rejected"}, headers=manager
    )
    run_jobs()
    needles = (*PERSON.values(), REPRESENTATIVE, "독고로")
    assert {"account", "supplier", "idempotency_record", "audit_event"} <= tables_that_hold(
        database, *needles
    ), "so that the search below can find something"
    assert "rejected_registrations" not in purged(database, KEPT_FOR["rejected_registrations"] - timedelta(1))
    done = purged(database, KEPT_FOR["rejected_registrations"] + timedelta(1))
    assert done["rejected_registrations"] == 1
    assert tables_that_hold(database, *needles) == set()


def test_a_closed_account_is_erased_from_every_table_and_the_company_stays(
    client: TestClient, database: Database
) -> None:
    company_id = registered(client, "manufacturers", company_name="남는회사")
    headers = signed_in(client)
    client.post(f"/v1/manufacturers/{company_id}/needs", json=companies.need(), headers=headers)
    answer = client.post("/v1/me/closure", headers=headers).json()
    asked, until = (datetime.fromisoformat(answer[name]) for name in ("requested_at", "erased_by"))
    assert until - asked == CLOSED_ACCOUNT_KEPT_FOR
    problem(client.get("/v1/me/export", headers=headers), 401, "token_invalid")
    manager = staff(client)
    assert client.get(f"/v1/manufacturers/{company_id}", headers=manager).json()["contact"] is None
    assert tables_that_hold(database, *PERSON.values())
    assert purged(database, CLOSED_ACCOUNT_KEPT_FOR + timedelta(1))["closed_accounts"] == 1
    assert tables_that_hold(database, *PERSON.values()) == set()
    assert client.get(f"/v1/manufacturers/{company_id}", headers=manager).json()["company_name"] == "남는회사"


def test_the_address_of_an_erased_person_can_register_again(client: TestClient, database: Database) -> None:
    registered(client)
    client.post("/v1/me/closure", headers=signed_in(client))
    purged(database, CLOSED_ACCOUNT_KEPT_FOR + timedelta(1))
    again = client.post("/v1/suppliers", json=companies.supplier(contact=companies.contact(**PERSON)))
    assert again.status_code == 201


def test_a_colleague_keeps_the_representatives_name(client: TestClient, database: Database) -> None:
    supplier_id = registered(client, representative_name=REPRESENTATIVE)
    colleague = sign_in(client, Role.SUPPLIER, supplier_id)
    client.post("/v1/me/closure", headers=signed_in(client))
    purged(database, CLOSED_ACCOUNT_KEPT_FOR + timedelta(1))
    own = client.get(f"/v1/suppliers/{supplier_id}", headers=colleague.headers).json()
    assert own["representative_name"] == REPRESENTATIVE


def test_a_purge_keeps_a_record_without_people_and_does_nothing_twice(
    client: TestClient, database: Database
) -> None:
    registered(client)
    client.post("/v1/me/closure", headers=signed_in(client))
    first, second = (purged(database, CLOSED_ACCOUNT_KEPT_FOR + timedelta(1)) for _ in range(2))
    assert first == {"closed_accounts": 1, "idempotency_answers": 1}
    assert second == {}
    with database.transaction() as session:
        records = session.exec(select(DestructionRecord)).all()
    assert {record.rule: (record.count, record.kept_days) for record in records} == {
        "closed_accounts": (1, 10),
        "idempotency_answers": (1, 1),
    }
    assert all("제" in record.basis for record in records)


def test_what_is_not_past_its_time_stays(client: TestClient, database: Database) -> None:
    registered(client)
    assert purged(database, timedelta(hours=23)) == {}
    assert "account" in tables_that_hold(database, PERSON["email"])


def test_comments_uploads_and_rejected_lines_go_in_their_time(client: TestClient, database: Database) -> None:
    csv = f"business_number,company_name,industry,region\n1,{PERSON['name']},25,41\n"
    headers = admin(client) | {"Content-Type": "text/csv"}
    job = client.post("/v1/imports/manufacturers", content=csv, headers=headers).json()
    with database.transaction() as session:
        rejected = f'[{{"line": 2, "code": "x", "message": "{PERSON["name"]}"}}]'
        session.execute(
            text("UPDATE job SET finished_at = now(), result = jsonb_set(result, '{rejected}', :lines)"),
            {"lines": rejected},
        )
        refusal = {"job_id": UUID(job["id"]), "line": 2, "code": "x", "message": PERSON["name"]}
        session.add(ImportRejection(**refusal))
    assert tables_that_hold(database, PERSON["name"]) == {"import_batch", "import_rejection", "job"}
    assert purged(database, KEPT_FOR["import_uploads"] + timedelta(1)) == {"import_uploads": 1}
    assert purged(database, KEPT_FOR["import_rejections"] + timedelta(1)) == {"import_rejections": 1}
    assert tables_that_hold(database, PERSON["name"]) == set()
    assert client.get(f"/v1/jobs/{job['id']}", headers=headers).json()["total"] == 1


def test_every_rule_has_a_korean_name_and_a_basis() -> None:
    assert RULE_NAMES.keys() == KEPT_FOR.keys()
    assert all("개인정보 보호법" in rule.basis for rule in rules(NO_OUTBOX))


def test_a_consent_is_withdrawn_and_given_again_and_every_answer_stays(client: TestClient) -> None:
    registered(client)
    headers = signed_in(client)
    for accepted in (True, False):
        body = {"purpose": "marketing", "accepted": accepted}
        assert client.post("/v1/me/consents", json=body, headers=headers).status_code == 201
    kept = client.get("/v1/me/consents", headers=headers).json()["items"]
    assert [each["accepted"] for each in kept if each["purpose"] == "marketing"] == [False, True, False]
    assert {each["text_version"] for each in kept} == {CURRENT}


def test_the_registration_consent_ends_with_the_account_only(client: TestClient) -> None:
    registered(client)
    body = {"purpose": "registration", "accepted": False}
    refused = client.post("/v1/me/consents", json=body, headers=signed_in(client))
    assert "/v1/me/closure" in problem(refused, 409, "registration_consent_kept")["detail"]


def test_the_text_behind_every_consent_record_can_be_read(client: TestClient) -> None:
    registered(client)
    texts = client.get("/v1/consent-texts").json()["items"]
    shown = {(each["version"], each["purpose"]) for each in texts}
    kept = client.get("/v1/me/consents", headers=signed_in(client)).json()["items"]
    assert {(each["text_version"], each["purpose"]) for each in kept} <= shown
    assert {each["purpose"] for each in texts if each["current"]} == {
        "registration",
        "marketing",
        "third_party",
    }


def test_an_export_holds_the_person_and_the_company_and_no_secret(client: TestClient) -> None:
    supplier_id = registered(client, representative_name=REPRESENTATIVE)
    headers = signed_in(client)
    client.patch("/v1/me", json={"phone": PERSON["phone"]}, headers=headers | {"If-Match": "*"})
    answer = client.get("/v1/me/export", headers=headers)
    held = answer.json()
    assert "attachment" in answer.headers["Content-Disposition"]
    assert {name: held["account"][name] for name in PERSON} == PERSON
    assert (held["company"]["id"], held["company"]["representative_name"]) == (supplier_id, REPRESENTATIVE)
    assert len(held["company"]["solutions"]) == 1
    assert {each["purpose"] for each in held["consents"]} == {"registration", "marketing"}
    assert [event["action"] for event in held["history"]] == ["supplier.registered", "account.changed"]
    assert [(each["network"], each["revoked_at"]) for each in held["sessions"]] == [("unknown", None)]
    assert [each["purpose"] for each in held["mailed_links"]] == ["confirmation"]
    assert "password" not in answer.text
    assert "argon2" not in answer.text


def test_an_export_names_the_keys_that_one_made_and_nothing_that_opens_them(
    client: TestClient, database: Database
) -> None:
    registered(client)
    headers = signed_in(client)
    made = client.post("/v1/api-keys", json={"name": "우리 전산"}, headers=headers).json()
    rotated = client.post(f"/v1/api-keys/{made['id']}/rotation", headers=headers).json()
    answer = client.get("/v1/me/export", headers=headers)
    assert [(each["name"], each["prefix"]) for each in answer.json()["api_keys"]] == [
        ("우리 전산", rotated["prefix"])
    ]
    with database.transaction() as session:
        secrets = session.execute(text("SELECT key_hash, previous_hash FROM api_key")).one()
    assert not [secret for secret in (made["key"], rotated["key"], *secrets) if secret in answer.text]


def test_an_export_holds_needs_of_the_own_company_only(client: TestClient) -> None:
    company_id = registered(client, "manufacturers")
    headers = signed_in(client)
    other = sign_in(client, Role.MANUFACTURER)
    for owner_id, own, title in (
        (company_id, headers, "내 수요"),
        (other.company_id, other.headers, "남의 수요"),
    ):
        client.post(f"/v1/manufacturers/{owner_id}/needs", json=companies.need(title=title), headers=own)
    held = client.get("/v1/me/export", headers=headers)
    assert [need["title"] for need in held.json()["company"]["needs"]] == ["내 수요"]
    assert "남의 수요" not in held.text


def test_a_systems_key_is_nobody_and_staff_does_not_close_itself(client: TestClient) -> None:
    body = {"name": "누리집", "role": "account_manager"}
    key = client.post("/v1/api-keys", json=body, headers=admin(client)).json()["key"]
    problem(client.get("/v1/me/export", headers={"X-API-Key": key}), 403, "person_required")
    problem(client.post("/v1/me/closure", headers=staff(client)), 403, "forbidden")


def history(client: TestClient, path: str, headers: Headers, **asked: Any) -> Any:
    answer = client.get(f"{path}/history", headers=headers, params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_companys_history_tells_what_changed_and_who_of_which_side(client: TestClient) -> None:
    supplier_id = registered(client, representative_name=REPRESENTATIVE)
    path, own, manager = f"/v1/suppliers/{supplier_id}", signed_in(client), sign_in(client, Role.ADMIN)
    changes = {"employee_count": 7, "representative_name": "다른대표"}
    client.patch(path, json=changes, headers=own | {"If-Match": "*"})
    client.post(f"{path}/approval", headers=manager.headers)
    items = history(client, path, own)["items"]
    assert [(item["action"], item["by"]) for item in items] == [
        ("supplier.approved", "alliance"),
        ("supplier.changed", "company"),
        ("supplier.registered", "company"),
    ]
    assert (items[1]["before"], items[1]["after"]["employee_count"]) == ({"employee_count": None}, 7)
    assert items[1]["after"]["replaced"] == ["representative_name"], "named, without the person"
    assert {item["actor"] for item in items} == {None}, "who of the alliance is not told"
    by_staff = history(client, path, manager.headers)["items"]
    assert by_staff[0]["actor"] == f"account:{manager.account_id}"
    assert all("다" in item["text"] for item in items)


def test_a_history_comes_in_pages(client: TestClient) -> None:
    owner = sign_in(client, Role.MANUFACTURER)
    path = f"/v1/manufacturers/{owner.company_id}"
    for count in range(4):
        client.patch(path, json={"employee_count": count}, headers=owner.headers | {"If-Match": "*"})
    seen: list[str] = []
    cursor = None
    while cursor is not None or not seen:
        page = history(client, path, owner.headers, limit=2, **({"cursor": cursor} if cursor else {}))
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert len(seen) == len(set(seen)) == 5


@pytest.mark.parametrize(
    "cursor", ["x", "WyJub3QgYSB0aW1lIiwgIjAwMDAwMDAwLTAwMDAtMDAwMC0wMDAwLTAwMDAwMDAwMDAwMSJd"]
)
def test_a_cursor_of_a_history_that_is_none_is_refused(client: TestClient, cursor: str) -> None:
    owner = sign_in(client, Role.SUPPLIER)
    path = f"/v1/suppliers/{owner.company_id}/history"
    problem(client.get(path, params={"cursor": cursor}, headers=owner.headers), 422, "cursor_invalid")


def test_a_dry_run_erases_nothing(client: TestClient, database: Database) -> None:
    registered(client)
    client.post("/v1/me/closure", headers=signed_in(client))
    with clock.frozen(datetime.now(UTC) + timedelta(days=30)), database.transaction() as session:
        counted = {record.rule: record.count for record in purge(session, NO_OUTBOX)}
        session.rollback()
    assert counted["closed_accounts"] == 1
    assert row_counts(database)["destruction_record"] == 0
    with database.transaction() as session:
        assert [account.email for account in session.exec(select(Account))] == [PERSON["email"]]


def test_letters_in_the_outbox_go_in_their_time(
    client: TestClient, database: Database, settings: Settings, run_jobs: Callable[[], None]
) -> None:
    registered(client)
    run_jobs()
    outbox = outbox_of(settings)
    assert letters_to(settings, PERSON["email"])
    (outbox / ".unfinished.tmp").write_text(PERSON["email"])
    count = len(letters_in(outbox))
    assert "outbox_mails" not in purged(database, MAIL_KEPT_FOR - timedelta(hours=1), outbox)
    with clock.frozen(datetime.now(UTC) + timedelta(days=31)), database.transaction() as session:
        counted = {record.rule: record.count for record in purge(session, outbox)}
        session.rollback()
    assert counted["outbox_mails"] == len(letters_in(outbox)) == count, "a dry run counts and leaves them"
    assert purged(database, MAIL_KEPT_FOR + timedelta(hours=1), outbox)["outbox_mails"] == count
    assert letters_in(outbox) == []
    assert "outbox_mails" not in purged(database, MAIL_KEPT_FOR + timedelta(hours=2), outbox)


@pytest.fixture
def command_line(database: Database, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Runs a command over the database of the test."""
    monkeypatch.setenv("ALLIANCE_DATABASE_URL", database.url)
    return lambda *arguments: CliRunner().invoke(cli, arguments)


def test_the_command_purges_and_with_dry_run_only_counts(
    client: TestClient, database: Database, command_line: Callable[..., Any]
) -> None:
    registered(client)
    client.post("/v1/me/closure", headers=signed_in(client))
    with clock.frozen(datetime.now(UTC) + timedelta(days=30)):
        tried, held = command_line("purge", "--dry-run"), tables_that_hold(database, PERSON["email"])
        done = command_line("purge")
    assert tried.exit_code == done.exit_code == 0
    for said in (tried.output, done.output):
        assert f"{RULE_NAMES['closed_accounts']}: 1건" in said
    assert "account" in held
    assert row_counts(database)["destruction_record"] == 2
    assert tables_that_hold(database, PERSON["email"]) == set()


def test_the_command_verifies_the_access_log_and_names_the_first_broken_row(
    client: TestClient, database: Database, command_line: Callable[..., Any]
) -> None:
    registered(client)
    for _ in range(2):
        client.get("/v1/suppliers", headers=staff(client))
    whole = command_line("verify", "access-log")
    assert whole.exit_code == 0
    assert "접속기록 2건" in whole.output
    with database.transaction() as session:
        session.execute(text("SET LOCAL session_replication_role = replica"))
        session.execute(text("UPDATE access_log SET address = 'elsewhere' WHERE number = 2"))
    broken = command_line("verify", "access-log")
    assert isinstance(broken.exception, CommandError)
    assert "2번 줄" in str(broken.exception)


def test_the_command_compares_with_a_head_that_was_written_down(
    client: TestClient, database: Database, command_line: Callable[..., Any]
) -> None:
    registered(client)
    manager = staff(client)
    for _ in range(2):
        client.get("/v1/suppliers", headers=manager)
    noted = command_line("verify", "access-log").output.splitlines()[-1]
    client.get("/v1/suppliers", headers=manager)
    assert command_line("verify", "access-log", "--head", noted).exit_code == 0
    with database.transaction() as session:
        session.execute(text("SET LOCAL session_replication_role = replica"))
        session.execute(text("DELETE FROM access_log WHERE number > 1"))
    assert command_line("verify", "access-log").exit_code == 0, "what is left is whole by itself"
    cut = command_line("verify", "access-log", "--head", noted)
    assert isinstance(cut.exception, CommandError)
    assert "뒤가 잘렸거나" in str(cut.exception)
    malformed = command_line("verify", "access-log", "--head", "2")
    assert "번호:해시" in str(malformed.exception)
