"""One need: what it seems to call for, who could help, whom one was introduced to."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session, col, select

from matching.taxonomy import category_codes
from service.accounts.schemas import ContactAnswer
from service.db.session import DbSession
from service.db.tables import Need, NeedStatus, Supplier
from service.kit.problems import Problem
from service.messages import sentence
from service.needs.operations import confirm_categories
from service.needs.queries import get_need
from service.needs.schemas import CategoryConfirmation
from service.privacy.contacts import shared_contacts
from service.recommendations.answers import recommendation_answer
from service.recommendations.introductions import Introduction, introductions
from service.recommendations.operations import MOST_ANONYMOUS_CANDIDATES, recommend_for_need
from service.recommendations.schemas import CandidateAnswer, InferredCategoryAnswer, RecommendationAnswer
from service.suppliers.queries import visible_to
from service.web.forms import Form, Posted
from service.web.manufacturer.next_steps import next_step
from service.web.rendering import go_to, page
from service.web.stale_forms import require_present
from service.web.visitor import ManufacturerVisitor, Visitor

router = APIRouter()

FIELD = "categories"
LIKELY = 0.4
"""From this probability on a kind is ticked before anybody confirmed anything."""

SHOWN_KINDS = 6


@dataclass(frozen=True)
class Kind:
    """A kind of solution with how probable it is that the need calls for it; None: hardly at all."""

    code: str
    probability: float | None

    @property
    def words(self) -> str:
        """The probability as one would say it."""
        if self.probability is None or self.probability < 0.15:
            return "가능성이 낮습니다"
        if self.probability < LIKELY:
            return "필요할 수 있습니다"
        return "필요해 보입니다" if self.probability < 0.7 else "거의 확실합니다"


@dataclass(frozen=True)
class Introduced:
    """A supplier that the manufacturer may know by name; no contact without that person's consent."""

    introduction: Introduction
    supplier: Supplier
    contact: ContactAnswer | None
    public: bool


@router.get("/manufacturer/needs/{need_id}")
def show_need(
    need_id: UUID, request: Request, visitor: ManufacturerVisitor, session: DbSession
) -> HTMLResponse:
    """The need with all that is known about it."""
    need = get_need(session, need_id, visitor.actor)
    return _need_page(request, visitor, session, need, None)


@router.post("/manufacturer/needs/{need_id}/categories")
def confirm(
    need_id: UUID, request: Request, visitor: ManufacturerVisitor, form: Posted, session: DbSession
) -> Response:
    """What its own people say the need calls for."""
    need = get_need(session, need_id, visitor.actor, lock=True)
    with form.trying(session):
        require_present(form, need.version)
        confirm_categories(session, visitor.actor, need, form.read(CategoryConfirmation))
        return go_to(f"/manufacturer/needs/{need_id}", done="kinds_confirmed")
    if FIELD in form.errors:
        form.errors[FIELD] = sentence("kind_needed")
    return _need_page(request, visitor, session, need, form, status=422)


def _need_page(
    request: Request, visitor: Visitor, session: Session, need: Need, form: Form | None, status: int = 200
) -> HTMLResponse:
    known = introduced_for(session, visitor, need)
    found = _recommended(request, visitor, session, need, {str(each.supplier.id) for each in known})
    probable, others = kinds_of(need, found.inferred_categories if found else [])
    return page(
        visitor,
        "manufacturer/need.html",
        status=status,
        need=need,
        step=next_step(
            need.status, confirmed=need.categories_confirmed_at is not None, introduced=len(known)
        ),
        form=form or Form([(FIELD, code) for code in ticked(need, probable)]),
        probable=probable,
        others=others,
        candidates=found.items if found else [],
        waiting=found is None and need.status != NeedStatus.CLOSED.value,
        introduced=known,
        speaking_for=_speaking_for,
    )


def _recommended(
    request: Request, visitor: Visitor, session: Session, need: Need, introduced: Collection[str]
) -> RecommendationAnswer | None:
    """The anonymous candidates without those already introduced; None if closed or while the model loads."""
    if need.status == NeedStatus.CLOSED.value:
        return None
    engine = request.app.state.matching
    try:
        found, run = recommend_for_need(session, engine, visitor.actor, need, MOST_ANONYMOUS_CANDIDATES)
    except Problem as problem:
        if problem.status != 503:
            raise
        return None
    unknown = tuple(match for match in found.matches if match.supplier_id not in introduced)
    return recommendation_answer(
        engine.recommender(),
        replace(found, matches=unknown),
        named=False,
        generated_at=run.generated_at,
        run_id=run.id,
        need_id=need.id,
    )


def _speaking_for(candidate: CandidateAnswer) -> Sequence[Any]:
    """Of the reasons of a candidate those that speak for it."""
    return [reason for reason in candidate.reasons if reason.contribution > 0]


def kinds_of(need: Need, inferred: Sequence[InferredCategoryAnswer]) -> tuple[Sequence[Kind], Sequence[Kind]]:
    """The kinds to look at first, and all others: what was confirmed or is probable comes first."""
    probability = {each.category: each.probability for each in inferred}
    first = list(dict.fromkeys([each.category for each in inferred[:SHOWN_KINDS]] + need.categories))
    rest = [code for code in category_codes() if code not in first]
    return [Kind(code, probability.get(code)) for code in first], [
        Kind(code, probability.get(code)) for code in rest
    ]


def ticked(need: Need, probable: Sequence[Kind]) -> Sequence[str]:
    """What is ticked to begin with: what was said before, else what is likely, at least the likeliest."""
    if need.categories:
        return need.categories
    likely = [kind.code for kind in probable if (kind.probability or 0) >= LIKELY]
    return likely or [kind.code for kind in probable[:1]]


def introduced_for(session: Session, visitor: Visitor, need: Need) -> Sequence[Introduced]:
    """The suppliers to whom the manufacturer was introduced for that need."""
    found = introductions(session, need_id=need.id)
    ids = [each.supplier_id for each in found]
    suppliers = {each.id: each for each in session.exec(select(Supplier).where(col(Supplier.id).in_(ids)))}
    public = set(
        session.exec(select(Supplier.id).where(col(Supplier.id).in_(ids), visible_to(visitor.actor)))
    )
    contacts = shared_contacts(session, ids)
    return [
        Introduced(
            each, suppliers[each.supplier_id], contacts.get(each.supplier_id), each.supplier_id in public
        )
        for each in found
    ]
