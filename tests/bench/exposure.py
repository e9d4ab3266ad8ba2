"""Who gets into the lists under several policies, and what that costs: python -m tests.bench.exposure

Needs are recommended for one after another, round by round, while the lists of the last rounds count as
recent exposure. The first rounds only fill that memory; the others are measured on the demo judgements.
Two markets: the demo data, every need once a round; and a crowded one, where every supplier has rivals
and a few problems make up most of the demand. Takes some minutes and the prepared encoder.
"""

import sys
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from matching.diversity import BY_SCORE, ListPolicy, probable_categories
from matching.domain import CapabilityProfile, FloatArray, PassageKind, Recommendation, TrackRecord
from matching.encoder import Encoder, embed
from matching.evaluation import Benchmark, BenchmarkDocument, RememberingEncoder, indexed
from matching.exposure import Exposure, gini, top_share
from matching.features import EmbeddedNeed
from matching.index import EmbeddedProfile, ProfileIndex
from matching.metrics import ndcg
from matching.ranker import Ranker
from matching.recommender import Intent, Recommender
from matching.text import passages_of_need, passages_of_profile
from service.cli.preparation import prepared_encoder
from service.cli.terminal import say_aside
from service.demo_benchmark import demo_benchmark
from service.recommendations.matching_engine import load_intent
from service.settings import Settings

LENGTH, SHORT = 10, 3
"""What account managers see, and what manufacturers see."""

DAY = date(2026, 11, 2)
ROUNDS, REMEMBERED = 5, 2
"""Rounds in all, and how many of them count as recent; as many are run before measuring starts."""

RIVALS = 2
"""In the crowded market each supplier has so many rivals: the same offers, another size, no references."""

FITS = 2
"""From this grade on a need fits a supplier."""

DEFAULT = ListPolicy()
COVERING = replace(BY_SCORE, cover_kinds=True)
POLICIES = {
    "점수 순서 그대로": BY_SCORE,
    "분야 보완만": COVERING,
    "분야 보완 + 노출 한도 2배": replace(COVERING, exposure_bound=2.0),
    "분야 보완 + 노출 한도 3배": replace(COVERING, exposure_bound=3.0),
    "분야 보완 + 노출 한도 5배": replace(COVERING, exposure_bound=5.0),
    "분야 보완 + 신규 자리 1": replace(COVERING, newcomer_places=1),
    "분야 보완 + 신규 자리 2": replace(COVERING, newcomer_places=2),
    "모두 (기본값)": DEFAULT,
}

COLUMNS = (
    "정책",
    "nDCG@10",
    "nDCG@3",
    "분야(3곳)",
    "상위 10%의 몫",
    "지니",
    "못 나온 곳",
    "신규: 한 번은",
    "신규: 수요마다",
)


@dataclass(frozen=True, slots=True)
class Market:
    """Needs with their vectors, who may be recommended for them, and which needs come up in which round."""

    name: str
    benchmark: Benchmark
    needs: tuple[EmbeddedNeed, ...]
    index: ProfileIndex
    encoder: Encoder
    rounds: NDArray[np.intp]

    @property
    def supplier_ids(self) -> list[str]:
        """In the order of the grades' columns."""
        return [document.id for document in self.benchmark.documents]

    def ndcg_of(self, row: int, shown: Sequence[str], depth: int) -> float:
        """nDCG of a list for the need of that row."""
        place = {supplier_id: rank for rank, supplier_id in enumerate(shown)}
        scores = [-float(place.get(each, len(self.supplier_ids))) for each in self.supplier_ids]
        return ndcg(self.benchmark.grades[row], np.array(scores), depth)


@dataclass(frozen=True, slots=True)
class Outcome:
    """Means over the measured lists, and over lists of three made once for each need at the end.

    `covered` is the share of the probable kinds that a list of three shows where the intent is uncertain;
    `newcomers` is over suppliers made new one at a time.
    """

    ndcg: float
    ndcg_of_three: float
    covered: float
    top_tenth: float
    gini: float
    never: int
    newcomers: float
    newcomer_needs: float


