"""Needs in planted groups: alike in kind of solution, words, trade and process, each of another plant."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from matching.domain import FloatArray, InferredCategory
from matching.features import EmbeddedNeed
from matching.taxonomy import category_codes
from tests.factories import matching

PLANTED = {
    "VISION": ("25", "도금", "도금 표면의 얼룩을 육안검사로 골라내는데 판정을 사람마다 다르게 합니다"),
    "HACCP": ("10", "살균", "살균 온도를 일지에 적는데 심사 때 기록을 못 찾아 곤란했습니다"),
    "APS": ("29", "조립", "조립 일정을 엑셀로 짜는데 급한 주문이 오면 납기를 놓칩니다"),
    "SAFETY": ("20", "반응", "반응기 옆에서 가스를 들이마신 사고를 겪고 경보를 찾습니다"),
}
"""Main kind of solution: industry, process, problem."""

MAIN, OTHER = 0.85, 0.06


class PlantedIntent:
    """Tells the planted groups by their problem; the small intent model of the tests is sure of nothing."""

    categories = category_codes()
    dimensions = 64
    """Of the encoder of the tests."""

    def probabilities(self, texts: Sequence[str], vectors: FloatArray) -> NDArray[np.float64]:
        """Shape (texts, categories)."""
        rows = np.full((len(texts), len(self.categories)), 0.01)
        for row, text in enumerate(texts):
            for kind, (_, _, problem) in PLANTED.items():
                if problem in text:
                    rows[row, self.categories.index(kind)] = MAIN
        return rows


def inferred(kind: str) -> tuple[InferredCategory, ...]:
    """A kind of solution that the text calls for, and a little of the others."""
    others = (InferredCategory(other, OTHER) for other in PLANTED if other != kind)
    return (InferredCategory(kind, MAIN), *others)


def planted_need(kind: str, number: int) -> EmbeddedNeed:
    """The need of that number of a planted group; every number is another manufacturer."""
    industry, process, problem = PLANTED[kind]
    profile = matching.need(
        need_id=f"{kind}-{number:02}",
        title=f"{number}번 라인 이야기",
        description=f"{problem}. 라인 {number}개에 사람 {number + 3}명이 매달립니다.",
        industry=industry,
        processes=(process,),
        manufacturer_business_number=f"{kind}{number:03}",
    )
    return matching.embedded_need(profile)


def planted(sizes: dict[str, int]) -> tuple[list[EmbeddedNeed], list[Sequence[InferredCategory]]]:
    """Needs with their kinds, so many of each group."""
    kinds = [kind for kind, size in sizes.items() for _ in range(size)]
    numbers = [number for size in sizes.values() for number in range(size)]
    needs = [planted_need(kind, number) for kind, number in zip(kinds, numbers, strict=True)]
    return needs, [inferred(kind) for kind in kinds]
