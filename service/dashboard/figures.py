"""The figures, each one query over what is recorded; README.md beside this file documents each query."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import numpy as np
from sqlalchemy import Row, text
from sqlmodel import Session

import seed_data
from matching.exposure import gini, top_share
from service.dashboard.period import Period, last_day
from service.dashboard.schemas import (
    ContractsAnswer,
    DashboardAnswer,
    ExposedSupplierAnswer,
    ExposureAnswer,
    FundUseAnswer,
    FunnelAnswer,
    GapAnswer,
    MonthAnswer,
    Step,
    TargetAnswer,
    WaitingAnswer,
)
from service.dashboard.statements import (
    EXPOSURE_DAYS,
    FIRST_DECISION,
    IS_RANKED,
    IS_UNRANKED,
    IS_WAITING,
    IS_WEAK,
    LISTED,
    OFFERS,
    OFFERS_5G_OR_AI,
    PLACED_NEED,
    SERVES,
    STAGED_NEED,
    STANDING_CONTRACT,
    STANDINGS,
    WEAK_BELOW,
)
from service.deals.contracts.queries import late_contracts
from service.fund.answers import fund_answer
from service.fund.queries import overview_of
from service.fund.terms import find_fund_on
from service.kit import clock
from service.messages.dashboard import COUNTED

MOST_LISTED = 10
MOST_GAPS = 30
MOST_LATE = 10_000
"""Contracts in arrears whose debt is added up; there are never so many, and no row is left out unseen."""
_API = "/v1/dashboard"
_LENT = "/v1/fund/loans?status=disbursed"

_COUNTS = {
    "contracts_5g_ai": text(f"""
        SELECT count(*) FROM ({FIRST_DECISION}) AS decision
        WHERE verdict = 'contracted' AND {OFFERS_5G_OR_AI}"""),
    "clusters": text("SELECT count(*) FROM cluster WHERE closed_at IS NULL"),
}
_COUNTED_ROWS = {
    "contracts_5g_ai": f"{_API}/decisions?verdict=contracted&technology=5g_ai",
    "clusters": "/v1/clusters",
}

_FUNNEL = text(f"""
    SELECT count(*) AS written,
           count(*) FILTER (WHERE coalesce(recommended, introduced, proposed, contracted) IS NOT NULL)
               AS recommended,
           count(*) FILTER (WHERE coalesce(introduced, proposed, contracted) IS NOT NULL) AS introduced,
           count(*) FILTER (WHERE coalesce(proposed, contracted) IS NOT NULL) AS proposed,
           count(contracted) AS contracted,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY recommended - written) AS recommended_time,
           count(recommended - written) AS recommended_measured,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY introduced - recommended) AS introduced_time,
           count(introduced - recommended) AS introduced_measured,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY proposed - introduced) AS proposed_time,
           count(proposed - introduced) AS proposed_measured,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY contracted - coalesce(proposed, introduced))
               AS contracted_time,
           count(contracted - coalesce(proposed, introduced)) AS contracted_measured
    FROM ({STAGED_NEED}) AS stage WHERE written >= :since AND written < :until
""")
_EXPOSURE = text(f"""
    SELECT supplier.id, supplier.company_name, coalesce(listed.lists, 0) AS lists
    FROM supplier LEFT JOIN ({LISTED}) AS listed ON listed.supplier_id = supplier.id
    WHERE supplier.status = 'approved' ORDER BY lists DESC, supplier.id
""")
_WAITING = text(f"""
    SELECT region, category, count(*) AS needs, min(created_at) AS oldest_written_at
    FROM ({PLACED_NEED}) AS placed WHERE {IS_WAITING}
    GROUP BY region, category ORDER BY needs DESC, region, category
