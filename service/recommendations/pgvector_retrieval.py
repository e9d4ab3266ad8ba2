"""Retrieval by PostgreSQL: the vectors stay in the database, and the filter is part of the query.

Exact: there is no approximate index; every vector of the encoder is compared. The suppliers and scores are
those of the in-memory retrieval (a test holds the two together), because SQL only narrows the market down:
it hands over the similarities, rounded alike, of everybody who promises as much as the k-th, with a margin
for the last bits, and the last step is the same code.

Facts and words stay in the process, without vectors, see `facts_only`. A vector whose text has changed and
was not embedded again yet is left out here as there.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import Row, text
from sqlmodel import Session, col, select

from matching.domain import CapabilityProfile, EmbeddedPassages, FloatArray, PassageKind
from matching.eligibility import most_won
from matching.features import FEATURE_NAMES
from matching.features.signals import NARROWEST_RANGE, WITHOUT_REFERENCE, Similarities, category_signals
from matching.index import EmbeddedProfile, IndexSnapshot
from matching.index.kinds import offered
from matching.index.sentences import packed
from matching.index.vector_table import ABSENT, DECIMALS
from matching.retrieval import Found, Query, ShownTexts, Wanted, most_promising
from matching.taxonomy import current_region, regions
from matching.text import passages_of_profile, text_hash
from service.db.session import Database
from service.db.tables import Embedding
from service.recommendations.vectors import embedded_passages, stored_vectors

MARGIN = 1e-4
"""Of log-odds: PostgreSQL's sums and numpy's differ in the last bits, so some more than k are handed over."""

CONNECTIONS = 5

_RANKED = (
    "(passage = 'summary' OR passage LIKE 'summary#%' OR passage LIKE 'solution/%'"
    " OR passage LIKE 'reference/%/problem%')"
)

# The rules of `matching.eligibility`, in SQL. A region that nobody knows excludes nobody.
_NAMED = "s.id::text = ANY(:only)"
_ELIGIBLE = """
    s.status = 'approved'
    AND (CAST(:own_number AS bigint) IS NULL OR s.business_number::bigint <> :own_number)
    AND s.id::text <> ALL(:unwanted)
    AND (:no_region OR NOT s.service_regions && :known_regions OR s.service_regions && :regions)
    AND s.certifications @> :certifications
    AND (CAST(:most_won AS bigint) IS NULL OR coalesce((
        SELECT min(coalesce(price_min_won, 0)) FROM solution WHERE supplier_id = s.id), 0) <= :most_won)
    AND (:busy_too OR s.concurrent_project_capacity IS NULL OR s.concurrent_project_capacity > (
        SELECT count(*) FROM (
            SELECT DISTINCT ON (need_id) need_id, verdict FROM feedback WHERE supplier_id = s.id
            ORDER BY need_id, created_at DESC, id DESC
        ) AS latest JOIN need ON need.id = latest.need_id
        WHERE latest.verdict = 'contracted' AND need.status = 'contracted'))
