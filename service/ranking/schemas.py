"""Weights and their versions on the wire."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, StringConstraints

from matching.features import FEATURE_NAMES
from matching.prior import INTERCEPT, PRIOR
from matching.ranker import Ranker
from service.db.tables import RankerVersion
from service.kit.problems import field_problem
from service.kit.texts import Clean
from service.messages.ranking import FEATURES, OUTCOMES
from service.ranking.queries import EXPERT, RankerInUse

LARGEST_WEIGHT = 20.0

Note = Annotated[str, StringConstraints(min_length=1, max_length=500), Clean]


class WeightAnswer(BaseModel):
    """한 항목의 가중치. 항목 값은 0~1이므로 가중치가 로그 오즈에 더할 수 있는 가장 큰 값입니다."""

    name: str
    meaning: str
    weight: float
    expert_weight: float
    lowest: float
    highest: float


class WeightsAnswer(BaseModel):
    """지금 쓰는 가중치. pinned이면 밤마다 배운 것을 쓰지 않고 담당자의 결정을 기다립니다."""

    id: str
    version: str
    origin: str
    judgements: int
    pinned: bool
    intercept: float
    expert_intercept: float
    weights: list[WeightAnswer]


class WeightsInput(BaseModel):
    """바꿀 가중치와 까닭."""

    model_config = ConfigDict(extra="forbid")

    weights: dict[str, FiniteFloat] = Field(
        {}, description="항목 이름과 새 가중치. 없는 항목은 그대로 둡니다."
    )
    intercept: Annotated[FiniteFloat, Field(ge=-LARGEST_WEIGHT, le=LARGEST_WEIGHT)] | None = None
    note: Note

    def checked(self) -> dict[str, float]:
        """The weights. Raises `Problem` 422 for an unknown feature or one beyond its bounds."""
        for name, weight in self.weights.items():
            at = f"/weights/{name}"
            if name not in PRIOR:
                raise field_problem(at, "weight_unknown")
            least, most = bounds_of(name)
            if not least <= weight <= most:
                raise field_problem(at, "weight_out_of_bounds", least=f"{least:g}", most=f"{most:g}")
        return dict(self.weights)


class ChoiceInput(BaseModel):
    """어떤 판을 쓸지와 까닭."""

    model_config = ConfigDict(extra="forbid")

    pinned: bool = Field(False, description="true이면 밤마다 배운 것을 쓰지 않고 이 판을 지킵니다.")
    note: Note | None = None


class RollbackInput(BaseModel):
    """되돌리는 까닭."""

    model_config = ConfigDict(extra="forbid")

    note: Note | None = None


class VersionAnswer(BaseModel):
    """가중치의 한 판과, 배운 판이면 그때 쓰던 판과 견준 결과."""

    id: str
    version: str
    origin: str
    judgements: int
    in_use: bool
    evaluation: dict[str, Any]
    outcome_text: str | None
    note: str | None
    created_at: datetime | None


def bounds_of(name: str) -> tuple[float, float]:
    """How far a weight may be set: a feature that is there to help cannot be turned against a supplier."""
    prior = PRIOR[name]
    return max(prior.lowest, -LARGEST_WEIGHT), min(prior.highest, LARGEST_WEIGHT)


def weights_answer(used: RankerInUse) -> WeightsAnswer:
    """The weights in use with what each stands for."""
    ranker = used.ranker
    return WeightsAnswer(
        id=str(used.version.id) if used.version else EXPERT,
        version=ranker.version,
        origin=ranker.origin,
        judgements=ranker.judgements,
        pinned=used.pinned,
        intercept=ranker.intercept,
        expert_intercept=INTERCEPT.mean,
        weights=[
            WeightAnswer(
                name=name,
                meaning=FEATURES[name],
                weight=ranker.weights[name],
                expert_weight=PRIOR[name].mean,
                lowest=bounds_of(name)[0],
                highest=bounds_of(name)[1],
            )
            for name in FEATURE_NAMES
        ],
    )


def version_answer(version: RankerVersion, used: RankerInUse) -> VersionAnswer:
    """A version, and whether it is the one in use."""
    outcome = version.evaluation.get("outcome")
    return VersionAnswer(
        id=str(version.id),
        version=version.name,
        origin=version.origin,
        judgements=version.weights["judgements"],
        in_use=used.version is not None and used.version.id == version.id,
        evaluation=version.evaluation,
        outcome_text=OUTCOMES.get(outcome) if outcome else None,
        note=version.note,
        created_at=version.created_at,
    )


def expert_answer(used: RankerInUse) -> VersionAnswer:
    """The expert's weights as the first of all versions."""
    expert = Ranker.expert()
    return VersionAnswer(
        id=EXPERT,
        version=expert.version,
        origin=expert.origin,
        judgements=0,
        in_use=used.version is None,
        evaluation={},
        outcome_text=None,
        note=None,
        created_at=None,
    )
