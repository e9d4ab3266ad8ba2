"""A problem in, three candidates out, before anybody registers: nothing of it is kept.

What is typed comes as a POST and goes on as one, so that it stands in no address, history or log.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from matching.text import sentences
from service.accounts.actor import Role
from service.db.session import DbSession
from service.kit.problems import Problem
from service.messages.examples import EXAMPLES
from service.messages.reasons import LIKELY
from service.recommendations.endpoints import Engine
from service.recommendations.operations import recommend_unstored
from service.recommendations.schemas import PreviewInput, ReasonAnswer, RecommendationAnswer
from service.web.forms import CARRIED, Asked, Form, Posted
from service.web.public import choices
from service.web.rendering import page
from service.web.visitor import AnyVisitor, Visitor

router = APIRouter()

CANDIDATES = 3
LONGEST_TITLE = 200

VERY_LIKELY = 0.7
STRONG_REASON = 0.5
"""From this part of the strongest reason on a reason is called strong."""

_FOR_ALL = ("other", "base")
"""What is no reason of its own: the rest of the sum, and where every sum begins."""

_NEXT: Mapping[Role, str] = {
    Role.ANONYMOUS: "/register/manufacturer",
    Role.MANUFACTURER: "/manufacturer/needs/new",
}
"""Where a problem can be written down for good."""


@dataclass(frozen=True)
class Outcome:
    """The candidates with what the page says of their figures."""

    answer: RecommendationAnswer
    description: str
    next_page: str
    """The form that takes what was typed; empty for whom there is none."""
    carried: Mapping[str, object]
    """The fields that go there."""

    @property
    def strongest(self) -> float:
        """What the bars are measured by, the same for all candidates."""
        own = (abs(each.contribution) for item in self.answer.items for each in self.reasons(item.reasons))
        return max(own, default=1.0) or 1.0

    @staticmethod
    def reasons(reasons: list[ReasonAnswer]) -> list[ReasonAnswer]:
        """Those that tell this candidate from others."""
        return [each for each in reasons if each.code not in _FOR_ALL]

    def weight(self, reason: ReasonAnswer) -> str:
        """How much a reason counts, in a word: the code of its label."""
        if reason.contribution < 0:
            return "against"
        return "strong" if reason.contribution >= STRONG_REASON * self.strongest else "some"

    @staticmethod
    def likelihood(probability: float) -> str:
        """How likely a kind of solution is, in words: the code of its label."""
        return "high" if probability >= VERY_LIKELY else "some" if probability >= LIKELY else "low"


@router.get("/try")
def show_trial(visitor: AnyVisitor, form: Asked) -> HTMLResponse:
    """The form; `example` fills it with one of ours."""
    example = EXAMPLES.get(form.text("example"))
    return _trial_page(visitor, Form.holding(vars(example)) if example else form)


@router.post("/try")
def find_candidates(visitor: AnyVisitor, form: Posted, session: DbSession, engine: Engine) -> HTMLResponse:
    """The candidates for what was typed, as `POST /v1/recommendations/preview` finds them."""
    try:
        with form.trying(session):
            asked = form.read(PreviewInput, title=title_of(form.text("description")))
            answer = recommend_unstored(engine, visitor.actor, asked, CANDIDATES)
            return _trial_page(visitor, form, outcome=_outcome(visitor, asked, answer))
    except Problem as busy:
        if busy.status != 503:
            raise
        response = _trial_page(visitor, form, status=503, waiting=busy.detail)
        response.headers.update(busy.headers)
        return response
    return _trial_page(visitor, form, status=422)


def title_of(description: str) -> str:
    """The first sentence: what a need is called that was only described."""
    first = next(iter(sentences(description)), "")
    return first[:LONGEST_TITLE] or "–"


def _outcome(visitor: Visitor, asked: PreviewInput, answer: RecommendationAnswer) -> Outcome:
    typed = asked.model_dump(include={"title", "description", "industry", "region", "budget_won"})
    carried = {CARRIED: "yes"} | {name: value for name, value in typed.items() if value}
    return Outcome(answer, asked.description, _NEXT.get(visitor.actor.role, ""), carried)


def _trial_page(
    visitor: Visitor, form: Form, *, status: int = 200, outcome: Outcome | None = None, waiting: str = ""
) -> HTMLResponse:
    return page(
        visitor,
        "public/trial.html",
        status=status,
        form=form,
        outcome=outcome,
        waiting=waiting,
        industries=choices.industries(also=form.text("industry")),
        regions=choices.regions(),
        examples=EXAMPLES,
    )
