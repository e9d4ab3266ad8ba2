"""Vectors kept in a file, and an encoder that asks for no others than those it lacks."""

from pathlib import Path

import numpy as np
import pytest

from matching.domain import Passage, PassageKind
from matching.encoder import HashingEncoder
from matching.stored_vectors import InformedEncoder, StoredVectors
from tests.factories.encoders import CountingEncoder

KNOWN = ("도금 두께를 손으로 잽니다.", "불량 원인을 찾지 못합니다.")
NEW = "사출 조건을 사람마다 다르게 넣습니다."


@pytest.fixture
def stored(tmp_path: Path) -> StoredVectors:
    passages = [Passage(str(row), PassageKind.SUMMARY, text, "passage") for row, text in enumerate(KNOWN)]
    StoredVectors.of(passages, HashingEncoder(64)).save(tmp_path / "vectors.npz")
    return StoredVectors.load(tmp_path / "vectors.npz")


def test_what_was_kept_is_unit_length_and_near_what_was_encoded(stored: StoredVectors) -> None:
    kept, made = stored.encode(KNOWN, "passage"), HashingEncoder(64).encode(KNOWN, "passage")
    assert np.allclose(np.linalg.norm(kept, axis=1), 1, atol=1e-6)
    assert np.allclose(kept, made, atol=1e-3)


def test_only_what_is_not_known_is_encoded_and_each_row_stands_in_its_place(stored: StoredVectors) -> None:
    behind = CountingEncoder(HashingEncoder(64))
    texts = [KNOWN[1], NEW, KNOWN[0]]
    vectors = InformedEncoder(stored, behind).encode(texts, "passage")
    assert behind.encoded == [NEW]
    assert np.allclose(vectors, HashingEncoder(64).encode(texts, "passage"), atol=1e-3)


def test_a_text_is_known_with_its_prompt_only(stored: StoredVectors) -> None:
    assert stored.knows(KNOWN[0], "passage")
    assert not stored.knows(KNOWN[0], "query")