"""

_SEARCH = f"""
WITH asked AS (SELECT unnest(CAST(:parts AS text[]))::vector AS vector),
stale AS (SELECT * FROM unnest(CAST(:stale_owners AS uuid[]), CAST(:stale_keys AS text[])) AS t (owner, key)),
near AS MATERIALIZED (
    SELECT e.owner_id, left(e.passage, 2) AS kind,
           CASE WHEN e.passage LIKE 'solution/%'
                THEN split_part(substr(e.passage, 10), '#', 1) END AS solution,
           max(round((-(e.vector <#> asked.vector))::real * {10**DECIMALS}::real) / {10**DECIMALS}) AS near
    FROM embedding e CROSS JOIN asked
    WHERE e.model = :model AND {_RANKED}
      AND EXISTS (SELECT FROM supplier WHERE id = e.owner_id)
      AND NOT EXISTS (SELECT FROM stale WHERE owner = e.owner_id AND key = e.passage)
    GROUP BY 1, 2, 3
),
span AS (
    SELECT kind, min(near) AS low, max(near) AS high,
           greatest(max(near) - min(near), {NARROWEST_RANGE}) AS width
    FROM near GROUP BY kind
),
scaled AS (
    SELECT owner_id, kind, solution, near, 0.5 + (near - (low + high) / 2) / width AS value
    FROM near JOIN span USING (kind)
),
offer AS (SELECT * FROM unnest(CAST(:offers AS text[]), CAST(:worths AS float8[])) AS t (categories, worth)),
promise AS (
    SELECT so.supplier_id, so.id::text AS solution, sol.near AS solution_near, summ.near AS summary_near,
           prob.near AS problem_near,
           offer.worth + :solution_weight * coalesce(sol.value, 0) + :summary_weight * coalesce(summ.value, 0)
               + :problem_weight * coalesce(prob.value, {WITHOUT_REFERENCE}) AS promise
    FROM supplier s JOIN solution so ON so.supplier_id = s.id
    JOIN offer ON offer.categories = array_to_string(so.categories, ',')
    LEFT JOIN scaled sol ON sol.kind = 'so' AND sol.owner_id = s.id AND sol.solution = so.id::text
    LEFT JOIN scaled summ ON summ.kind = 'su' AND summ.owner_id = s.id
    LEFT JOIN scaled prob ON prob.kind = 're' AND prob.owner_id = s.id
    WHERE EXISTS (SELECT FROM near WHERE owner_id = s.id) AND {{condition}}
),
best AS (SELECT supplier_id, max(promise) AS promise FROM promise GROUP BY 1),
kth AS (SELECT promise FROM best ORDER BY promise DESC OFFSET :k - 1 LIMIT 1)
SELECT supplier_id::text AS supplier, solution, solution_near, summary_near, problem_near
FROM promise JOIN best USING (supplier_id)
WHERE best.promise >= coalesce((SELECT promise FROM kth), '-infinity') - {MARGIN}
UNION ALL SELECT NULL, kind, low, high, NULL FROM span
"""


class PgVectorRetrieval:
    """Searches the vectors of one encoder where they are stored; on connections of its own, as a request that
    holds one would otherwise wait for a second of the same pool.
    """

    def __init__(self, database_url: str, encoder_name: str, dimensions: int) -> None:
        self._database = Database(database_url, CONNECTIONS)
        self._encoder_name = encoder_name
        self._dimensions = dimensions
        self._stale: Mapping[str, tuple[str, ...]] = {}

    def close(self) -> None:
        """Give the connections back."""
        self._database.close()

    def facts_only(self, session: Session, profiles: Sequence[CapabilityProfile]) -> list[EmbeddedProfile]:
        """What an index holds of those who have a vector; which of theirs are out of date is kept in mind."""
        hashes = _stored_hashes(session, self._encoder_name, [UUID(each.supplier_id) for each in profiles])
        stale, found = dict(self._stale), []
        for profile in profiles:
            present = {one.key: text_hash(one) for one in passages_of_profile(profile)}
            stored = hashes.get(profile.supplier_id, {})
            stale[profile.supplier_id] = tuple(
                key for key, kept in stored.items() if present.get(key) != kept
            )
            if len(stale[profile.supplier_id]) < len(stored):
                found.append(EmbeddedProfile(profile, EmbeddedPassages((), self._no_vectors())))
        self._stale = {supplier: keys for supplier, keys in stale.items() if keys}
        return found

    def search(self, snapshot: IndexSnapshot, wanted: Wanted, query: Query, k: int) -> Found:
        """See `matching.retrieval.Retrieval`."""
        condition = _ELIGIBLE if wanted.only is None else _NAMED
        with self._database.transaction() as session:
            rows = session.execute(
                text(_SEARCH.format(condition=condition)),
                {**_filter(wanted), **self._asked(snapshot, query), "k": k},
            ).all()
        similar, allowed = _taken_over(snapshot, rows)
        return most_promising(snapshot, query, similar, allowed, k)

    def shown_texts(self, snapshot: IndexSnapshot, slots: Sequence[int]) -> Mapping[int, ShownTexts]:
        """See `matching.retrieval.Retrieval`."""
        profiles = {slot: snapshot.profile(slot) for slot in slots}
        with self._database.transaction() as session:
            owners = [UUID(profile.supplier_id) for profile in profiles.values()]
            stored = stored_vectors(session, self._encoder_name, owners)
        found = {}
        for slot, profile in profiles.items():
            vectors = stored.get(UUID(profile.supplier_id), {})
            embedded = embedded_passages(passages_of_profile(profile), vectors, self._dimensions)
            problems = embedded.of_kind(PassageKind.REFERENCE_PROBLEM)
            sentences = packed(embedded.of_kind(PassageKind.SUPPLIER_SENTENCE))
            keys = tuple(passage.key for passage in problems.passages)
            found[slot] = ShownTexts(sentences, keys, problems.vectors)
        return found

    def _asked(self, snapshot: IndexSnapshot, query: Query) -> dict[str, Any]:
        weight = dict(zip(FEATURE_NAMES, query.weights.tolist(), strict=True))
        offers, worths = _worth_of_kinds(snapshot, query, weight)
        stale = [(supplier, key) for supplier, keys in self._stale.items() for key in keys]
        return {
            "model": self._encoder_name,
            "parts": [f"[{','.join(map(str, part))}]" for part in query.need.parts.tolist()],
            "offers": offers,
            "worths": worths,
            "solution_weight": weight["dense_solution"],
            "summary_weight": weight["dense_summary"],
            "problem_weight": weight["dense_reference_problem"],
            "stale_owners": [supplier for supplier, _ in stale],
            "stale_keys": [key for _, key in stale],
        }

    def _no_vectors(self) -> FloatArray:
        return np.zeros((0, self._dimensions), np.float32)


def _stored_hashes(session: Session, model: str, owners: Sequence[UUID]) -> dict[str, dict[str, str]]:
    statement = select(Embedding.owner_id, Embedding.passage, Embedding.text_hash).where(
        col(Embedding.owner_id).in_(owners), Embedding.model == model
    )
    found: dict[str, dict[str, str]] = {}
    for owner, passage, hashed in session.exec(statement):
        found.setdefault(str(owner), {})[passage] = hashed
    return found


def _filter(wanted: Wanted) -> dict[str, Any]:
    """The values of the conditions."""
    if wanted.only is not None:
        return {"only": sorted(wanted.only)}
    need = wanted.need
    digits = "".join(filter(str.isdigit, need.manufacturer_business_number or ""))
    known = {code: region.code for region in regions() for code in (region.code, region.former_code) if code}
    region = current_region(need.region)
    return {
        "own_number": int(digits or 0) or None,
        "unwanted": list(need.excluded_supplier_ids),
        "no_region": region not in known.values(),
        "known_regions": list(known),
        "regions": [code for code, current in known.items() if current == region],
        "certifications": list(need.required_certifications),
        "most_won": most_won(need),
        "busy_too": wanted.busy_too,
    }


def _worth_of_kinds(
    snapshot: IndexSnapshot, query: Query, weight: Mapping[str, float]
) -> tuple[list[str], list[float]]:
    """Every list of kinds that some solution has, and what it adds to a promise: there are few of them."""
    lists = sorted({one.categories for each in snapshot.profiles if each for one in each.solutions})
    if not lists:
        return [], []
    values = category_signals(np.stack([offered(each) for each in lists]), query.need, query.probabilities)
    worths = sum(weight[name] * value for name, value in values.items())
    return [",".join(each) for each in lists], np.asarray(worths, np.float64).tolist()


def _taken_over(
    snapshot: IndexSnapshot, rows: Sequence[Row[Any]]
) -> tuple[Similarities, np.ndarray[Any, np.dtype[np.bool_]]]:
    """The similarities at their slots and places, and who was found; who is not in the index yet is not."""
    solution = np.full(len(snapshot.solutions), ABSENT, np.float32)
    summary, problem = (np.full(len(snapshot.profiles), ABSENT, np.float32) for _ in range(2))
    allowed = np.zeros(len(snapshot.profiles), np.bool_)
    spans: dict[str, tuple[float, float]] = {}
    for row in rows:
        if row.supplier is None:
            spans[row.solution] = (float(np.float32(row.solution_near)), float(np.float32(row.summary_near)))
            continue
        slot = snapshot.slots.get(row.supplier)
        if slot is None:
            continue
        allowed[slot] = True
        own = {
            each.id: place
            for each, place in zip(
                snapshot.profile(slot).solutions, snapshot.solution_places[slot], strict=True
            )
        }
        if row.solution in own and row.solution_near is not None:
            solution[own[row.solution]] = row.solution_near
        if row.summary_near is not None:
            summary[slot] = row.summary_near
        if row.problem_near is not None:
            problem[slot] = row.problem_near
    return Similarities(
        solution, summary, problem, (spans.get("so"), spans.get("su"), spans.get("re"))
    ), allowed
