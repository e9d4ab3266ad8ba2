"""Which weights are in use, which ever were, and what was decided on the lists that they made."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import text
from sqlmodel import Session, col, select

from matching.learning import JudgedNeed, ShownCandidate, judgements_of
from matching.ranker import FeatureVersionError, Judgement, Ranker
from service.db.tables import DEMO_MODEL, RankerActivation, RankerVersion
from service.kit.problems import Problem

EXPERT = "expert"
"""Names the expert's weights where a version's id is expected: they live in code, not in a row."""

# The last decision on each candidate of each need counts, with the list of the run that it was made on.
_DECIDED_RUNS = text("""
    WITH latest AS (
        SELECT DISTINCT ON (need_id, supplier_id) need_id, supplier_id, run_id, verdict
        FROM feedback ORDER BY need_id, supplier_id, created_at DESC, id DESC
    ), decided AS (
        SELECT need_id, run_id, jsonb_object_agg(supplier_id, verdict) AS verdicts
        FROM latest GROUP BY need_id, run_id
    )
    SELECT decided.need_id, decided.verdicts, run.answer -> 'items' AS items, run.model_version
    FROM decided JOIN recommendation_run AS run ON run.id = decided.run_id
    ORDER BY decided.need_id, decided.run_id
""")


@dataclass(frozen=True, slots=True)
class RankerInUse:
    """The weights in use. `number` grows with every change of them, 0 before the first."""

    ranker: Ranker
    number: int
    version: RankerVersion | None
    pinned: bool

    @property
    def anchor_id(self) -> UUID | None:
        """The version that a person set last, from which learning starts; None: the expert's weights."""
        if self.version is None or self.version.origin != "fitted":
            return self.version.id if self.version else None
        return self.version.anchor_id


def ranker_in_use(session: Session) -> RankerInUse:
    """The weights of the last activation, the expert's before any and where features have changed since."""
    last = session.exec(
        select(RankerActivation).order_by(col(RankerActivation.number).desc()).limit(1)
    ).first()
    if last is None:
        return RankerInUse(Ranker.expert(), 0, None, pinned=False)
    number = last.number or 0
    version = session.get(RankerVersion, last.version_id) if last.version_id else None
    if version is None:
        return RankerInUse(Ranker.expert(), number, None, last.pinned)
    try:
        return RankerInUse(Ranker.from_json(version.weights), number, version, last.pinned)
    except FeatureVersionError:
        return RankerInUse(Ranker.expert(), number, None, pinned=False)


def last_activation_number(session: Session) -> int:
    """The number of the last activation, 0 before the first: cheap enough to ask every second."""
    return int(session.execute(text("SELECT coalesce(max(number), 0) FROM ranker_activation")).scalar_one())


def weights_of(session: Session, version_id: UUID | None) -> Ranker:
    """The weights of a version; None are the expert's. Raises FeatureVersionError for features of old."""
    version = session.get(RankerVersion, version_id) if version_id else None
    return Ranker.from_json(version.weights) if version else Ranker.expert()


def ranker_of_version(session: Session, name: str) -> Ranker | None:
    """The weights that a run was made with; None when they are of features of old or no longer known."""
    expert = Ranker.expert()
    if name == expert.version:
        return expert
    version = session.exec(select(RankerVersion).where(RankerVersion.name == name)).first()
    try:
        return Ranker.from_json(version.weights) if version else None
    except FeatureVersionError:
        return None


def find_version(session: Session, named: str) -> RankerVersion | None:
    """The version of that id, None for the expert's. Raises `Problem` 404."""
    if named == EXPERT:
        return None
    try:
        version = session.get(RankerVersion, UUID(named))
    except ValueError:
        version = None
    if version is None:
        raise Problem(404, "not_found")
    return version


def versions(session: Session, limit: int, before: UUID | None) -> Sequence[RankerVersion]:
    """The newest versions first; `before` is the last id of the page before."""
    statement = select(RankerVersion).order_by(col(RankerVersion.id).desc()).limit(limit)
    if before is not None:
        statement = statement.where(col(RankerVersion.id) < before)
    return session.exec(statement).all()


def judged_needs(session: Session) -> list[JudgedNeed]:
    """Every need on whose candidates something was decided, with what each list expresses.

    Who was decided on in another list of the same need was not passed over in this one. A list that no model
    made expresses nothing.
    """
    needs = []
    for need_id, rows in groupby(session.execute(_DECIDED_RUNS).all(), key=lambda row: row.need_id):
        runs = list(rows)
        decided = {supplier_id for run in runs for supplier_id in run.verdicts}
        judgements: list[Judgement] = []
        for run in runs:
            if run.model_version == DEMO_MODEL:
                continue
            elsewhere = decided - run.verdicts.keys()
            items = [item for item in run.items if item["supplier_id"] not in elsewhere]
            judgements += judgements_of(_shown(items, run.verdicts))
        if judgements:
            needs.append(JudgedNeed(str(need_id), tuple(judgements)))
    return needs


def introduced_scores(session: Session) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The score that each decided candidate was shown with, and 1 where it was introduced, 0 where not.

    The last decision on each candidate of each need counts, as in learning; one who was only noted for
    later has not been decided on yet, and the score of a list that no model made states nothing.
    """
    stated, observed = [], []
    ranked = (row for row in session.execute(_DECIDED_RUNS) if row.model_version != DEMO_MODEL)
    for row in ranked:
        for item in row.items:
            verdict = row.verdicts.get(item["supplier_id"])
            if verdict not in (None, "shortlisted"):
                stated.append(float(item["score"]))
                observed.append(float(verdict != "rejected"))
    return np.array(stated), np.array(observed)


def _shown(items: list[dict[str, object]], verdicts: dict[str, str]) -> list[ShownCandidate]:
    return [
        ShownCandidate(
            supplier_id=str(item["supplier_id"]),
            position=int(str(item["rank"])),
            features=item["features"],  # type: ignore[arg-type]
            verdict=verdicts.get(str(item["supplier_id"])),  # type: ignore[arg-type]
        )
        for item in items
    ]
