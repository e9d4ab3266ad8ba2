"""Other systems are told of changes: signed, once at least, and again until they take it."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import col, select
from standardwebhooks import Webhook, WebhookVerificationError
from starlette.testclient import TestClient

import service.webhooks
from service.accounts.actor import SYSTEM
from service.accounts.audit import record_event
from service.db.session import Database
from service.db.tables import AuditEvent, DeliveryState, SupplierStatus, WebhookDelivery, WebhookMessage
from service.jobs.queue import Priority
from service.kit import clock
from service.privacy.purge import purge
from service.suppliers.operations import add_supplier
from service.suppliers.schemas import SupplierImportInput
from service.webhooks.deliveries import GIVEN_UP_AFTER, WAITS, attempt_delivery, resume_overdue, wait_after
from service.webhooks.sending import Outcome, Sender
from tests.factories import companies
from tests.factories.answers import problem
from tests.factories.people import Headers, admin, staff, stored_supplier
from tests.factories.webhooks import NOBODY_LISTENS, Receiver, endpoint, listening

TRIAL = Sender(loopback=True)
README = Path(service.webhooks.__path__[0]) / "README.md"


class ChangedMindError(Exception):
    """Raised to roll a transaction back."""


class Alliance:
    """An administrator with one webhook."""

    def __init__(self, client: TestClient, database: Database, **changes: Any) -> None:
        self.client, self.database = client, database
        self.admin: Headers = admin(client)
        answer = client.post("/v1/webhooks", json=endpoint(**changes), headers=self.admin)
        assert answer.status_code == 201, answer.text
        self.id: str = answer.json()["id"]
        self.path = f"/v1/webhooks/{self.id}"
        self.secret: str = answer.json()["secret"]

    def post(self, part: str, body: Any = None, status: int = 200) -> dict[str, Any]:
        answer = self.client.post(self.path + part, json=body, headers=self.admin)
        assert answer.status_code == status, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def ping(self) -> UUID:
        return UUID(self.post("/test", status=201)["id"])

    def seen(self, path: str = "") -> dict[str, Any]:
        found: dict[str, Any] = self.client.get(path or self.path, headers=self.admin).json()
        return found

    def delivery(self, delivery_id: UUID) -> dict[str, Any]:
        return self.seen(f"/v1/webhook-deliveries/{delivery_id}")

    def deliveries(self, **wanted: str) -> list[dict[str, Any]]:
        answer = self.client.get(f"{self.path}/deliveries", params=wanted, headers=self.admin)
        found: list[dict[str, Any]] = answer.json()["items"]
        return found

    def attempt(self, delivery_id: UUID, turn: int | None = None) -> Outcome | None:
        """Make the try that waits, or that of an earlier turn."""
        with self.database.transaction() as session:
            key = self.client.app.state.signing_key
            present = session.get_one(WebhookDelivery, delivery_id).turn
            return attempt_delivery(session, TRIAL, key, delivery_id, turn or present, chance=lambda: 0.0)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Takes everything until told otherwise."""
    with listening() as found:
        yield found


@pytest.fixture
def alliance(client: TestClient, database: Database, receiver: Receiver) -> Alliance:
    """Told of everything."""
    return Alliance(client, database, url=receiver.url)


def messages(database: Database) -> list[WebhookMessage]:
    with database.transaction() as session:
        return list(session.exec(select(WebhookMessage).order_by(col(WebhookMessage.id))).all())


def documented_verification() -> Callable[[str, dict[str, str], bytes], None]:
    """The function that the documentation shows to receivers."""
    (code,) = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    names: dict[str, Any] = {}
    exec(code, names)
    found: Callable[[str, dict[str, str], bytes], None] = names["verify"]
    return found


