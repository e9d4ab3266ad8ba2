"""Which departments fit an application: the matching library reads both as it reads needs and suppliers.

A department stands where a supplier does (what it does is its solution), an application where a need does.
How near they are is the cosine of their texts; shown for it are the sentences of both that agree best.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from sqlmodel import Session

from matching.domain import (
    CapabilityProfile,
    EmbeddedPassages,
    Evidence,
    NeedProfile,
    Passage,
    PassageKind,
    Solution,
)
from matching.encoder import Encoder
from matching.explanation import evidence
from matching.features import EmbeddedNeed
from matching.index.sentences import packed
from matching.text import passages_of_need, passages_of_profile
from service.challenges.queries import departments_of, standing_applications
from service.db.session import Database
from service.db.tables import Challenge, ChallengeApplication, ChallengeDepartment
from service.recommendations.vectors import VectorSpace, embedded_passages, keep_vectors, stored_vectors

PROPOSED = 3

Encode = Callable[[Sequence[Passage]], EmbeddedPassages]


@dataclass(frozen=True)
class Proposal:
    """A department that fits, how near its text is (a cosine), and the sentences that agree."""

    department: ChallengeDepartment
    similarity: float
    evidence: tuple[Evidence, ...]


def propose(
    session: Session, space: VectorSpace, encode: Encode | None, applications: Sequence[ChallengeApplication]
) -> dict[UUID, list[Proposal]]:
    """The three nearest departments of each application of one call, the nearest first.

    `encode` reads what the job has not come to yet; without it that is left out. Raises what it raises.
    """
    if not applications:
        return {}
    challenge_id = applications[0].challenge_id
    departments = departments_of(session, [challenge_id]).get(challenge_id, ())
    texts = {each.id: _department_passages(each) for each in departments}
    texts |= {each.id: _application_passages(each) for each in applications}
    embedded = _embedded(session, space, encode, texts)
    if any(each.id not in embedded for each in departments):
        return {}
    found = {}
    for each in (one for one in applications if one.id in embedded):
        need = EmbeddedNeed(_as_need(each), embedded[each.id])
        near = sorted(departments, key=lambda one: (-_similarity(need, embedded[one.id]), one.position))
        found[each.id] = [_proposal(need, one, embedded[one.id]) for one in near[:PROPOSED]]
    return found


def embed_challenge(database: Database, encoder: Encoder, challenge_id: UUID) -> int:
    """Bring the vectors of a call's departments and applications up to date; how many texts were read.

    None of a call that is decided: nobody chooses a department any more.
    """

    def read(session: Session, *, locked: bool) -> Mapping[UUID, Sequence[Passage]]:
        challenge = session.get(Challenge, challenge_id, with_for_update=locked)
        if challenge is None or challenge.decided_at is not None:
            return {}
        departments = departments_of(session, [challenge_id]).get(challenge_id, ())
        texts = {each.id: _department_passages(each) for each in departments}
        applications = standing_applications(session, challenge_id)
        return texts | {each.id: _application_passages(each) for each in applications}

    return keep_vectors(database, encoder, read)


def _embedded(
    session: Session, space: VectorSpace, encode: Encode | None, texts: Mapping[UUID, Sequence[Passage]]
) -> dict[UUID, EmbeddedPassages]:
    stored = stored_vectors(session, space.name, list(texts))
    found = {
        owner: embedded_passages(passages, stored.get(owner, {}), space.dimensions)
        for owner, passages in texts.items()
    }
    late = [owner for owner, passages in texts.items() if len(found[owner].passages) < len(passages)]
    if encode is None:
        return {owner: passages for owner, passages in found.items() if owner not in late}
    if late:
        fresh = encode([passage for owner in late for passage in texts[owner]]).vectors
        ends = np.cumsum([len(texts[owner]) for owner in late])[:-1]
        for owner, vectors in zip(late, np.split(fresh, ends), strict=True):
            found[owner] = EmbeddedPassages(tuple(texts[owner]), vectors)
    return found


def _similarity(need: EmbeddedNeed, department: EmbeddedPassages) -> float:
    units = department.of_kind(PassageKind.SOLUTION).vectors
    return float((need.parts @ units.T).max())


def _proposal(need: EmbeddedNeed, department: ChallengeDepartment, embedded: EmbeddedPassages) -> Proposal:
    sentences = packed(embedded.of_kind(PassageKind.SUPPLIER_SENTENCE))
    return Proposal(department, _similarity(need, embedded), evidence(need, sentences))


def _as_need(application: ChallengeApplication) -> NeedProfile:
    told = (application.problem, application.proposal, application.outcome)
    return NeedProfile(title=application.title, description="\n".join(told), industry="", region="")


def _application_passages(application: ChallengeApplication) -> tuple[Passage, ...]:
    return passages_of_need(_as_need(application))


def _department_passages(department: ChallengeDepartment) -> tuple[Passage, ...]:
    profile = CapabilityProfile(
        supplier_id=str(department.id),
        business_number="",
        company_name=department.name,
        region="",
        summary="",
        solutions=(Solution(str(department.id), department.name, department.mission, ()),),
    )
    return passages_of_profile(profile)
