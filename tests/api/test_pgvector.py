"""Retrieval by PostgreSQL finds what retrieval in memory finds, whatever the filter."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from typing import NamedTuple

import numpy as np
import pytest
from fastapi import FastAPI
from sqlalchemy import text
from starlette.testclient import TestClient

from matching.domain import EmbeddedPassages, FloatArray, NeedProfile
from matching.features import EmbeddedNeed
from matching.index import ProfileIndex
from matching.index.vector_table import TableView
from matching.intent import IntentModel
from matching.ranker import Ranker
from matching.recommender import Recommender
from matching.retrieval import InMemory, Query, Wanted
from matching.taxonomy import category_codes, regions
from matching.text import passages_of_need
from service.app import create_app
from service.db.session import Database
from service.recommendations.live_index import LiveIndex
from service.recommendations.pgvector_retrieval import PgVectorRetrieval
from service.settings import Settings
from tests.bench.market import DIMENSIONS, need, vectors
from tests.bench.stored_market import fill
from tests.factories import companies
from tests.factories.encoders import CountingEncoder
from tests.factories.people import staff

MODEL = "random"
SUPPLIERS = 80
DAY = date(2026, 11, 27)

VARIED = """
    UPDATE supplier SET
        status = CASE WHEN random() < 0.15 THEN 'suspended' WHEN random() < 0.15 THEN 'pending'
                      ELSE status END,
        service_regions = CASE WHEN random() < 0.3 THEN '{}'
                               ELSE service_regions[1:1 + (3 * random())::int] END,
        certifications = CASE WHEN random() < 0.5 THEN ARRAY['GS','VENTURE']
                              WHEN random() < 0.5 THEN ARRAY['GS']
                              ELSE '{}' END,
        concurrent_project_capacity = CASE WHEN random() < 0.4 THEN (2 * random())::int END;
    UPDATE solution SET price_min_won = CASE WHEN random() < 0.7 THEN (100000000 * random())::bigint END;
    UPDATE solution SET price_max_won = 2 * price_min_won WHERE random() < 0.5;
"""
BUSY = """
    INSERT INTO manufacturer (id, business_number, company_name, industry, region, version, created_at,
                              updated_at)
    VALUES (gen_random_uuid(), '2208162517', '수요', '25', '41', 1, now(), now());
    INSERT INTO need (id, manufacturer_id, title, description, needs_on_site_support, status, version,
                      created_at, updated_at)
    SELECT gen_random_uuid(), id, '제목', '설명', false, 'contracted', 1, now(), now() FROM manufacturer;
    INSERT INTO recommendation_run (id, need_id, viewer_role, model_version, need_version, answer,
                                    generated_at)
    SELECT gen_random_uuid(), id, 'admin', 'expert', 1, '{}', now() FROM need;
    INSERT INTO feedback (id, run_id, need_id, supplier_id, position, verdict, created_at)
    SELECT gen_random_uuid(), r.id, r.need_id, s.id, 1, 'contracted', now()
    FROM recommendation_run r, supplier s WHERE s.concurrent_project_capacity = 1 AND random() < 0.6;
"""
STALE = """
    UPDATE embedding SET text_hash = 'old' WHERE passage LIKE 'solution/%' AND random() < 0.1
