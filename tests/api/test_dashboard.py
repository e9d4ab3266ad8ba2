"""The dashboard: each figure is what its documented query counts, and leads to the rows that it counted."""

import csv
import io
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Row, delete, text, update
from sqlmodel import col
from starlette.testclient import TestClient

import service.dashboard
from service.dashboard.period import Period
from service.db.session import Database
from service.db.tables import Cluster, Feedback, Need, RecommendationRun, SupplierStatus, Verdict
from service.kit import clock
from tests.factories import companies
from tests.factories.answers import problem
from tests.factories.contracts import delivered, introduced, quotation
from tests.factories.funds import applied, lent, open_fund
from tests.factories.people import staff, stored_manufacturer, stored_supplier

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
DOCUMENT = (Path(service.dashboard.__file__).parent / "README.md").read_text(encoding="utf-8")
QUERIES = dict(re.findall(r"```sql (\w+)\n(.*?)```", DOCUMENT, re.S))


def days_ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


class Alliance:
    """Needs with runs and decisions at known moments."""

    def __init__(self, client: TestClient, database: Database) -> None:
        self.client, self.database = client, database
        self.manager = staff(client)

    def need(self, *, written: float, region: str = "41", status: str = "open", **changes: Any) -> UUID:
        manufacturer_id = stored_manufacturer(self.client, region=region)
        path = f"/v1/manufacturers/{manufacturer_id}/needs"
        made = self.client.post(path, json=companies.need(**changes), headers=self.manager)
        assert made.status_code == 201, made.text
        need_id = UUID(made.json()["id"])
        values = {"created_at": days_ago(written), "status": status}
        with self.database.transaction() as session:
            session.execute(update(Need).where(col(Need.id) == need_id).values(**values))
        return need_id

    def run(
        self,
        need_id: UUID,
        *suppliers: UUID,
        ago: float,
        best: float = 0.8,
        category: str | None = "MES",
        role: str = "account_manager",
    ) -> UUID:
        items = [
            {"rank": rank, "supplier_id": str(each), "score": best - rank / 100, "features": {}}
            for rank, each in enumerate(suppliers)
        ]
        likely = [{"category": category, "probability": 0.7}] if category else []
        run = RecommendationRun(
            need_id=need_id,
            viewer_role=role,
            model_version="expert",
            need_version=1,
            answer={"items": items, "inferred_categories": likely},
            generated_at=days_ago(ago),
        )
        with self.database.transaction() as session:
            session.add(run)
            session.flush()
            return run.id

    def decided(self, run_id: UUID, need_id: UUID, supplier_id: UUID, verdict: str, ago: float) -> None:
        with self.database.transaction() as session:
            session.add(
                Feedback(
                    run_id=run_id,
                    need_id=need_id,
                    supplier_id=supplier_id,
                    position=1,
                    verdict=verdict,
                    created_at=days_ago(ago),
                )
            )

    def read(self, path: str = "", **asked: str) -> Any:
        with clock.frozen(NOW):
            answer = self.client.get(f"/v1/dashboard{path}", params=asked, headers=self.manager)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def rows(self, address: str) -> list[dict[str, Any]]:
        with clock.frozen(NOW):
            answer = self.client.get(address, headers=self.manager, params=None)
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    def documented(self, name: str) -> Sequence[Row[Any]]:
        with clock.frozen(NOW):
            given = {**Period.chosen(None, None).bounds, "now": NOW}
        asked = {key: value for key, value in given.items() if f":{key}" in QUERIES[name]}
        with self.database.transaction() as session:
            return session.execute(text(QUERIES[name]), asked).all()


