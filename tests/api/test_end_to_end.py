"""The whole journey with the real encoder: from an import to a recommendation that explains itself."""

import json
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

import seed_data
from matching.encoder import Encoder, SentenceTransformerEncoder
from matching.encoder_folder import prepare_encoder_folder
from matching.stored_vectors import InformedEncoder, StoredVectors
from seed_data import VECTORS
from service.accounts.actor import Role
from service.app import create_app
from service.db.session import Database
from service.jobs.services import LazyEncoder, Services
from service.jobs.worker import make_worker_app, run_worker
from service.settings import Settings
from tests.conftest import TEMPLATE
from tests.factories import companies
from tests.factories.aside import run_aside
from tests.factories.people import Headers, admin, sign_in, staff

pytestmark = pytest.mark.slow_encoder

PLATING = "도금 두께를 손으로 재고 종이에 적어 불량 원인을 못 찾는다"
FITTING_CATEGORIES = {"QMS", "MES", "IOT", "VISION"}
FITTING_PROCESSES = {"도금", "측정", "검사", "표면처리"}


@dataclass(frozen=True)
class Journey:
    """What came of each step."""

    client: TestClient
    manager: Headers
    job: Any
    need: Any
    answer: Any

    @property
    def path(self) -> str:
        """Where the need's recommendations are."""
        return f"/v1/needs/{self.need['id']}/recommendations"


def some_suppliers() -> list[dict[str, Any]]:
    """All demo suppliers that work with plating and every eighth of the others (embedding is slow)."""
    rows = seed_data.suppliers()
    plating = [row for row in rows if any("도금" in solution["processes"] for solution in row["solutions"])]
    return plating + [row for row in rows[::8] if row not in plating]


@pytest.fixture(scope="module")
def real_encoder(shared_folder: Path) -> Encoder:
    """The encoder that the service ships with; its folder is made once a run, whoever comes first.

    The texts of the demo suppliers it need not encode, as in a first start.
    """
    encoder = SentenceTransformerEncoder(prepare_encoder_folder(shared_folder / "encoder"))
    return InformedEncoder(StoredVectors.load(VECTORS), encoder)


@pytest.fixture(scope="module")
def journey_database(new_database: Callable[..., str]) -> Iterator[Database]:
    """A database for the whole module."""
    database = Database(new_database("journey", TEMPLATE))
    yield database
    database.close()


@pytest.fixture(scope="module")
def journey(settings: Settings, journey_database: Database, real_encoder: Encoder) -> Journey:
    """Import the demo suppliers, register a manufacturer, write its need down, ask for candidates."""
    app = create_app(settings, journey_database, encoder=real_encoder)
    client = TestClient(app, raise_server_exceptions=False)
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in some_suppliers())
    headers = admin(client) | {"Content-Type": "application/x-ndjson"}
    job = client.post("/v1/imports/suppliers", content=lines.encode(), headers=headers)
    owner = client.post("/v1/manufacturers", json=companies.manufacturer(industry="25", region="28"))
    person = sign_in(client, Role.MANUFACTURER, owner.json()["id"])
    need = client.post(
        f"/v1/manufacturers/{person.company_id}/needs",
        json={"title": "도금 두께 기록", "description": PLATING},
        headers=person.headers,
    )
    services = Services(
        journey_database,
        LazyEncoder(lambda: real_encoder),
        app.state.register,
        app.state.matching.caught_up,
        app.state.settings,
    )
    run_aside(run_worker(make_worker_app(journey_database.url), services, wait=False))
    app.state.matching.refresh()
    manager = staff(client)
    path = f"/v1/needs/{need.json()['id']}/recommendations"
    return Journey(
        client=client,
        manager=manager,
        job=client.get(job.headers["Location"], headers=manager).json(),
        need=need.json(),
        answer=client.get(path, headers=manager).json(),
    )


def test_every_supplier_was_imported_and_is_considered(journey: Journey) -> None:
    total = len(some_suppliers())
    assert total > 20
    assert (journey.job["status"], journey.job["imported"], journey.job["rejected"]) == (
        "succeeded",
        total,
        [],
    )
    assert journey.answer["considered"] == total