class TestWhatIsTold:
    """Events follow from changes, in their transaction."""

    def test_an_approval_is_told_by_ids_alone(
        self, alliance: Alliance, receiver: Receiver, run_jobs: Callable[[], None]
    ) -> None:
        supplier = stored_supplier(alliance.client, SupplierStatus.PENDING)
        alliance.client.post(f"/v1/suppliers/{supplier}/approval", headers=alliance.admin)
        run_jobs()
        told = [json.loads(body) for _, body in receiver.received]
        assert [each["type"] for each in told] == ["supplier.registered", "supplier.approved"]
        assert told[1]["data"] == {"supplier_id": str(supplier), "path": f"/v1/suppliers/{supplier}"}
        assert [each["state"] for each in alliance.deliveries()] == ["succeeded", "succeeded"]

    def test_what_is_rolled_back_is_not_told(self, alliance: Alliance, database: Database) -> None:
        data = SupplierImportInput.model_validate(companies.supplier_profile())

        def register_and_change_ones_mind() -> None:
            with database.transaction() as session:
                add_supplier(session, SYSTEM, data, SupplierStatus.APPROVED)
                raise ChangedMindError

        with pytest.raises(ChangedMindError):
            register_and_change_ones_mind()
        assert messages(database) == []

    def test_who_asks_for_some_events_gets_no_others_and_who_is_off_none(
        self, client: TestClient, database: Database
    ) -> None:
        Alliance(client, database, event_types=["supplier.approved"])
        Alliance(client, database, enabled=False)
        supplier = stored_supplier(client, SupplierStatus.PENDING)
        assert messages(database) == []
        client.post(f"/v1/suppliers/{supplier}/approval", headers=staff(client))
        assert [each.type for each in messages(database)] == ["supplier.approved"]

    def test_a_change_of_two_histories_is_one_event(self, alliance: Alliance, database: Database) -> None:
        """A contract stands in the history of the supplier and of the manufacturer."""
        ids = [UUID(int=1), UUID(int=2)]
        with database.transaction() as session:
            record_event(session, SYSTEM, "contract.accepted", *ids, after={"contract_id": str(UUID(int=3))})
            history = session.exec(select(AuditEvent).where(AuditEvent.action == "contract.accepted")).all()
        assert [event.subject_id for event in history] == ids
        (message,) = messages(database)
        assert message.data == {
            "supplier_id": str(ids[0]),
            "manufacturer_id": str(ids[1]),
            "contract_id": str(UUID(int=3)),
            "path": f"/v1/contracts/{UUID(int=3)}",
        }

    def test_the_events_are_listed_with_an_example(self, alliance: Alliance) -> None:
        items = alliance.seen("/v1/webhook-event-types")["items"]
        example = next(each["example"] for each in items if each["type"] == "need.created")
        assert example["data"].keys() == {"need_id", "manufacturer_id", "path"}
        assert all(re.search("[가-힣]", each["description"]) for each in items)


class TestSignature:
    """Receivers know who wrote and that nothing was changed."""

    def test_the_documented_code_and_the_library_accept_it(
        self, alliance: Alliance, receiver: Receiver
    ) -> None:
        alliance.attempt(alliance.ping())
        ((headers, body),) = receiver.received
        documented_verification()(alliance.secret, headers, body.encode())
        assert Webhook(alliance.secret).verify(body, headers)["type"] == "ping"
        with pytest.raises(ValueError, match="not from the alliance"):
            documented_verification()(alliance.secret, headers, body.encode() + b" ")
        old = headers | {"webhook-timestamp": str(int(headers["webhook-timestamp"]) - 400)}
        with pytest.raises(ValueError, match="too old"):
            documented_verification()(alliance.secret, old, body.encode())

    @pytest.mark.parametrize(("hours", "signatures"), [(24, 2), (0, 1)])
    def test_after_a_rotation_the_secret_before_signs_for_the_overlap(
        self, alliance: Alliance, receiver: Receiver, hours: int, signatures: int
    ) -> None:
        secret = alliance.post("/secret-rotation", {"overlap_hours": hours})["secret"]
        alliance.attempt(alliance.ping())
        ((headers, body),) = receiver.received
        Webhook(secret).verify(body, headers)
        assert len(headers["webhook-signature"].split(" ")) == signatures
        if hours:
            Webhook(alliance.secret).verify(body, headers)
        else:
            with pytest.raises(WebhookVerificationError):
                Webhook(alliance.secret).verify(body, headers)

    def test_a_secret_is_shown_once_and_kept_nowhere(self, alliance: Alliance, database: Database) -> None:
        assert alliance.secret.startswith("whsec_")
        assert "secret" not in alliance.seen()
        with database.transaction() as session:
            for table in ("webhook_endpoint", "idempotency_record", "audit_event", "procrastinate_jobs"):
                rows = session.connection().exec_driver_sql(f"SELECT t::text FROM {table} t").scalars().all()
                assert not any(alliance.secret[6:] in row for row in rows), table


