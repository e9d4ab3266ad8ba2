"""Things that belong to somebody, for tests that try every endpoint on everybody's things.

A thing is named after the path parameter that takes its id. A new parameter needs one method here.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from starlette.testclient import TestClient

import seed_data
from service.accounts.actor import SYSTEM, Role
from service.accounts.api_keys import issue_api_key
from service.accounts.devices import Device
from service.accounts.schemas import ApiKeyInput
from service.accounts.sessions import open_session
from service.db.tables import Account, Cluster, FundTerm, Programme
from service.fund.ledger import lock_ledger
from service.kit import clock
from tests.factories import companies, webhooks
from tests.factories.challenges import application, assigned_review, published
from tests.factories.contracts import delivered, introduced, quotation
from tests.factories.funds import DEMO_FUND, lent
from tests.factories.funds import application as loan_application
from tests.factories.people import ANYONE, Headers, Person, sign_in, stored_manufacturer, stored_supplier

ACTORS = (
    "anonymous",
    "supplier",
    "manufacturer",
    "account_manager",
    "admin",
    "key_account_manager",
    "key_admin",
)
_GRANT = next(row for row in seed_data.programmes() if row["code"] == "SMART_FACTORY_GRANT")
STAFF_ACTORS = frozenset(ACTORS[3:])


@dataclass
class World:
    """One person of every role and one key of every role that keys have; things are made when asked for."""

    client: TestClient
    catch_up: Callable[[], None]
    shown_supplier: str = ""
    """A candidate of the run that was made last."""
    _people: dict[str, Person] = field(default_factory=dict)
    _things: dict[tuple[str, str | None], str] = field(default_factory=dict)

    def person(self, actor: str) -> Person:
        """The person of that role, always the same one."""
        if actor not in self._people:
            self._people[actor] = self._signed_in(actor)
        return self._people[actor]

    def forget(self, actor: str) -> None:
        """Somebody else has that role from here on: the one before has left."""
        self._people.pop(actor, None)

    def headers(self, actor: str) -> Headers:
        """The credentials of that actor."""
        return self.person(actor).headers

    def cookie(self, actor: str) -> str | None:
        """What the browser of that person holds."""
        return self.person(actor).cookie

    def thing(self, parameter: str, owner: str | None) -> str:
        """The id of a thing that belongs to that actor or, without one, to somebody else; always the same."""
        if (parameter, owner) not in self._things:
            self._things[parameter, owner] = getattr(self, f"_{parameter}")(owner)
        return self._things[parameter, owner]

    def renew(self, parameter: str | None = None) -> None:
        """Things of that kind, or of all kinds, may be gone: whoever asks next gets new ones."""
        kept = {} if parameter is None else self._things
        self._things = {key: thing for key, thing in kept.items() if key[0] != parameter}

    def missing(self, parameter: str) -> str:
        """An id under which there is nothing."""
        plain = {"code": "NOTHING", "fund_code": "NOTHING", "month": "2001-01", "valid_from": "2001-01-01"}
        return plain.get(parameter) or str(uuid4())

    def fund(self) -> None:
        """A fund that lends, its book open."""
        with self.client.app.state.database.transaction() as session:
            if (
                session.get(FundTerm, (DEMO_FUND["code"], date.fromisoformat(DEMO_FUND["valid_from"])))
                is None
            ):
                session.add(FundTerm.model_validate(DEMO_FUND))
                session.flush()
                lock_ledger(session, DEMO_FUND["code"])

    def lend(self) -> None:
        """Every loan of this world is paid out, if it was not before."""
        for (parameter, _), loan in list(self._things.items()):
            if parameter == "loan_id":
                lent(self.client, self.headers("admin"), loan)

    def _signed_in(self, actor: str) -> Person:
        if actor == "anonymous":
            return Person(ANYONE, UUID(int=0))
        if not actor.startswith("key_"):
            return sign_in(self.client, Role(actor))
        with self.client.app.state.database.transaction() as session:
            asked = ApiKeyInput(name="누리집", role=Role(actor.removeprefix("key_")))
            record, key = issue_api_key(session, SYSTEM, asked)
        return Person({"X-API-Key": key}, record.id)

    def _supplier_id(self, owner: str | None) -> str:
        if owner == "supplier":
            return str(self.person("supplier").company_id)
        return str(stored_supplier(self.client))

    def _certificate_id(self, owner: str | None) -> str:
        path = f"/v1/suppliers/{self.thing('supplier_id', owner)}/certificates"
        return str(self._made("POST", path, json=companies.certificate())["id"])

    def _manufacturer_id(self, owner: str | None) -> str:
        if owner == "manufacturer":
            return str(self.person("manufacturer").company_id)
        return str(stored_manufacturer(self.client))

    def _need_id(self, owner: str | None) -> str:
        path = f"/v1/manufacturers/{self.thing('manufacturer_id', owner)}/needs"
        return str(self._made("POST", path, json=companies.need())["id"])

    def _run_id(self, owner: str | None) -> str:
        stored_supplier(self.client)
        need = self.thing("need_id", owner)
        self.catch_up()
        run = self._made("GET", f"/v1/needs/{need}/recommendations")
        self.shown_supplier = run["items"][0]["supplier"]["id"]
        return str(run["run_id"])

    def _job_id(self, _owner: str | None) -> str:
        """A plan that has been made, for a need that nobody has closed yet."""
        job = str(self._made("POST", "/v1/assignments", json={"need_ids": [self._need_id(None)]})["id"])
        self.catch_up()
        return job

    def _session_id(self, owner: str | None) -> str:
        """A second session of that person, or one of somebody else."""
        person = self.person(owner) if owner else sign_in(self.client, Role.SUPPLIER)
        with self.client.app.state.database.transaction() as session:
            device = Device("203.0.113.8", "Chrome", "203.0.113.0/24")
            return str(open_session(session, session.get_one(Account, person.account_id), device).id)

    def _account_id(self, owner: str | None) -> str:
        """A colleague of that supplier, or somebody of another company."""
        company = self.person(owner).company_id if owner else None
        return str(sign_in(self.client, Role.SUPPLIER, company).account_id)

    def _cluster_id(self, _owner: str | None) -> str:
        with self.client.app.state.database.transaction() as session:
            cluster = Cluster(
                name="도금 머신비전 검사",
                position=1,
                main_category="VISION",
                need_count=2,
                manufacturer_count=2,
                quality={"silhouette": 0.3, "cohesion": 0.8, "stability": 0.9},
                content={"categories": [], "industries": [], "processes": [], "words": [], "suppliers": []}
                | {"common_need": {"need_id": str(uuid4()), "sentences": ["도금 두께를 손으로 잽니다."]}},
            )
            session.add(cluster)
            session.flush()
            return str(cluster.id)

    def _key_id(self, _owner: str | None) -> str:
        return str(self._made("POST", "/v1/api-keys", json={"name": "누리집", "role": "admin"})["id"])

    def _webhook_id(self, _owner: str | None) -> str:
        """One that takes nothing but what it is sent on request."""
        body = webhooks.endpoint(event_types=["fund_terms.updated"])
        return str(self._made("POST", "/v1/webhooks", json=body)["id"])

    def _delivery_id(self, owner: str | None) -> str:
        return str(self._made("POST", f"/v1/webhooks/{self.thing('webhook_id', owner)}/test")["id"])

    def _version_id(self, _owner: str | None) -> str:
        body = {"weights": {"region_same": 0.4}, "note": "가까운 곳을 더 봅니다"}
        return str(self._made("POST", "/v1/ranking/weights", json=body)["id"])

    def _loan_id(self, owner: str | None) -> str:
        self.fund()
        return str(
            self._made("POST", "/v1/fund/loans", json=loan_application(self.thing("supplier_id", owner)))[
                "id"
            ]
        )

    def _repayment_id(self, owner: str | None) -> str:
        loan = self.thing("loan_id", owner)
        lent(self.client, self.headers("admin"), loan)
        paid = {"amount_won": 100_000}
        return str(self._made("POST", f"/v1/fund/loans/{loan}/repayments", json=paid)["id"])

    def introduce(self) -> None:
        """The supplier of this world is introduced for each of its needs."""
        for (parameter, _), need in list(self._things.items()):
            if parameter == "need_id":
                introduced(self.client, need, self.thing("supplier_id", "supplier"))

    def deliver(self) -> None:
        """Every contract of this world is delivered, if it was not before."""
        for (parameter, _), contract in list(self._things.items()):
            if parameter == "contract_id":
                delivered(self.client, self.headers("admin"), contract)

    def _contract_id(self, owner: str | None) -> str:
        """A quote of that supplier or to that manufacturer, the other side being somebody else."""
        supplier = self.thing("supplier_id", "supplier" if owner == "supplier" else None)
        need = self.thing("need_id", "manufacturer" if owner == "manufacturer" else None)
        introduced(self.client, need, supplier)
        return str(self._made("POST", f"/v1/needs/{need}/contracts", json=quotation(supplier))["id"])

    def _payment_id(self, owner: str | None) -> str:
        contract = self.thing("contract_id", owner)
        answer = self.client.get(f"/v1/contracts/{contract}", headers=self.headers("admin"))
        if answer.json()["state"] not in ("quoted", "accepted", "delivered"):  # somebody ended it meanwhile
            del self._things["contract_id", owner]
            contract = self.thing("contract_id", owner)
        delivered(self.client, self.headers("admin"), contract)
        paid = {"amount_won": 1_000}
        return str(self._made("POST", f"/v1/contracts/{contract}/payments", json=paid)["id"])

    def _challenge_id(self, _owner: str | None) -> str:
        return published(self.client, self.headers("admin"))

    def _application_id(self, owner: str | None) -> str:
        """An application of that supplier to a call of its own."""
        applicant = self.person(owner) if owner else sign_in(self.client, Role.SUPPLIER)
        path = f"/v1/challenges/{published(self.client, self.headers('admin'))}/applications"
        made = self.client.post(path, headers=applicant.headers, json=application())
        assert made.status_code == 201, made.text
        return str(made.json()["id"])

    def _review_id(self, owner: str | None) -> str:
        """A review that was given to that account manager, of a call that is closed."""
        reviewer = self.person(owner) if owner else sign_in(self.client, Role.ACCOUNT_MANAGER)
        return assigned_review(self.client, self._application_id(None), reviewer.account_id)

    def _month(self, _owner: str | None) -> str:
        self.fund()
        return f"{clock.today():%Y-%m}"

    def _fund_code(self, _owner: str | None) -> str:
        self.fund()
        return str(DEMO_FUND["code"])

    def _valid_from(self, _owner: str | None) -> str:
        return str(DEMO_FUND["valid_from"])

    def _code(self, _owner: str | None) -> str:
        with self.client.app.state.database.transaction() as session:
            known = {name: _GRANT[name] for name in ("code", "name", "summary", "status", "source")}
            session.merge(Programme(**known, terms={"grant_rows": _GRANT["grant_rows"]}))
        return str(_GRANT["code"])

    def _made(self, method: str, path: str, **sent: Any) -> dict[str, Any]:
        answer = self.client.request(method, path, headers=self.headers("admin"), **sent)
        assert answer.status_code in (200, 201, 202), answer.text
        found: dict[str, Any] = answer.json()
        return found