""")
_GAPS = text(f"""
    WITH cell AS (
        SELECT region, category, count(*) AS needs, count(*) FILTER (WHERE {IS_WEAK}) AS weak_needs,
               percentile_cont(0.5) WITHIN GROUP (ORDER BY coalesce(best_score, 0)) AS median_best_score
        FROM ({PLACED_NEED}) AS placed WHERE {IS_RANKED} GROUP BY region, category
        HAVING count(*) FILTER (WHERE {IS_WEAK}) > 0
        ORDER BY weak_needs DESC, needs, region, category LIMIT {MOST_GAPS}
    )
    SELECT cell.*, (
        SELECT count(*) FROM supplier
        WHERE supplier.status = 'approved'
          AND {SERVES.format(region="cell.region")} AND {OFFERS.format(category="cell.category")}
    ) AS suppliers
    FROM cell ORDER BY weak_needs DESC, needs, region, category
""")
_UNRANKED = text(f"SELECT count(*) FROM ({PLACED_NEED}) AS placed WHERE {IS_UNRANKED}")
_CONTRACTS = text(
    " UNION ALL ".join(
        f"""
        SELECT '{standing}' AS standing, count(*) AS contracts,
               coalesce(sum(price_won), 0)::bigint AS price_won,
               coalesce(sum(grant_won), 0)::bigint AS grant_won,
               coalesce(sum(paid_won), 0)::bigint AS paid_won
        FROM ({STANDING_CONTRACT}) AS contract WHERE {condition}"""
        for standing, condition in STANDINGS.items()
    )
)
_MONTHS = text(f"""
    SELECT date_trunc('month', at AT TIME ZONE 'Asia/Seoul')::date AS month, kind, count(*) AS happened
    FROM (
        SELECT created_at AS at, 'suppliers' AS kind FROM supplier
        UNION ALL SELECT created_at, 'manufacturers' FROM manufacturer
        UNION ALL SELECT created_at, 'needs' FROM need
        UNION ALL SELECT created_at, verdict FROM ({FIRST_DECISION}) AS decision
        WHERE verdict IN ('introduced', 'contracted')
        UNION ALL SELECT accepted_on::timestamp AT TIME ZONE 'Asia/Seoul', 'signed' FROM contract
        WHERE {STANDINGS["signed"]}
    ) AS event
    WHERE at >= :since AND at < :until GROUP BY 1, 2
