"""What account managers' decisions teach: python -m tests.bench.learning

The demo needs and suppliers with their real features are ranked night after night for account managers
with a taste that the expert did not foresee. They look at what stands first more than at what stands
below. Regret is how many introductions per list the best list would have expected more. Beside the
product stand a ranker that never learns and one that takes what was shown first for good.
"""

import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

import seed_data
from matching.domain import NeedProfile
from matching.evaluation import BenchmarkDocument, RememberingEncoder, embedded, indexed
from matching.features import FEATURE_NAMES
from matching.learning import JudgedNeed, Outcome, challenge
from matching.ranker import Ranker
from matching.recommender import Recommender
from service.cli.preparation import prepared_encoder
from service.cli.terminal import say_aside
from service.demo_benchmark import demo_benchmark
from service.recommendations.matching_engine import load_intent
from service.settings import Settings
from tests.factories.feedback_world import FeedbackWorld, taste_for, without_positions

NIGHTS = 12
SHOWN_NIGHTS = (0, 1, 3, 6, 12)
ATTENTION = -0.5
DAY = date(2026, 11, 2)
TASTES = {
    "가까운 곳과 공정을 더 본다": taste_for(region_same=5, region_near=5, process_overlap=3),
    "글보다 실적을 본다": taste_for(dense_solution=0.2, lexical=0.3, dense_reference_problem=2.5),
    "전문가와 같다": taste_for(),
}

Seen = Callable[[list[JudgedNeed]], list[JudgedNeed]]
LEARNERS: dict[str, Seen | None] = {
    "배우지 않음": None,
    "순서를 모른 채 배움": without_positions,
    "얼라이언스": lambda needs: needs,
}


def demo_rows() -> NDArray[np.float64]:
    """Features of every demo supplier for every demo need; a supplier ruled out for a need has none there."""
    settings = Settings()
    encoder = RememberingEncoder(prepared_encoder(settings, report=say_aside))
    intent = load_intent(encoder.name, settings.intent_dir)
    documents, needs = demo_market()
    recommender = Recommender(indexed(documents, encoder), intent, Ranker.expert())
    column = {document.id: place for place, document in enumerate(documents)}
    rows = np.zeros((len(needs), len(column), len(FEATURE_NAMES)))
    for row, need in enumerate(needs):
        for match in recommender.recommend(embedded(need, encoder), len(column), DAY).matches:
            rows[row, column[match.supplier_id]] = [match.features[name] for name in FEATURE_NAMES]
    return rows


def demo_market() -> tuple[list[BenchmarkDocument], list[NeedProfile]]:
    """The demo benchmark with what it leaves out for fairness to simple rankings: places, size, marks."""
    benchmark = demo_benchmark()
    suppliers = {row["business_number"]: row for row in seed_data.suppliers()}
    plants = {row["business_number"]: row for row in seed_data.manufacturers()}
    owners = {row["key"]: plants[row["manufacturer_business_number"]] for row in seed_data.needs()}
    documents = [
        replace(
            document,
            profile=replace(
                document.profile,
                region=suppliers[document.id]["region"],
                employee_count=suppliers[document.id].get("employee_count"),
                certifications=tuple(suppliers[document.id].get("certifications", ())),
            ),
        )
        for document in benchmark.documents
    ]
    needs = [replace(need, region=owners[str(need.need_id)]["region"]) for need in benchmark.needs]
    return documents, needs


def measure(title: str, rows: NDArray[np.float64], taste: Ranker) -> None:
    """One taste under every learner, from the same start and the same draws."""
    print_line(f"{title}: 목록 하나에서 놓친 소개 건수, {SHOWN_NIGHTS}일 밤 뒤")
    for name, seen in LEARNERS.items():
        world = FeedbackWorld(rows, taste, ATTENTION, np.random.default_rng(7))
        ranker, regrets, promoted = nights(world, seen)
        shown = "  ".join(f"{regrets[night]:.3f}" for night in SHOWN_NIGHTS)
        share, best = world.top_tenth_share(ranker), world.top_tenth_share(taste)
        print_line(f"  {shown}  새 판 {promoted}번  상위 10% 몫 {share:.2f} (최선 {best:.2f})  {name}")


def nights(world: FeedbackWorld, seen: Seen | None) -> tuple[Ranker, list[float], int]:
    """The ranker at the end, the regret at the start and after each night, how often weights changed."""
    ranker, decisions, promoted = Ranker.expert(), list[JudgedNeed](), 0
    regrets = [world.regret(ranker)]
    for night in range(NIGHTS):
        decisions += world.decide(ranker, night)
        if seen is not None:
            trial = challenge(ranker, seen(decisions), Ranker.expert())
            if trial.outcome is Outcome.PROMOTED:
                ranker, promoted = trial.fitted, promoted + 1
        regrets.append(world.regret(ranker))
    return ranker, regrets, promoted


def print_line(line: str) -> None:
    """A line of the report."""
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    found = demo_rows()
    for wording, weights in TASTES.items():
        measure(wording, found, weights)