"""


class Both(NamedTuple):
    """The same suppliers with their vectors in memory, and with them in PostgreSQL."""

    memory: Recommender
    pgvector: Recommender


def exact(chance: np.random.Generator, rows: int) -> FloatArray:
    """Unit vectors whose products are exact in any order of addition, and often equal."""
    made = np.zeros((rows, DIMENSIONS), np.float32)
    made[:, :256] = chance.choice([-1, 1], (rows, 256), p=[0.1, 0.9]) / 16
    return made


@pytest.fixture(params=[vectors, exact], ids=["any vectors", "many ties"])
def both(request: pytest.FixtureRequest, database: Database) -> Iterator[Both]:
    """Suppliers of every kind; some are busy, and some texts were changed and not embedded again."""
    fill(database, SUPPLIERS, MODEL, make=request.param)
    with database.transaction() as session:
        session.execute(text("SELECT setseed(0.5)"))
        for statement in (VARIED, BUSY, STALE):
            for one in statement.strip().rstrip(";").split(";"):
                session.execute(text(one))
    retrieval = PgVectorRetrieval(database.url, MODEL, DIMENSIONS)
    memory, facts = ProfileIndex(MODEL, DIMENSIONS), ProfileIndex(MODEL, DIMENSIONS)
    LiveIndex(database, memory).refresh()
    LiveIndex(database, facts, read=retrieval.facts_only).refresh()
    intent, ranker = IntentModel.load(), Ranker.expert()
    yield Both(Recommender(memory, intent, ranker), Recommender(facts, intent, ranker, retrieval=retrieval))
    retrieval.close()


def asked(number: int, known: Recommender, make: object) -> EmbeddedNeed:
    """A need with a random filter and random vectors."""
    chance = np.random.default_rng(number)
    ids = list(known.index.snapshot().slots)
    pattern = need(number, "41").profile

    def sometimes(value: object, otherwise: object) -> object:
        return value if chance.random() < 0.5 else otherwise

    profile = replace(
        pattern,
        region=str(sometimes(chance.choice([each.code for each in regions()]), sometimes("42", ""))),
        manufacturer_business_number=sometimes(f"{chance.integers(SUPPLIERS):010}", None),
        budget_won=sometimes(int(chance.integers(100_000_000)), None),
        required_certifications=sometimes(("GS",), sometimes(("VENTURE", "GS"), ())),
        excluded_supplier_ids=sometimes(tuple(chance.choice(ids, 9)), ()),
        categories=sometimes((str(chance.choice(category_codes())),), ()),
    )
    return embedded(profile, chance, make)


def embedded(profile: NeedProfile, chance: np.random.Generator, make: object) -> EmbeddedNeed:
    passages = passages_of_need(profile)
    return EmbeddedNeed(profile, EmbeddedPassages(passages, make(chance, len(passages))))


def test_both_find_the_same_and_recommend_the_same(both: Both, request: pytest.FixtureRequest) -> None:
    make = request.node.callspec.params["both"]
    same = pytest.approx if make is vectors else lambda value, **_: value
    one, other = both.memory.index.snapshot(), both.pgvector.index.snapshot()
    assert list(one.slots) == list(other.slots)
    sizes = set()
    for number in range(20):
        wanted = asked(number, both.memory, make)
        chance = np.random.default_rng(number)
        query = Query(wanted, chance.random(len(category_codes()), np.float32), both.memory.ranker.weight_row)
        only = frozenset(list(one.slots)[:5]) if number % 10 == 0 else None
        passes = Wanted(wanted.profile, busy_too=number % 3 == 0, only=only)
        k = int(chance.integers(1, 12))
        found = InMemory().search(one, passes, query, k)
        theirs = both.pgvector.retrieval.search(other, passes, query, k)
        assert theirs.slots.tolist() == found.slots.tolist()
        sizes.add(len(found.slots))
        for recommended in zip(
            both.memory.recommend(wanted, 10, DAY).matches,
            both.pgvector.recommend(wanted, 10, DAY).matches,
            strict=True,
        ):
            ours, their = recommended
            assert (their.supplier_id, their.solution_id) == (ours.supplier_id, ours.solution_id)
            assert their.score == same(ours.score, abs=1e-3)
            assert their.evidence == ours.evidence
            assert [each.code for each in their.reasons] == [each.code for each in ours.reasons]
    assert max(sizes) > 5  # the filters left something to find


@pytest.mark.parametrize("elsewhere", [False, True])
def test_the_setting_changes_who_searches_and_not_the_answer(
    elsewhere: bool,
    matching_client: TestClient,
    catch_up: Callable[[], None],
    settings: Settings,
    database: Database,
    encoder: CountingEncoder,
) -> None:
    manager = staff(matching_client)
    for _ in range(2):
        made = matching_client.post("/v1/suppliers", json=companies.supplier()).json()
        matching_client.post(f"/v1/suppliers/{made['id']}/approval", headers=manager)
    catch_up()
    searched = f"{database.url}{'&' if '?' in database.url else '?'}application_name=searched"
    changes = {"index": "pgvector", "search_database_url": searched if elsewhere else None}
    app = create_app(settings.model_copy(update=changes), database, encoder=encoder)
    app.state.matching.refresh()
    assert not any(len(table.base) + len(table.added) for table in vector_tables(app))
    answers = [
        client.post("/v1/recommendations/preview", json=companies.preview(), headers=manager).json()
        for client in (matching_client, TestClient(app))
    ]
    with database.transaction() as session:
        searching = text("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'searched'")
        assert session.execute(searching).scalar_one() == elsewhere
    app.state.matching.stop()
    assert len(answers[0]["items"]) == 2
    assert answers[1]["items"] == answers[0]["items"]


def vector_tables(app: FastAPI) -> tuple[TableView, ...]:
    """Where a process would hold vectors."""
    snapshot = app.state.matching.recommender().index.snapshot()
    return (snapshot.solution_vectors, snapshot.summary_vectors, snapshot.problem_vectors)