""")


def read_dashboard(session: Session, period: Period) -> DashboardAnswer:
    """Every figure as of now, the funnel and the months over that period."""
    return DashboardAnswer(
        generated_at=clock.now(),
        since=period.since,
        until=period.until,
        weak_below=WEAK_BELOW,
        unranked_open_needs=session.execute(_UNRANKED).scalar_one(),
        targets=targets(session),
        fund=fund_use(session),
        funnel=funnel(session, period),
        exposure=exposure(session),
        waiting=waiting(session),
        gaps=gaps(session),
        contracts=contracts(session),
        late_won=late_won(session),
        months=months(session, period),
    )


def targets(session: Session) -> list[TargetAnswer]:
    """The public targets beside what is recorded here."""
    return [
        TargetAnswer(
            **{name: row[name] for name in ("code", "name", "target", "by", "note")},
            actual=session.execute(_COUNTS[row["counted"]]).scalar_one(),
            actual_meaning=COUNTED[row["counted"]],
            source_title=row["source"]["title"],
            source_url=row["source"]["url"],
            source_published=row["source"]["published"],
            rows=_COUNTED_ROWS[row["counted"]],
        )
        for row in seed_data.targets()
    ]


def fund_use(session: Session) -> FundUseAnswer | None:
    """What the ledger of the fund says that lends today."""
    terms = find_fund_on(session, clock.today())
    if terms is None:
        return None
    fund = fund_answer(overview_of(session, terms.code, clock.today()))
    return FundUseAnswer(
        fund_name=fund.name,
        **fund.model_dump(include={"ceiling_won", "outstanding_won", "reserved_won", "available_won"}),
        rows=_LENT,
    )


def funnel(session: Session, period: Period) -> list[FunnelAnswer]:
    """How many of the needs written in the period came how far, and how long each step took."""
    found = session.execute(_FUNNEL, period.bounds).one()._mapping
    return [
        FunnelAnswer(
            step=step,
            needs=found[step],
            share=found[step] / found["written"] if found["written"] else 0.0,
            median_days=_days(found.get(f"{step}_time")),
            measured=found.get(f"{step}_measured", 0),
            rows=_rows("needs", step=step, since=period.since, until=period.until),
        )
        for step in Step
    ]


def exposure(session: Session) -> ExposureAnswer:
    """How evenly approved suppliers came into the lists of the last days."""
    rows = session.execute(_EXPOSURE, recent_lists()).all()
    counts = np.array([row.lists for row in rows], dtype=np.float64)
    listed = bool(counts.sum())
    return ExposureAnswer(
        days=EXPOSURE_DAYS,
        suppliers=len(rows),
        places=int(counts.sum()),
        never_listed=int((counts == 0).sum()),
        gini=gini(counts) if listed else None,
        top_tenth_share=top_share(counts) if listed else None,
        most_listed=[ExposedSupplierAnswer.model_validate(row) for row in rows[:MOST_LISTED] if row.lists],
        rows=_rows("suppliers", status="approved"),
    )


def waiting(session: Session) -> list[WaitingAnswer]:
    """Open needs without an introduction by region and category, the most first."""
    return [
        WaitingAnswer(**row._mapping, rows=_place("waiting", row)) for row in session.execute(_WAITING).all()
    ]


def gaps(session: Session) -> list[GapAnswer]:
    """The regions and categories with most open needs that have no good supplier in their latest run."""
    return [
        GapAnswer(
            **row._mapping,
            rows=_place("weak", row),
            needs_rows=_place("ranked", row),
            suppliers_rows=_rows(
                "suppliers", status="approved", serves=row.region, category=row.category or "none"
            ),
        )
        for row in session.execute(_GAPS).all()
    ]


def contracts(session: Session) -> list[ContractsAnswer]:
    """The installment contracts by where they stand, in the order of their life."""
    found = session.execute(_CONTRACTS, {"today": clock.today()}).all()
    return [ContractsAnswer(**row._mapping, rows=_rows("contracts", standing=row.standing)) for row in found]


def late_won(session: Session) -> int:
    """What late contracts owe by today, charges too: it follows from terms and payments, not a column."""
    late, _ = late_contracts(session, clock.today(), MOST_LATE)
    return sum(line.unpaid.total_won for each in late for line in each.lines)


def months(session: Session, period: Period) -> list[MonthAnswer]:
    """What was recorded each month, months without anything too."""
    found: dict[Any, dict[str, int]] = {month: {} for month in period.months}
    for row in session.execute(_MONTHS, period.bounds).all():
        found[row.month][row.kind] = row.happened
    names = ("suppliers", "manufacturers", "needs", "introduced", "contracted", "signed")
    return [
        MonthAnswer(month=month, **{name: counts.get(name, 0) for name in names})
        for month, counts in found.items()
    ]


def recent_lists() -> dict[str, Any]:
    """The window in which lists count."""
    now = clock.now()
    return {"now": now, "listed_since": now - timedelta(days=EXPOSURE_DAYS)}


def rows_of_month(month: MonthAnswer, name: str, period: Period) -> str:
    """Where the rows behind one count of a month are read."""
    days = {
        "since": max(month.month, period.since),
        "until": min(last_day(month.month), period.until),
    }
    if name in ("introduced", "contracted"):
        return _rows("decisions", verdict=name, **days)
    if name == "signed":
        return _rows("contracts", standing=name, **days)
    return _rows(name, **days)


def _days(time: timedelta | None) -> float | None:
    return None if time is None else time / timedelta(days=1)


def _place(state: str, row: Row[Any]) -> str:
    return _rows("needs", state=state, region=row.region, category=row.category or "none")


def _rows(listing: str, **asked: object) -> str:
    return f"{_API}/{listing}?{urlencode(asked)}"