class TestRetries:
    """What is not taken is sent again, by a schedule, under the same id."""

    def test_the_schedule_is_kept_to_its_end(self, alliance: Alliance, receiver: Receiver) -> None:
        receiver.status = 503
        now = datetime.now(UTC)
        delivery_id = alliance.ping()
        waited = []
        for step in range(len(WAITS) + 1):
            with clock.frozen(now):
                alliance.attempt(delivery_id)
            found = alliance.delivery(delivery_id)
            if step < len(WAITS):
                then = datetime.fromisoformat(found["next_attempt_at"])
                waited.append(then - now)
                now = then
        assert tuple(waited) == WAITS
        assert (found["state"], found["attempts"], len(found["tries"])) == ("failed", 10, 10)
        assert set(receiver.ids) == {found["message_id"]}
        assert found["tries"][0]["text"] == "받는 곳이 받지 않았습니다. (상태 503)"

    def test_a_wait_is_spread_by_a_tenth_at_most(self) -> None:
        assert wait_after(0, 1.0) == WAITS[0] * 1.1
        assert wait_after(len(WAITS), 0.5) is None

    @pytest.mark.parametrize(
        ("asked", "wait"),
        [
            ("600", timedelta(minutes=10)),
            ("Fri, 27 Nov 2026 01:00:00 GMT", timedelta(hours=1)),
            ("Thu, 26 Nov 2026 00:00:00 GMT", WAITS[0]),
            ("1", WAITS[0]),
            ("9" * 30, WAITS[0]),
            ("99999999", timedelta(hours=24)),
            ("soon", WAITS[0]),
        ],
    )
    def test_a_receiver_that_asks_to_be_left_alone_is(
        self, alliance: Alliance, receiver: Receiver, asked: str, wait: timedelta
    ) -> None:
        now = datetime(2026, 11, 27, tzinfo=UTC)
        receiver.status, receiver.headers = 429, {"Retry-After": asked}
        with clock.frozen(now):
            delivery_id = alliance.ping()
            alliance.attempt(delivery_id)
        assert datetime.fromisoformat(alliance.delivery(delivery_id)["next_attempt_at"]) - now == wait

    def test_a_try_that_was_cut_off_is_made_again_under_the_same_id(
        self, alliance: Alliance, receiver: Receiver, database: Database
    ) -> None:
        """The worker is killed after the receiver took it and before that was noted."""
        delivery_id = alliance.ping()

        def try_and_be_killed() -> None:
            with database.transaction() as session:
                key = alliance.client.app.state.signing_key
                assert attempt_delivery(session, TRIAL, key, delivery_id, 1)
                raise ChangedMindError

        with pytest.raises(ChangedMindError):
            try_and_be_killed()
        assert alliance.attempt(delivery_id)
        assert len(receiver.ids) == 2
        assert len(set(receiver.ids)) == 1
        assert alliance.delivery(delivery_id)["attempts"] == 1

    def test_two_workers_do_not_make_the_same_try(
        self, alliance: Alliance, receiver: Receiver, database: Database
    ) -> None:
        delivery_id = alliance.ping()
        with database.transaction() as session:
            session.get_one(WebhookDelivery, delivery_id, with_for_update=True)  # the other is at it
            assert alliance.attempt(delivery_id) is None
        assert alliance.attempt(delivery_id)
        assert alliance.attempt(delivery_id) is None, "it was taken"
        assert len(receiver.received) == 1

    def test_a_job_of_an_earlier_turn_does_nothing(self, alliance: Alliance, receiver: Receiver) -> None:
        receiver.status = 500
        delivery_id = alliance.ping()
        alliance.attempt(delivery_id, turn=1)
        assert alliance.attempt(delivery_id, turn=1) is None
        assert len(receiver.received) == 1

    def test_who_fails_waits_behind_who_does_not(
        self, alliance: Alliance, receiver: Receiver, database: Database
    ) -> None:
        """In a queue of their own: neither our own work nor other receivers wait for one that hangs."""
        receiver.status = 500
        alliance.attempt(alliance.ping())
        Alliance(alliance.client, database)
        supplier = stored_supplier(alliance.client, SupplierStatus.PENDING)
        alliance.client.post(f"/v1/suppliers/{supplier}/approval", headers=alliance.admin)
        with database.transaction() as session:
            jobs = session.connection().exec_driver_sql(
                "SELECT d.endpoint_id::text, j.priority, j.queue_name FROM procrastinate_jobs j "
                "JOIN webhook_delivery d ON d.id::text = j.args->>'delivery_id' "
                "AND d.turn = (j.args->>'turn')::int"
            )
            found = {(endpoint_id == alliance.id, priority, queue) for endpoint_id, priority, queue in jobs}
        assert found == {(True, Priority.BULK, "outward"), (False, Priority.PERSON_WAITS, "outward")}

    def test_what_a_lost_job_left_is_taken_up(
        self, alliance: Alliance, receiver: Receiver, database: Database, run_jobs: Callable[[], None]
    ) -> None:
        delivery_id = alliance.ping()
        with database.transaction() as session:
            session.connection().exec_driver_sql("DELETE FROM procrastinate_jobs")
        with clock.frozen(datetime.now(UTC) + timedelta(hours=2)), database.transaction() as session:
            assert resume_overdue(session) == 1
        run_jobs()
        assert alliance.delivery(delivery_id)["state"] == "succeeded"


