"""What administrators do on pages: people, keys, weights, imports, records."""

import csv
import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from httpx2 import Response
from sqlmodel import col, select
from starlette.testclient import TestClient

from service.accounts.actor import Role
from service.db.session import Database
from service.db.tables import AccessLogEntry, Account, ApiKey, AuditEvent, Job, Supplier
from service.kit.business_number import format_business_number
from service.web.visitor import COOKIE
from tests.factories import companies
from tests.factories.people import sign_in
from tests.factories.world import World
from tests.web.opening import AS_A_BROWSER, open_page, send_form, text_of

NEW = {
    "name": "새담당",
    "email": "new@people.example",
    "role": "account_manager",
    "password": companies.PASSWORD,
}


def stored(database: Database, table: Any, *conditions: Any) -> list[Any]:
    with database.transaction() as session:
        return list(session.exec(select(table).where(*conditions)).all())


def version_in(page: Response) -> str:
    found = re.search(r'name="version" value="(\d+)"', page.text)
    assert found
    return found[1]


def changed(world: World, path: str, part: str = "", **fields: str) -> Response:
    """The answer to the form of that page, sent as the page had it."""
    version = version_in(open_page(world, "admin", path))
    return send_form(world, "admin", path + part, {"version": version, **fields})


class TestOverview:
    def test_what_needs_a_look_is_told_with_the_way_out(self, world: World, database: Database) -> None:
        well = text_of(open_page(world, "admin", "/admin"))
        assert "살펴볼 것" not in well
        assert "가중치: 전문가가 정함" in well
        with database.transaction() as session:
            session.add(Job(kind="import_suppliers", status="failed"))
        ill = text_of(open_page(world, "admin", "/admin"))
        assert "살펴볼 것" in ill
        assert "같은 일을 다시 시켜 주세요" in ill

    def test_waiting_work_is_counted_by_its_name(self, world: World) -> None:
        world.thing("supplier_id", None)
        assert "공급기업 글 읽기 1건" in text_of(open_page(world, "admin", "/admin"))


class TestPeople:
    def test_a_member_of_staff_is_added_and_can_sign_in(self, world: World) -> None:
        answer = send_form(world, "admin", "/admin/users/new", dict(NEW))
        assert (answer.status_code, answer.headers["Location"][:13]) == (303, "/admin/users/")
        given = {"username": NEW["email"], "password": companies.PASSWORD}
        assert world.client.post("/v1/auth/token", data=given).status_code == 200

    def test_an_address_that_somebody_has_is_refused_beside_its_field(self, world: World) -> None:
        send_form(world, "admin", "/admin/users/new", dict(NEW))
        again = send_form(world, "admin", "/admin/users/new", dict(NEW))
        assert again.status_code == 422
        assert 'id="email-error"' in again.text
        assert 'value="새담당"' in again.text
        assert companies.PASSWORD not in again.text

    def test_a_role_and_a_stake_are_changed(self, world: World, database: Database) -> None:
        manager = world.person("account_manager").account_id
        supplier = stored(database, Supplier, col(Supplier.id) == world.thing("supplier_id", None))[0]
        number = format_business_number(supplier.business_number)
        changed(world, f"/admin/users/{manager}", role="admin", stake=number)
        account = stored(database, Account, col(Account.id) == manager)[0]
        assert (account.role, account.stake_supplier_id) == ("admin", supplier.id)
        assert supplier.company_name in text_of(open_page(world, "admin", f"/admin/users/{manager}"))

    def test_a_stake_in_nobody_is_refused(self, world: World) -> None:
        path = f"/admin/users/{world.person('account_manager').account_id}"
        answer = changed(world, path, role="account_manager", stake="120-81-47521")
        assert answer.status_code == 422
        assert 'id="stake-error"' in answer.text

    @pytest.mark.parametrize("fields", [{"role": "account_manager"}, {"active": "false"}])
    def test_the_last_administrator_cannot_lock_themselves_out(
        self, world: World, database: Database, fields: dict[str, str]
    ) -> None:
        own = world.person("admin").account_id
        part = "/activity" if "active" in fields else ""
        answer = changed(world, f"/admin/users/{own}", part, **fields)
        assert answer.status_code == 422
        account = stored(database, Account, col(Account.id) == own)[0]
        assert (account.role, account.active) == ("admin", True)

    def test_with_another_administrator_one_may_go(self, world: World, database: Database) -> None:
        sign_in(world.client, Role.ADMIN)
        own = world.person("admin").account_id
        assert changed(world, f"/admin/users/{own}", "/activity", active="false").status_code == 303
        assert stored(database, Account, col(Account.id) == own)[0].active is False

    def test_a_form_of_an_older_version_changes_nothing(self, world: World, database: Database) -> None:
        path = f"/admin/users/{world.person('account_manager').account_id}"
        old = version_in(open_page(world, "admin", path))
        changed(world, path, role="admin")
        answer = send_form(world, "admin", path, {"version": old, "role": "account_manager"})
        assert answer.status_code == 422
        assert "다른 사람이 먼저 고쳤습니다" in text_of(answer)

    def test_ending_sessions_signs_the_person_out_and_is_in_the_trail(
        self, world: World, database: Database
    ) -> None:
        person = world.person("supplier")
        path = f"/admin/users/{person.account_id}"
        assert "Firefox" in text_of(open_page(world, "admin", path))
        assert send_form(world, "admin", f"{path}/sessions", {}).status_code == 303
        assert world.client.get("/v1/me", headers=person.headers).status_code == 401
        events = stored(database, AuditEvent, col(AuditEvent.action) == "session.all_revoked")
        assert [each.subject_id for each in events] == [person.account_id]

    def test_people_are_found_masked_and_seen_whole_one_at_a_time(
        self, world: World, database: Database
    ) -> None:
        world.client.post("/v1/suppliers", json=companies.supplier(company_name="찾을회사"))
        listed = text_of(open_page(world, "admin", "/admin/users?q=찾을"))
        assert "김*당" in listed
        assert "김담당" not in listed
        account = stored(database, Account, col(Account.name) == "김담당")[0]
        assert account.email in text_of(open_page(world, "admin", f"/admin/users/{account.id}"))
        entries = stored(database, AccessLogEntry, col(AccessLogEntry.subject_kind) == "account")
        assert [(each.form, each.purpose) for each in entries] == [("masked", "list"), ("full", "single")]