def test_the_first_three_include_suppliers_for_plating_measuring_or_quality(journey: Journey) -> None:
    fitting = []
    for item in journey.answer["items"][:3]:
        supplier = journey.client.get(f"/v1/suppliers/{item['supplier']['id']}").json()
        processes = {word for solution in supplier["solutions"] for word in solution["processes"]}
        fitting.append(
            bool(FITTING_CATEGORIES & set(item["solution"]["categories"]) and FITTING_PROCESSES & processes)
        )
    assert fitting[0]
    assert sum(fitting) >= 2


def test_the_inferred_categories_are_those_of_records_and_quality(journey: Journey) -> None:
    inferred = [each["category"] for each in journey.answer["inferred_categories"]]
    assert FITTING_CATEGORIES & set(inferred[:3])


def test_every_score_is_the_sigmoid_of_the_sum_of_its_reasons(journey: Journey) -> None:
    assert len(journey.answer["items"]) == 10
    for item in journey.answer["items"]:
        log_odds = sum(reason["contribution"] for reason in item["reasons"])
        assert item["score"] == pytest.approx(1 / (1 + math.exp(-log_odds)), abs=1e-6)


def test_the_first_candidate_shows_evidence_in_its_own_words(journey: Journey) -> None:
    pairs = journey.answer["items"][0]["evidence"]
    assert pairs
    supplier_id = journey.answer["items"][0]["supplier"]["id"]
    profile = json.dumps(journey.client.get(f"/v1/suppliers/{supplier_id}").json(), ensure_ascii=False)
    for pair in pairs:
        assert pair["need_text"] in PLATING + "도금 두께 기록"
        assert json.dumps(pair["supplier_text"], ensure_ascii=False)[1:-1] in profile


def test_who_is_ruled_out_is_counted(journey: Journey) -> None:
    excluded = journey.answer["excluded"]
    assert "region_not_served" in {rule["code"] for rule in excluded}, "some serve only their own region"
    assert sum(rule["count"] for rule in excluded) < journey.answer["considered"]


def test_a_decision_is_recorded_with_the_run_and_the_supplier_sees_the_need_among_its_leads(
    journey: Journey,
) -> None:
    first = journey.answer["items"][0]
    body = {"supplier_id": first["supplier"]["id"], "verdict": "introduced"}
    path = f"/v1/recommendations/{journey.answer['run_id']}/feedback"
    made = journey.client.post(path, json=body, headers=journey.manager)
    assert (made.status_code, made.json()["position"]) == (201, 1)
    supplier = sign_in(journey.client, Role.SUPPLIER, first["supplier"]["id"])
    leads = journey.client.get(f"/v1/suppliers/{supplier.company_id}/leads", headers=supplier.headers).json()
    assert journey.need["id"] in {lead["need_id"] for lead in leads["items"]}


def test_an_anonymous_preview_of_the_same_need_names_nobody(journey: Journey) -> None:
    body = companies.preview(title="도금 두께 기록", description=PLATING, industry="25", region="28")
    answer = journey.client.post("/v1/recommendations/preview", json=body)
    assert len(answer.json()["items"]) == 3
    for row in some_suppliers():
        bare = row["company_name"].replace("(주)", "").replace("주식회사", "").strip()
        assert bare not in answer.text
        assert not any(solution["name"] in answer.text for solution in row["solutions"])


def test_problems_in_plain_words_are_understood_without_product_names(journey: Journey) -> None:
    needs = {
        "냉동 창고 온도를 밤에 아무도 안 봐서 아침에 보니 제품이 다 녹아 버렸습니다.": {
            "IOT",
            "HACCP",
            "FEMS",
        },
        "용접하던 분이 그만두셔서 사람을 구하지 못해 납기를 계속 못 맞춥니다.": {
            "ROBOT",
            "COBOT",
            "AUTOMATION",
        },
        "전기 요금이 너무 많이 나오는데 어느 설비가 먹는지 모릅니다.": {"FEMS", "IOT"},
    }
    for words, fitting in needs.items():
        body = companies.preview(title=words[:20], description=words, industry="10", region="41")
        answer = journey.client.post("/v1/recommendations/preview", json=body, headers=journey.manager).json()
        assert set(answer["items"][0]["solution"]["categories"]) & fitting, words