class TestSwitchedOff:
    """A receiver that is gone is left alone, and administrators learn of it."""

    def told(self, alliance: Alliance) -> list[str]:
        return [each["code"] for each in alliance.seen("/v1/me/notifications")["items"]]

    def test_gone_is_gone(self, alliance: Alliance, receiver: Receiver) -> None:
        receiver.status = 410
        first, second = alliance.ping(), alliance.ping()
        alliance.attempt(first)
        assert (alliance.seen()["enabled"], alliance.seen()["disabled_reason"]) == (False, "gone")
        assert alliance.delivery(first)["state"] == "failed"
        assert self.told(alliance) == ["webhook_gone"]
        assert alliance.attempt(second) is None
        assert alliance.delivery(second)["state"] == "failed", "what was on its way is told as failed"
        assert len(receiver.received) == 1

    def test_five_days_without_a_success(self, alliance: Alliance, receiver: Receiver) -> None:
        receiver.status = 500
        began = datetime.now(UTC)
        for after in (timedelta(0), GIVEN_UP_AFTER - timedelta(hours=1), GIVEN_UP_AFTER):
            assert alliance.seen()["enabled"]
            with clock.frozen(began + after):
                alliance.attempt(alliance.ping())
        assert alliance.seen()["disabled_reason"] == "failing"
        assert self.told(alliance) == ["webhook_failing"]

    def test_one_success_starts_the_days_anew(self, alliance: Alliance, receiver: Receiver) -> None:
        began = datetime.now(UTC)
        for after, status in ((0, 500), (4, 204), (6, 500)):
            receiver.status = status
            with clock.frozen(began + timedelta(days=after)):
                alliance.attempt(alliance.ping())
        assert alliance.seen()["enabled"]

    def test_switched_on_again_it_has_no_past(self, alliance: Alliance, receiver: Receiver) -> None:
        receiver.status = 410
        alliance.attempt(alliance.ping())
        headers = alliance.admin | {"If-Match": "*"}
        answer = alliance.client.patch(alliance.path, json={"enabled": True}, headers=headers)
        assert answer.json()["disabled_reason"] is None


