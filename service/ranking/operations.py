"""Setting weights, putting versions to use, going back, learning: each change a row that stays."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from matching.learning import Outcome, Trial, challenge
from matching.ranker import FeatureVersionError, Ranker
from service.accounts.actor import Actor
from service.accounts.audit import record_event
from service.db.tables import RankerActivation, RankerVersion
from service.kit.problems import Problem
from service.ranking.queries import RankerInUse, judged_needs, ranker_in_use, weights_of

EXPERT_ID = UUID(int=0)
"""Names the expert's weights in the audit trail: they live in code and have no row."""

_WAKE = text("SELECT pg_notify('supplier_changed', '')")
"""Index copies are woken on this channel; they look for new weights at the same time."""


def adjust_weights(
    session: Session, actor: Actor, changes: Mapping[str, float], intercept: float | None, note: str
) -> RankerInUse:
    """Put the present weights with some of them changed to use, as a new version.

    Raises `Problem` 409 when nothing would change.
    """
    _take_turns(session)
    present = ranker_in_use(session)
    ranker = Ranker(
        present.ranker.intercept if intercept is None else intercept,
        {**present.ranker.weights, **changes},
    )
    if ranker.version == present.ranker.version:
        raise Problem(409, "weights_unchanged")
    version = None if ranker == Ranker.expert() else _kept(session, ranker, present.anchor_id, note, actor)
    return _activate(session, actor, present, version, "adjusted", note=note)


def choose_version(
    session: Session, actor: Actor, version: RankerVersion | None, *, pinned: bool, note: str | None
) -> RankerInUse:
    """Put a version to use; None are the expert's weights. Raises `Problem` 409 for features of old."""
    _take_turns(session)
    _usable(version)
    return _activate(session, actor, ranker_in_use(session), version, "chosen", pinned=pinned, note=note)


def roll_back(session: Session, actor: Actor, note: str | None = None) -> RankerInUse:
    """Go back to what was in use before the present version, and keep it until a person decides anew.

    Raises `Problem` 409 when nothing was in use before.
    """
    _take_turns(session)
    present = ranker_in_use(session)
    if not present.number:
        raise Problem(409, "nothing_to_roll_back")
    version = _version_before(session, present)
    _usable(version)
    return _activate(session, actor, present, version, "rolled_back", pinned=True, note=note)


def learn(session: Session, actor: Actor) -> Trial:
    """Learn from all decisions so far; what was learned is used when it is better and nothing is pinned."""
    _take_turns(session)
    present = ranker_in_use(session)
    trial = challenge(present.ranker, judged_needs(session), weights_of(session, present.anchor_id))
    if trial.outcome in (Outcome.NOTHING_NEW, Outcome.TOO_FEW_HELD_OUT):
        return trial
    version = _kept(session, trial.fitted, present.anchor_id, None, actor, trial)
    if trial.outcome is Outcome.PROMOTED and not present.pinned:
        _activate(session, actor, present, version, "promoted")
    return trial


def _take_turns(session: Session) -> None:
    """Changes of weights wait for each other: each starts from what the one before left."""
    session.execute(text("LOCK TABLE ranker_activation IN SHARE ROW EXCLUSIVE MODE"))


def _kept(
    session: Session,
    ranker: Ranker,
    anchor_id: UUID | None,
    note: str | None,
    actor: Actor,
    trial: Trial | None = None,
) -> RankerVersion:
    """The row of these weights: the same numbers are one version, however often they are found."""
    known = session.exec(select(RankerVersion).where(RankerVersion.name == ranker.version)).first()
    if known is not None:
        return known
    version = RankerVersion(
        name=ranker.version,
        origin=ranker.origin,
        weights=ranker.as_json(),
        anchor_id=anchor_id if ranker.origin == "fitted" else None,
        evaluation=trial.as_json() if trial else {},
        note=note,
        created_by=actor.account_id,
    )
    session.add(version)
    session.flush()
    return version


def _activate(
    session: Session,
    actor: Actor,
    present: RankerInUse,
    version: RankerVersion | None,
    reason: str,
    *,
    pinned: bool = False,
    note: str | None = None,
) -> RankerInUse:
    activation = RankerActivation(
        version_id=version.id if version else None,
        reason=reason,
        pinned=pinned,
        note=note,
        activated_by=actor.account_id,
    )
    session.add(activation)
    session.flush()
    session.execute(_WAKE)
    now = ranker_in_use(session)
    record_event(
        session,
        actor,
        f"ranking.{reason}",
        version.id if version else EXPERT_ID,
        before={"version": present.ranker.version, "pinned": present.pinned},
        after={"version": now.ranker.version, "pinned": now.pinned},
    )
    return now


def _version_before(session: Session, present: RankerInUse) -> RankerVersion | None:
    """What was in use before the present version was first put to use; None: the expert's weights."""
    present_id = present.version.id if present.version else None
    of_present = col(RankerActivation.version_id).is_not_distinct_from(present_id)
    began = session.exec(
        _newest_first().where(of_present, col(RankerActivation.reason) != "rolled_back")
    ).first()
    if began is None:  # the expert's weights, gone back to: nothing was in use before them
        raise Problem(409, "nothing_to_roll_back")
    before = session.exec(
        _newest_first().where(col(RankerActivation.number) < began.number, ~of_present)
    ).first()
    if before is None and present_id is None:
        raise Problem(409, "nothing_to_roll_back")
    return session.get(RankerVersion, before.version_id) if before and before.version_id else None


def _newest_first() -> SelectOfScalar[RankerActivation]:
    return select(RankerActivation).order_by(col(RankerActivation.number).desc()).limit(1)


def _usable(version: RankerVersion | None) -> None:
    if version is None:
        return
    try:
        Ranker.from_json(version.weights)
    except FeatureVersionError as error:
        raise Problem(409, "weights_of_old_features") from error