class TestKeys:
    def made(self, world: World, **fields: Any) -> Response:
        asked = {"name": "본사 누리집", "role": "account_manager", "scopes": ["", "suppliers:read"]}
        return send_form(world, "admin", "/admin/keys/new", asked | fields)

    def key_in(self, page: Response) -> str:
        found = re.search(r'id="key">(ak_[\w-]+)<', page.text)
        assert found
        return found[1]

    def test_a_key_is_shown_once_and_nowhere_else(self, world: World, database: Database) -> None:
        page = self.made(world)
        key = self.key_in(page)
        assert page.headers["Cache-Control"] == "no-store"
        assert "지금 한 번만 보입니다" in text_of(page)
        record = stored(database, ApiKey)[0]
        for path in ("/admin/keys", f"/admin/keys/{record.id}"):
            later = open_page(world, "admin", path).text
            assert key not in later
            assert record.prefix in later
        assert record.scopes == ["suppliers:read"]

    def test_a_key_does_what_it_was_made_for(self, world: World) -> None:
        headers = {"X-API-Key": self.key_in(self.made(world))}
        assert world.client.get("/v1/suppliers", headers=headers).status_code == 200
        assert world.client.get("/v1/needs", headers=headers).status_code == 403

    @pytest.mark.parametrize(("field", "value"), [("name", ""), ("role", ""), ("scopes", [""])])
    def test_a_key_without_name_role_or_scope_is_refused(
        self, world: World, database: Database, field: str, value: Any
    ) -> None:
        answer = self.made(world, **{field: value})
        assert answer.status_code == 422
        assert f'id="{field}-error"' in answer.text
        assert stored(database, ApiKey) == []

    def test_rotating_leaves_the_key_before_good_for_a_while(self, world: World, database: Database) -> None:
        before = self.key_in(self.made(world))
        path = f"/admin/keys/{stored(database, ApiKey)[0].id}"
        after = self.key_in(send_form(world, "admin", f"{path}/rotation", {"overlap_hours": "24"}))
        assert after != before
        for key in (before, after):
            assert world.client.get("/v1/suppliers", headers={"X-API-Key": key}).status_code == 200
        assert "앞선 키도" in text_of(open_page(world, "admin", path))

    def test_a_revoked_key_is_good_for_nothing_more(self, world: World, database: Database) -> None:
        key = self.key_in(self.made(world))
        path = f"/admin/keys/{stored(database, ApiKey)[0].id}"
        assert send_form(world, "admin", f"{path}/revocation", {}).status_code == 303
        assert world.client.get("/v1/suppliers", headers={"X-API-Key": key}).status_code == 401
        again = send_form(world, "admin", f"{path}/rotation", {"overlap_hours": "24"})
        assert again.status_code == 422
        assert "ak_" not in text_of(again).replace(stored(database, ApiKey)[0].prefix, "")