@pytest.fixture
def alliance(client: TestClient, database: Database) -> Alliance:
    """An alliance in which everything that the dashboard counts has happened, and what it must not count."""
    there = Alliance(client, database)
    plain = stored_supplier(client)
    modern = stored_supplier(client, solutions=[companies.solution(categories=["AI"])])
    elsewhere = stored_supplier(client, service_regions=["50"])
    stored_supplier(client, SupplierStatus.PENDING)
    contracted = there.need(written=50, status="contracted")
    run = there.run(contracted, plain, modern, ago=48)
    there.decided(run, contracted, plain, "introduced", 40)
    there.decided(run, contracted, modern, "introduced", 39)
    there.decided(run, contracted, modern, "contracted", 30)
    there.decided(run, contracted, modern, "contracted", 29)  # noted twice
    introduced = there.need(written=20)
    there.decided(there.run(introduced, plain, ago=14), introduced, plain, "introduced", 12)
    looked_at_twice = there.need(written=10)
    there.run(looked_at_twice, modern, plain, ago=9, best=0.1)
    there.run(looked_at_twice, modern, plain, ago=8, best=0.9)
    weak = there.need(written=9, region="50", categories=["VISION"])
    there.run(weak, elsewhere, ago=5, best=0.2)
    nobody = there.need(written=8, region="50")
    there.run(nobody, ago=4, category=None)
    there.need(written=7)  # never ranked
    seen_by_owner = there.need(written=6)
    there.run(seen_by_owner, plain, ago=6, role="manufacturer")
    old = there.need(written=800, status="closed")
    there.run(old, plain, ago=700)
    with database.transaction() as session:
        for closed in (None, NOW):
            session.add(
                Cluster(
                    name=f"도금 검사 {closed}",
                    position=1,
                    main_category="VISION",
                    need_count=2,
                    manufacturer_count=2,
                    closed_at=closed,
                )
            )
    return there


def test_targets_stand_beside_what_is_recorded_and_say_what_that_is(alliance: Alliance) -> None:
    targets = {each["code"]: each for each in alliance.read()["targets"]}
    factories, clusters = targets["SMART_FACTORIES_2025"], targets["DIGITAL_CLUSTERS_2025"]
    assert (factories["target"], factories["actual"]) == (1000, alliance.documented("contracts_5g_ai")[0][0])
    assert (clusters["target"], clusters["actual"]) == (20, alliance.documented("clusters")[0][0])
    assert (factories["actual"], clusters["actual"]) == (1, 1)
    assert "세지 않습니다" in factories["actual_meaning"]
    assert all(each["source_url"].startswith("https://") for each in targets.values())


def test_the_funnel_is_what_its_documented_queries_count(alliance: Alliance) -> None:
    funnel = {each["step"]: each for each in alliance.read()["funnel"]}
    assert [each["needs"] for each in funnel.values()] == list(alliance.documented("funnel")[0])
    assert [each["needs"] for each in funnel.values()] == [7, 6, 2, 1, 1]
    for step, name, days in (
        ("recommended", "days_to_recommendation", 3.0),
        ("introduced", "days_to_introduction", 5.0),
        ("contracted", "days_to_contract", 10.0),
    ):
        assert funnel[step]["median_days"] == pytest.approx(float(alliance.documented(name)[0][0]))
        assert funnel[step]["median_days"] == pytest.approx(days)
    assert funnel["proposed"]["median_days"] is None
    assert funnel["written"]["share"] == 1.0


def test_exposure_is_what_its_documented_query_counts(alliance: Alliance) -> None:
    exposure = alliance.read()["exposure"]
    places, never, gini = alliance.documented("exposure")[0]
    assert (exposure["places"], exposure["never_listed"]) == (places, never)
    assert exposure["gini"] == pytest.approx(float(gini))
    assert (exposure["suppliers"], exposure["places"], exposure["never_listed"]) == (3, 4, 0)
    assert [each["lists"] for each in exposure["most_listed"]] == [2, 1, 1]
    assert exposure["top_tenth_share"] == pytest.approx(0.5)


def test_without_any_list_nothing_is_said_of_fairness(client: TestClient) -> None:
    stored_supplier(client)
    exposure = client.get("/v1/dashboard", headers=staff(client)).json()["exposure"]
    assert (exposure["gini"], exposure["top_tenth_share"], exposure["never_listed"]) == (None, None, 1)


def test_the_use_of_the_fund_is_what_its_documented_query_counts(
    client: TestClient, database: Database
) -> None:
    there = Alliance(client, database)
    with clock.frozen(NOW):
        assert there.read()["fund"] is None
        open_fund(database)
        supplier = stored_supplier(client)
        lent(client, there.manager, applied(client, there.manager, supplier))
        applied(client, there.manager, stored_supplier(client), principal_won=30_000_000)
    fund = there.read()["fund"]
    names = ("ceiling_won", "outstanding_won", "reserved_won", "available_won")
    assert tuple(fund[name] for name in names) == tuple(there.documented("fund")[0])
    assert (fund["outstanding_won"], fund["reserved_won"]) == (100_000_000, 30_000_000)
    assert [each["outstanding_won"] for each in there.rows(fund["rows"])] == [fund["outstanding_won"]]