def markets(encoder: Encoder) -> tuple[Market, Market]:
    """The demo market and the crowded one."""
    random = np.random.default_rng(1)
    demo = demo_benchmark()
    count = len(demo.needs)
    even = np.array([random.permutation(count) for _ in range(ROUNDS)])
    popularity = 1 / np.arange(1, count + 1)
    skewed = random.choice(random.permutation(count), (ROUNDS, count), p=popularity / popularity.sum())
    return (
        _market("시연 시장", demo, encoder, even),
        _market("붐비는 시장", crowded(demo, random), encoder, skewed),
    )


def crowded(benchmark: Benchmark, random: np.random.Generator) -> Benchmark:
    """Everybody with rivals, who understand a problem as well: they have the same grades."""
    rivals = [_rival(each, random) for _ in range(RIVALS) for each in benchmark.documents]
    grades = np.tile(benchmark.grades, RIVALS + 1)
    judged = np.tile(benchmark.judged, RIVALS + 1)
    return Benchmark(benchmark.needs, (*benchmark.documents, *rivals), grades, judged, benchmark.labels)


def _rival(document: BenchmarkDocument, random: np.random.Generator) -> BenchmarkDocument:
    supplier_id = f"{document.id}-{random.integers(10**9)}"
    profile = replace(
        document.profile,
        supplier_id=supplier_id,
        references=(),
        employee_count=int(random.integers(5, 100)),
        certifications=("ISO9001", "GS", "VENTURE")[: int(random.integers(4))],
    )
    return replace(document, id=supplier_id, profile=profile)


def _market(name: str, benchmark: Benchmark, encoder: Encoder, rounds: NDArray[np.intp]) -> Market:
    needs = tuple(EmbeddedNeed(need, embed(encoder, passages_of_need(need))) for need in benchmark.needs)
    return Market(name, benchmark, needs, indexed(benchmark.documents, encoder), encoder, rounds)


class RememberingIntent:
    """Infers the kinds of a text once, however many rounds ask for it."""

    def __init__(self, intent: Intent) -> None:
        self._intent = intent
        self._rows: dict[str, NDArray[np.floating]] = {}
        self.categories = intent.categories

    def probabilities(self, texts: Sequence[str], vectors: FloatArray) -> NDArray[np.floating]:
        """As the model behind it."""
        for text, vector in zip(texts, vectors, strict=True):
            if text not in self._rows:
                self._rows[text] = self._intent.probabilities([text], vector[None])[0]
        return np.array([self._rows[text] for text in texts])


def outcome(market: Market, recommender: Recommender) -> Outcome:
    """Run the needs through the recommender, and then everybody once as a newcomer."""
    recent: deque[list[str]] = deque(maxlen=REMEMBERED * len(market.needs))
    gains, counts = [], Counter[str]()
    for turn, row in enumerate(market.rounds.ravel().tolist()):
        shown = _suppliers(recommender.recommend(market.needs[row], LENGTH, DAY, _exposure(recent)))
        recent.append(shown)
        if turn >= REMEMBERED * len(market.needs):
            gains.append(market.ndcg_of(row, shown, LENGTH))
            counts.update(shown)
    exposure = _exposure(recent)
    short = [recommender.recommend(need, SHORT, DAY, exposure) for need in market.needs]
    held = np.array([float(counts[each]) for each in market.supplier_ids])
    return Outcome(
        float(np.nanmean(gains)),
        float(np.nanmean([market.ndcg_of(row, _suppliers(found), SHORT) for row, found in enumerate(short)])),
        float(np.mean([share for found in short for share in _covered(market.index, found)])),
        top_share(held),
        gini(held),
        int(np.count_nonzero(held == 0)),
        *newcomer_chance(market, recommender, exposure),
    )