class TestSendingAgain:
    """By hand, one or all."""

    def test_one(self, alliance: Alliance, receiver: Receiver, run_jobs: Callable[[], None]) -> None:
        delivery_id = alliance.ping()
        alliance.attempt(delivery_id)
        answer = alliance.client.post(
            f"/v1/webhook-deliveries/{delivery_id}/redelivery", headers=alliance.admin
        )
        assert answer.json()["state"] == "pending"
        run_jobs()
        assert receiver.ids == [answer.json()["message_id"]] * 2

    def test_all_that_failed_since_a_moment(self, alliance: Alliance, database: Database) -> None:
        now = datetime.now(UTC)
        sent = []
        for days in (3, 1, 0):
            with clock.frozen(now - timedelta(days=days)):
                sent.append(alliance.ping())
        with database.transaction() as session:
            for row in session.exec(select(WebhookDelivery)).all():
                row.state, row.next_attempt_at = DeliveryState.FAILED.value, None
        answer = alliance.post("/redelivery", {"since": (now - timedelta(days=2)).isoformat()})
        assert answer == {"redelivered": 2, "left": 0}
        assert [each["id"] for each in alliance.deliveries(state="failed")] == [str(sent[0])]

    def test_not_to_one_that_is_off(self, alliance: Alliance) -> None:
        headers = alliance.admin | {"If-Match": "*"}
        delivery_id = alliance.ping()
        alliance.client.patch(alliance.path, json={"enabled": False}, headers=headers)
        for path in (f"{alliance.path}/test", f"/v1/webhook-deliveries/{delivery_id}/redelivery"):
            problem(alliance.client.post(path, headers=alliance.admin), 409, "webhook_disabled")


class TestRegistration:
    """Where webhooks may go is decided by administrators, within limits."""

    @pytest.fixture
    def out_of_trial(self, client: TestClient) -> Iterator[TestClient]:
        """As in production; every name leads to an address of the internal network."""
        before = client.app.state.webhook_sender
        client.app.state.webhook_sender = Sender(resolve=lambda _host, _port: ["10.0.0.5"])
        yield client
        client.app.state.webhook_sender = before

    @pytest.mark.parametrize(
        ("url", "code"),
        [
            ("https://intranet.example/hooks", "webhook_address_refused"),
            ("http://hooks.example/", "webhook_not_https"),
            ("https://user:word@hooks.example/", "validation_failed"),
            ("ftp://hooks.example/", "validation_failed"),
            ("https://hooks.example/#part", "validation_failed"),
            ("https:///hooks", "validation_failed"),
            ("https://hooks.example:70000/", "validation_failed"),
        ],
    )
    def test_an_address_that_nothing_would_be_sent_to_is_refused(
        self, out_of_trial: TestClient, url: str, code: str
    ) -> None:
        answer = out_of_trial.post("/v1/webhooks", json=endpoint(url=url), headers=admin(out_of_trial))
        assert problem(answer, 422, code)["errors"][0]["pointer"] == "/url"

    def test_an_unknown_event_is_refused(self, alliance: Alliance) -> None:
        headers = alliance.admin | {"If-Match": "*"}
        body = {"event_types": ["supplier.exploded"]}
        answer = alliance.client.patch(alliance.path, json=body, headers=headers)
        assert problem(answer, 422, "validation_failed")["errors"][0]["pointer"] == "/event_types/0"

    def test_there_are_twenty_at_most(self, client: TestClient) -> None:
        headers = admin(client)
        made = [
            client.post("/v1/webhooks", json=endpoint(url=NOBODY_LISTENS), headers=headers) for _ in range(21)
        ]
        assert {answer.status_code for answer in made[:20]} == {201}
        problem(made[20], 409, "webhooks_full")

    def test_deleting_one_ends_what_was_on_its_way(self, alliance: Alliance, receiver: Receiver) -> None:
        delivery_id = alliance.ping()
        headers = alliance.admin | {"If-Match": "*"}
        assert alliance.client.delete(alliance.path, headers=headers).status_code == 204
        key = alliance.client.app.state.signing_key
        with alliance.database.transaction() as session:
            assert attempt_delivery(session, TRIAL, key, delivery_id, 1) is None
        assert receiver.received == []


def test_the_log_is_kept_for_ninety_days(alliance: Alliance, database: Database, tmp_path: Path) -> None:
    alliance.attempt(alliance.ping())
    for days, left in ((89, 1), (91, 0)):
        with clock.frozen(datetime.now(UTC) + timedelta(days=days)), database.transaction() as session:
            purge(session, tmp_path)
        assert len(alliance.deliveries()) == left