class TestRanking:
    def weights(self, world: World) -> dict[str, float]:
        answer = world.client.get("/v1/ranking/weights", headers=world.headers("admin")).json()
        return {each["name"]: each["weight"] for each in answer["weights"]}

    def test_only_what_was_typed_anew_changes(self, world: World) -> None:
        before = self.weights(world)
        fields = {f"weights.{name}": f"{weight:.3f}" for name, weight in before.items()}
        fields |= {"weights.region_same": "0.45", "intercept": "-7.000", "note": "가까운 곳을 더 봅니다"}
        assert send_form(world, "admin", "/admin/ranking/edit", dict(fields)).status_code == 303
        assert self.weights(world) == before | {"region_same": 0.45}
        page = text_of(open_page(world, "admin", "/admin/ranking"))
        assert "가까운 곳을 더 봅니다" in page
        assert "사람이 바꿈" in page

    @pytest.mark.parametrize(
        ("fields", "refused"),
        [
            ({"weights.region_same": "가득", "note": "x"}, "weights.region_same"),
            ({"weights.region_same": "nan", "note": "x"}, "weights.region_same"),
            ({"weights.region_same": "-3", "note": "x"}, "weights.region_same"),
            ({"weights.region_same": "0.4", "note": ""}, "note"),
        ],
    )
    def test_what_cannot_be_a_weight_is_refused_beside_its_field(
        self, world: World, fields: dict[str, str], refused: str
    ) -> None:
        answer = send_form(world, "admin", "/admin/ranking/edit", dict(fields))
        assert answer.status_code == 422
        assert f'id="{refused}-error"' in answer.text

    def test_nothing_changed_is_told(self, world: World) -> None:
        answer = send_form(world, "admin", "/admin/ranking/edit", {"note": "그대로"})
        assert answer.status_code == 422
        assert "지금 쓰는 가중치와 같습니다" in text_of(answer)

    def test_a_version_is_chosen_and_rolled_back(self, world: World) -> None:
        before = self.weights(world)
        form = {"weights.region_same": "0.45", "note": "가까운 곳"}
        send_form(world, "admin", "/admin/ranking/edit", dict(form))
        path = "/admin/ranking/versions/expert/activation"
        assert send_form(world, "admin", path, {"pinned": "true"}).status_code == 303
        assert self.weights(world) == before
        assert "지키는 중" in text_of(open_page(world, "admin", "/admin/ranking"))
        assert send_form(world, "admin", "/admin/ranking/rollback", {"note": "다시"}).status_code == 303
        assert self.weights(world)["region_same"] == 0.45

    def test_without_anything_before_there_is_no_going_back(self, world: World) -> None:
        answer = send_form(world, "admin", "/admin/ranking/rollback", {})
        assert answer.status_code == 422
        assert "되돌릴 앞선 판이 없습니다" in text_of(answer)

    def test_learning_now_is_a_job_that_tells_what_came_of_it(
        self, world: World, run_jobs: Callable[[], None]
    ) -> None:
        answer = send_form(world, "admin", "/admin/ranking/trainings", {})
        job = answer.headers["Location"]
        assert "아직 끝나지 않았습니다" in text_of(open_page(world, "admin", job))
        run_jobs()
        said = text_of(open_page(world, "admin", job.partition("?")[0]))
        assert "끝남" in said
        assert "새로 배운 것이 없습니다." in said or "견줄 결정이 아직 모자라" in said

    def test_scores_are_compared_with_what_was_introduced(self, world: World) -> None:
        run = world.thing("run_id", None)
        decision = {"supplier_id": world.shown_supplier, "verdict": "introduced"}
        world.client.post(
            f"/v1/recommendations/{run}/feedback", json=decision, headers=world.headers("admin")
        )
        page = open_page(world, "admin", "/admin/ranking")
        assert "후보 1건에서" in text_of(page)
        assert page.text.count('class="chart-point"') == 1


