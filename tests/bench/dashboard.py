"""How long the dashboard takes over a large alliance: python -m tests.bench.dashboard [--plans]

5,000 suppliers, 20,000 needs of 20,000 manufacturers over 18 months, 36,000 runs of ten candidates with
answers of the size that runs have, 15,000 decisions. Prints the median of seven readings of each figure, in
milliseconds; `--plans` adds PostgreSQL's plan of each query.
"""

import statistics
import sys
import time
from collections.abc import Callable

from sqlalchemy import event, text
from sqlmodel import Session

from service.dashboard import figures, rows
from service.dashboard.period import Period
from service.db.session import Database
from tests.factories.databases import database_of_its_own

READINGS = 7
CATEGORIES = "ARRAY['MES','VISION','AI','PRIVATE_5G','WMS','QMS','FEMS','ROBOT','APS','CMMS','ERP','PLC']"
REGIONS = "ARRAY['11','26','27','28','29','30','31','36','41','43','44','46','47','48','50','51','52']"

FILL = (
    "SELECT setseed(0.25)",
    f"""
    INSERT INTO supplier (id, business_number, company_name, region, summary, service_regions, status,
                          search_text, version, created_at, updated_at)
    SELECT gen_random_uuid(), (1000000000 + n)::text, '공급' || n, ({REGIONS})[1 + n % 17], '소개',
           CASE WHEN n % 3 = 0 THEN ARRAY[({REGIONS})[1 + n % 17]] ELSE '{{}}' END,
           CASE WHEN n % 20 = 0 THEN 'pending' ELSE 'approved' END, '', 1,
           now() - random() * interval '540 days', now()
    FROM generate_series(1, 5000) AS n""",
    f"""
    INSERT INTO solution (id, supplier_id, position, name, description, categories)
    SELECT gen_random_uuid(), id, place, '솔루션', '설명',
           ARRAY[({CATEGORIES})[1 + floor(12 * random() ^ 2)::int]]
    FROM supplier CROSS JOIN generate_series(1, 2) AS place""",
    f"""
    INSERT INTO manufacturer (id, business_number, company_name, industry, region, version, created_at,
                              updated_at)
    SELECT gen_random_uuid(), (2000000000 + n)::text, '수요' || n, '25',
           ({REGIONS})[1 + floor(17 * random() ^ 2)::int], 1, now() - random() * interval '540 days', now()
    FROM generate_series(1, 20000) AS n""",
    f"""
    INSERT INTO need (id, manufacturer_id, title, description, categories, needs_on_site_support, status,
                      version, created_at, updated_at)
    SELECT gen_random_uuid(), id, '불량 원인을 모릅니다', repeat('작업 일보를 종이에 씁니다. ', 12),
           CASE WHEN random() < 0.2 THEN ARRAY[({CATEGORIES})[1 + floor(12 * random())::int]] ELSE '{{}}' END,
           false, (ARRAY['open','open','open','contracted','closed'])[1 + floor(5 * random())::int], 1,
           created_at, now()
    FROM manufacturer""",
    f"""
    INSERT INTO recommendation_run (id, need_id, viewer_role, model_version, need_version, generated_at,
                                    answer)
    SELECT gen_random_uuid(), need.id, (ARRAY['account_manager','manufacturer'])[again], 'expert', 1,
           least(need.created_at + random() * interval '20 days', now()),
           jsonb_build_object(
               'items', (
                   SELECT jsonb_agg(jsonb_build_object(
                       'rank', rank, 'supplier_id', shown.id, 'score', shown.best * (1 - 0.05 * rank),
                       'features', (SELECT jsonb_object_agg('feature_' || f, random())
                                    FROM generate_series(1, 20) AS f)))
                   FROM (SELECT rank, random() AS best,
                                pool.ids[1 + floor(5000 * random() ^ 3)::int] AS id
                         FROM generate_series(1, 10) AS rank) AS shown),
               'inferred_categories', jsonb_build_array(jsonb_build_object(
                   'category', ({CATEGORIES})[1 + floor(12 * random())::int], 'probability', 0.7)))
    FROM need CROSS JOIN generate_series(1, 2) AS again
    CROSS JOIN (SELECT array_agg(id ORDER BY id) AS ids FROM supplier) AS pool
    WHERE random() < 0.9""",
    """
    INSERT INTO feedback (id, run_id, need_id, supplier_id, position, verdict, created_at)
    SELECT gen_random_uuid(), run.id, run.need_id, (run.listed ->> place)::uuid, place + 1,
           (ARRAY['introduced','introduced','rejected','contracted'])[1 + floor(4 * random())::int],
           least(run.generated_at + random() * interval '30 days', now())
    FROM recommendation_run AS run CROSS JOIN generate_series(0, 1) AS place
    WHERE run.viewer_role = 'account_manager' AND random() < 0.42""",
    "ANALYZE",
)


def main() -> None:
    """Fill a database of its own and measure."""
    with database_of_its_own() as (_, url):
        database = Database(url)
        with database.transaction() as session:
            for statement in FILL:
                session.execute(text(statement))
        _measure(database, plans="--plans" in sys.argv)
        database.close()


def _measure(database: Database, *, plans: bool) -> None:
    period, asked = Period.chosen(None, None), rows.Asked()
    readings: dict[str, Callable[[Session], object]] = {
        "목표": figures.targets,
        "단계": lambda session: figures.funnel(session, period),
        "노출": figures.exposure,
        "기다림": figures.waiting,
        "부족": figures.gaps,
        "달": lambda session: figures.months(session, period),
        "모두": lambda session: figures.read_dashboard(session, period),
        "수요 목록": lambda session: rows.needs(session, asked, rows.NeedState.WEAK, None, 20, None),
        "공급기업 목록": lambda session: rows.suppliers(session, asked, None, 20, None),
        "결정 목록": lambda session: rows.decisions(session, asked, None, None, 20, None),
    }
    for name, read in readings.items():
        took = statistics.median(_timed(database, read) for _ in range(READINGS))
        sys.stdout.write(f"{name:　<8}{took:8.0f} ms\n")
        if plans:
            _show_plans(database, read)


def _timed(database: Database, read: Callable[[Session], object]) -> float:
    with database.transaction() as session:
        session.execute(text("SELECT 1"))
        began = time.perf_counter()
        read(session)
        return 1000 * (time.perf_counter() - began)


def _show_plans(database: Database, read: Callable[[Session], object]) -> None:
    asked: list[tuple[str, object]] = []

    def note(_connection: object, _cursor: object, statement: str, given: object, *_: object) -> None:
        asked.append((statement, given))

    event.listen(database.engine, "before_cursor_execute", note)
    with database.transaction() as session:
        read(session)
    event.remove(database.engine, "before_cursor_execute", note)
    with database.engine.connect() as connection:
        for statement, given in asked:
            plan = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, BUFFERS, SUMMARY) {statement}", given)
            sys.stdout.writelines(f"    {line}\n" for (line,) in plan)


if __name__ == "__main__":
    main()