def test_waiting_needs_are_what_the_documented_query_counts(alliance: Alliance) -> None:
    waiting = {(each["region"], each["category"]): each["needs"] for each in alliance.read()["waiting"]}
    assert waiting == {(row[0], row[1]): row[2] for row in alliance.documented("waiting")}
    assert waiting == {("41", "MES"): 2, ("41", None): 1, ("50", "VISION"): 1, ("50", None): 1}


def test_gaps_are_what_the_documented_query_counts(alliance: Alliance) -> None:
    dashboard = alliance.read()
    names = ("region", "category", "needs", "weak_needs", "median_best_score", "suppliers")
    found = {tuple(each[name] for name in names) for each in dashboard["gaps"]}
    assert found == {tuple(row) for row in alliance.documented("gaps")}
    assert {(each["region"], each["category"]) for each in dashboard["gaps"]} == {
        ("50", "VISION"),
        ("50", None),
    }
    assert dashboard["unranked_open_needs"] == alliance.documented("unranked_open_needs")[0][0] == 1


def test_a_gap_says_how_many_suppliers_serve_it(alliance: Alliance) -> None:
    vision = companies.solution(categories=["VISION"])
    stored_supplier(alliance.client, solutions=[vision])
    stored_supplier(alliance.client, solutions=[vision, vision], service_regions=["50"])
    stored_supplier(alliance.client, solutions=[vision], service_regions=["11"])
    stored_supplier(alliance.client, SupplierStatus.PENDING, solutions=[vision])
    gap = next(each for each in alliance.read()["gaps"] if each["category"] == "VISION")
    assert gap["suppliers"] == 2


def test_installment_contracts_are_what_the_documented_query_counts(
    client: TestClient, database: Database
) -> None:
    there = Alliance(client, database)
    quoted, late, recorded = (_quoted(there) for _ in range(3))
    with clock.frozen(days_ago(70)):
        delivered(client, there.manager, late)
        with database.transaction() as session:  # as if the manufacturer had accepted it
            session.execute(delete(Feedback).where(col(Feedback.verdict) == Verdict.CONTRACTED.value))
        delivered(client, there.manager, recorded)
        owed = client.get(f"/v1/contracts/{recorded}/schedule", headers=there.manager).json()
        paid = {"amount_won": owed["settlement"]["total_won"]}
        settled = client.post(f"/v1/contracts/{recorded}/payments", json=paid, headers=there.manager)
        assert settled.status_code == 201, settled.text
    dashboard = there.read()
    counted = {each["standing"]: each for each in dashboard["contracts"]}
    shown = {(name, each["contracts"], each["price_won"], each["paid_won"]) for name, each in counted.items()}
    assert shown == set(map(tuple, there.documented("contracts")))
    assert {name: each["contracts"] for name, each in counted.items()} == {
        "quoted": 1, "signed": 2, "to_deliver": 0, "paying": 1, "late": 1, "settled": 1, "unrecorded": 1,
    }  # fmt: skip
    for each in counted.values():
        assert len(there.rows(each["rows"])) == each["contracts"]
    assert [each["id"] for each in there.rows(counted["quoted"]["rows"])] == [quoted]
    assert dashboard["late_won"] == there.rows("/v1/contracts/dunning")[0]["late_won"] > 0
    months = {each["month"]: each["signed"] for each in dashboard["months"] if each["signed"]}
    assert months == {"2026-09-01": 2}
    assert (
        len(there.read("/contracts", standing="signed", since="2026-09-01", until="2026-09-30")["items"]) == 2
    )


def _quoted(there: Alliance) -> str:
    """A quote for a need of a supplier that was introduced to it."""
    need, supplier = there.need(written=90), stored_supplier(there.client)
    with clock.frozen(days_ago(75)):
        introduced(there.client, need, supplier)
        made = there.client.post(
            f"/v1/needs/{need}/contracts", json=quotation(supplier), headers=there.manager
        )
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