class TestImports:
    GOOD = "business_number,company_name,industry,region\n120-81-47521,새벽금속,25,41\n"

    def sent(
        self, world: World, content: bytes, kind: str = "manufacturers", name: str = "x.csv"
    ) -> Response:
        client = TestClient(world.client.app, raise_server_exceptions=False)
        client.cookies.set(COOKIE, world.cookie("admin") or "")
        return client.post(
            "/admin/imports",
            data={"kind": kind},
            files={"file": (name, content, "text/csv")} if content is not None else None,
            headers=AS_A_BROWSER,
            follow_redirects=False,
        )

    def test_good_lines_are_taken_and_bad_ones_come_back_as_a_file(
        self, world: World, run_jobs: Callable[[], None]
    ) -> None:
        begun = self.sent(world, (self.GOOD + "120-81-47522,틀린번호,25,41\n").encode())
        assert begun.status_code == 303
        job = begun.headers["Location"].partition("?")[0]
        run_jobs()
        said = text_of(open_page(world, "admin", job))
        assert "2건 가운데 2건" in said
        refused = open_page(world, "admin", f"{job}/refused.csv")
        rows = list(csv.reader(io.StringIO(refused.content.decode("utf-8-sig"))))
        assert [row[0] for row in rows] == ["줄", "3"]

    @pytest.mark.parametrize(
        ("content", "told"),
        [
            (GOOD.encode("cp949"), "CSV UTF-8(쉼표로 분리)"),
            ("company_name\n한빛\n".encode(), "꼭 있어야 할 항목이 없습니다"),
            (b"", "파일을 골라 주세요."),
            (b"PK\x03\x04\xff\xfe\x00\x01", "UTF-8이 아니어서"),
        ],
        ids=["cp949", "no column", "no file", "workbook"],
    )
    def test_a_file_that_cannot_be_read_is_refused_with_the_way_out(
        self, world: World, database: Database, content: bytes, told: str
    ) -> None:
        answer = self.sent(world, content)
        assert answer.status_code == 422
        assert told in text_of(answer)
        assert stored(database, Job) == []

    @pytest.mark.parametrize("kind", ["suppliers", "manufacturers"])
    def test_the_file_to_begin_from_is_one_that_an_import_takes(
        self, world: World, run_jobs: Callable[[], None], kind: str
    ) -> None:
        template = open_page(world, "admin", f"/admin/imports/{kind}.csv").content
        job = self.sent(world, template, kind).headers["Location"].partition("?")[0].rpartition("/")[2]
        run_jobs()
        answer = world.client.get(f"/v1/jobs/{job}", headers=world.headers("admin")).json()
        assert (answer["imported"], answer["rejected"]) == (1, [])

    def test_others_cannot_import(self, world: World) -> None:
        assert send_form(world, "account_manager", "/admin/imports", {"kind": "suppliers"}).status_code == 403


class TestRecords:
    def seen(self, world: World) -> None:
        """A manager looked at a supplier that has a person."""
        made = world.client.post("/v1/suppliers", json=companies.supplier())
        path = f"/v1/suppliers/{made.json()['id']}"
        world.client.get(path, headers=world.headers("account_manager"))
        world.client.get("/v1/suppliers", headers=world.headers("admin"))

    def test_the_access_log_is_narrowed_by_who_and_why(self, world: World) -> None:
        self.seen(world)
        manager = f"account:{world.person('account_manager').account_id}"
        path = "/admin/access-log"
        rows = re.compile(r'<th scope="row" class="figure">(\d+)</th>')
        assert rows.findall(open_page(world, "admin", path).text) == ["2", "1"]
        assert rows.findall(open_page(world, "admin", f"{path}?actor={manager}").text) == ["1"]
        assert rows.findall(open_page(world, "admin", f"{path}?purpose=list").text) == ["2"]
        assert rows.findall(open_page(world, "admin", f"{path}?until=2020-01-01").text) == []

    def test_the_chain_is_checked_when_asked_for(self, world: World) -> None:
        self.seen(world)
        said = text_of(open_page(world, "admin", "/admin/access-log/check"))
        assert "2줄이 모두 이어집니다" in said

    def test_taking_the_log_away_needs_a_reason_and_leaves_a_trace(
        self, world: World, database: Database
    ) -> None:
        self.seen(world)
        refused = send_form(world, "admin", "/admin/access-log", {"reason": "왜"})
        assert refused.status_code == 422
        assert 'id="reason-error"' in refused.text
        taken = send_form(world, "admin", "/admin/access-log", {"reason": "분기 점검", "purpose": "list"})
        rows = list(csv.reader(io.StringIO(taken.content.decode("utf-8-sig"))))
        assert [row[0] for row in rows] == ["번호", "2"]
        event = stored(database, AuditEvent, col(AuditEvent.action) == "access_log.exported")[0]
        assert event.after == {"rows": 1, "reason": "분기 점검"}

    def test_the_trail_tells_before_and_after(self, world: World) -> None:
        manager = world.person("account_manager").account_id
        changed(world, f"/admin/users/{manager}", role="admin")
        page = open_page(world, "admin", f"/admin/audit?noun=account&subject_id={manager}")
        assert "<del>담당자</del> → <ins>관리자</ins>" in page.text
        assert "계정을 고쳤습니다" in text_of(page)
        other = open_page(world, "admin", "/admin/audit?noun=ranking")
        assert "이 조건에 맞는 기록이 없습니다." in text_of(other)

    def test_consents_are_counted_by_the_last_answer(self, world: World) -> None:
        world.client.post("/v1/suppliers", json=companies.supplier())
        said = text_of(open_page(world, "admin", "/admin/access-log"))
        assert "개인정보 수집·이용 1 0" in said
        assert "소식 받기 (선택) 0 1" in said