def newcomer_chance(market: Market, recommender: Recommender, exposure: Exposure) -> tuple[float, float]:
    """Chance of a supplier without references and history to be seen by one fitting need, and by each.

    Every supplier that fits a need is made new in turn while the others stay as they are.
    """
    by_any, by_each = [], []
    for column, document in enumerate(market.benchmark.documents):
        rows = np.flatnonzero(market.benchmark.grades[:, column] >= FITS)
        if rows.size:
            seen = _seen_as_newcomer(market, recommender, exposure, document.profile, rows)
            by_any.append(any(seen))
            by_each += seen
    return float(np.mean(by_any)), float(np.mean(by_each))


def _seen_as_newcomer(
    market: Market,
    recommender: Recommender,
    exposure: Exposure,
    profile: CapabilityProfile,
    rows: NDArray[np.intp],
) -> list[bool]:
    new = replace(profile, references=(), track_record=TrackRecord())
    others = Exposure({each: lists for each, lists in exposure.lists.items() if each != profile.supplier_id})
    market.index.put(_embedded(market.encoder, new))
    lists = [recommender.recommend(market.needs[row], LENGTH, DAY, others) for row in rows]
    market.index.put(_embedded(market.encoder, profile))
    return [profile.supplier_id in _suppliers(found) for found in lists]


def _embedded(encoder: Encoder, profile: CapabilityProfile) -> EmbeddedProfile:
    passages = passages_of_profile(profile)
    ranked = [each for each in passages if each.kind != PassageKind.SUPPLIER_SENTENCE]
    return EmbeddedProfile(profile, embed(encoder, ranked))


def _exposure(recent: Sequence[list[str]]) -> Exposure:
    return Exposure(Counter(each for shown in recent for each in shown))


def _suppliers(found: Recommendation) -> list[str]:
    return [match.supplier_id for match in found.matches]


def _covered(index: ProfileIndex, found: Recommendation) -> list[float]:
    """The share of the probable kinds that the list shows; nothing when the intent is certain."""
    kinds = frozenset(probable_categories(found.inferred_categories, DEFAULT))
    snapshot = index.snapshot()
    offered: set[str] = set()
    for match in found.matches:
        solutions = snapshot.profile(snapshot.slots[match.supplier_id]).solutions
        offered.update(*(each.categories for each in solutions if each.id == match.solution_id))
    return [len(kinds & offered) / len(kinds)] if kinds else []


def table(market: Market, intent: Intent) -> list[str]:
    """One line a policy."""
    kinds = Recommender(market.index, intent, Ranker.expert()).infer(market.needs)
    uncertain = sum(bool(probable_categories(each, DEFAULT)) for each in kinds)
    lines = [
        f"{market.name}: 수요 {len(market.needs)}건(분야가 불확실한 것 {uncertain}건), "
        f"공급기업 {len(market.supplier_ids)}곳, 목록 {LENGTH}곳, "
        f"{ROUNDS}회 가운데 뒤 {ROUNDS - REMEMBERED}회",
        f"| {' | '.join(COLUMNS)} |",
        f"| {' | '.join(['---'] * len(COLUMNS))} |",
    ]
    for name, policy in POLICIES.items():
        say_aside(f"{market.name}: {name}")
        found = outcome(market, Recommender(market.index, intent, Ranker.expert(), policy))
        figures = (found.ndcg, found.ndcg_of_three, found.covered, found.top_tenth, found.gini)
        newcomers = (found.newcomers, found.newcomer_needs)
        cells = [
            *(f"{each:.3f}" for each in figures),
            str(found.never),
            *(f"{each:.3f}" for each in newcomers),
        ]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return lines


def report() -> None:
    """The table of each market."""
    settings = Settings()
    encoder = prepared_encoder(settings, report=say_aside)
    intent = RememberingIntent(load_intent(encoder.name, settings.intent_dir))
    for market in markets(RememberingEncoder(encoder)):
        sys.stdout.write("\n".join([*table(market, intent), "", ""]))


if __name__ == "__main__":
    report()