def test_months_are_what_the_documented_query_counts(alliance: Alliance) -> None:
    months = alliance.read()["months"]
    documented = {(row[0], row[1]): row[2] for row in alliance.documented("months")}
    kinds = ("suppliers", "manufacturers", "needs", "introduced", "contracted", "signed")
    shown = {(each["month"], kind): each[kind] for each in months for kind in kinds if each[kind]}
    assert shown == documented
    assert [each["month"] for each in months] == [
        str(date(2025 + number // 12, number % 12 + 1, 1)) for number in range(11, 23)
    ]


def test_a_month_begins_at_midnight_in_korea(client: TestClient, database: Database) -> None:
    there = Alliance(client, database)
    need = there.need(written=0)
    with database.transaction() as session:
        at = datetime(2026, 10, 31, 15, 30, tzinfo=UTC)
        session.execute(update(Need).where(col(Need.id) == need).values(created_at=at))
    counted = {each["month"]: each["needs"] for each in there.read()["months"]}
    assert (counted["2026-10-01"], counted["2026-11-01"]) == (0, 1)


def test_every_figure_leads_to_as_many_rows_as_it_counts(alliance: Alliance) -> None:
    dashboard = alliance.read()
    for each in (*dashboard["funnel"], *dashboard["waiting"]):
        assert len(alliance.rows(each["rows"])) == each["needs"], each
    for each in dashboard["gaps"]:
        assert len(alliance.rows(each["rows"])) == each["weak_needs"], each
        assert len(alliance.rows(each["needs_rows"])) == each["needs"], each
        assert len(alliance.rows(each["suppliers_rows"])) == each["suppliers"], each
    assert len(alliance.read("/needs", state="unranked")["items"]) == dashboard["unranked_open_needs"]
    assert len(alliance.rows(dashboard["targets"][0]["rows"])) == dashboard["targets"][0]["actual"]
    listed = alliance.rows(dashboard["exposure"]["rows"])
    assert sum(each["lists"] for each in listed) == dashboard["exposure"]["places"]
    assert len(listed) == dashboard["exposure"]["suppliers"]


def test_the_rows_of_a_month_are_as_many_as_the_month_counts(alliance: Alliance) -> None:
    october = next(each for each in alliance.read()["months"] if each["month"] == "2026-10-01")
    within = {"since": "2026-10-01", "until": "2026-10-31"}
    assert october["contracted"] == len(alliance.read("/decisions", verdict="contracted", **within)["items"])
    assert october["needs"] == len(alliance.read("/needs", **within)["items"])
    assert (october["contracted"], october["introduced"]) == (1, 2)


@pytest.mark.parametrize("path", ["/needs", "/suppliers", "/manufacturers", "/decisions"])
def test_rows_come_a_page_at_a_time_and_each_once(alliance: Alliance, path: str) -> None:
    whole = [each["id"] for each in alliance.read(path, limit="100")["items"]]
    found: list[str] = []
    cursor = {}
    while True:
        page = alliance.read(path, limit="2", **cursor)
        found += [each["id"] for each in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert found == whole
    assert len(set(found)) == len(found) > 2


@pytest.mark.parametrize("path", ["/needs", "/suppliers", "/manufacturers", "/decisions", "/contracts"])
@pytest.mark.parametrize("cursor", ["x", "WyJ4Il0", "WyJ4IiwieCJd"])
def test_a_cursor_of_somebody_elses_making_is_refused(client: TestClient, path: str, cursor: str) -> None:
    answer = client.get(f"/v1/dashboard{path}", params={"cursor": cursor}, headers=staff(client))
    problem(answer, 422, "cursor_invalid")


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"since": "2026-11-02", "until": "2026-11-01"}, "period_backwards"),
        ({"since": "2010-01-01", "until": "2026-11-01"}, "period_too_long"),
    ],
)
def test_a_period_that_cannot_be_is_refused(client: TestClient, asked: dict[str, str], code: str) -> None:
    answer = client.get("/v1/dashboard", params=asked, headers=staff(client))
    problem(answer, 422, code)


@pytest.mark.parametrize("name", ["targets", "funnel", "exposure", "waiting", "gaps", "contracts", "months"])
def test_every_figure_can_be_taken_to_a_spreadsheet(alliance: Alliance, name: str) -> None:
    with clock.frozen(NOW):
        answer = alliance.client.get("/v1/dashboard/figures", params={"name": name}, headers=alliance.manager)
    assert answer.headers["Content-Disposition"] == f'attachment; filename="dashboard-{name}-2026-11-20.csv"'
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    shown = alliance.read()[name]
    assert len(rows) - 1 == len(shown["most_listed"] if name == "exposure" else shown)
    assert all(re.match("[가-힣]", heading) for heading in rows[0])
