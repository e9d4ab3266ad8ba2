"""Lexical scores: what shared characters and shared code-list words are worth."""

import numpy as np
import pytest
from scipy import sparse

from matching.lexical import LexicalModel, expanded, gram_counts

TEXTS = (
    "금형 온도를 재는 센서와 사출 조건을 보정하는 시스템",
    "식품 공장의 중요관리점 기록을 자동으로 남기는 해썹 시스템",
    "무인지게차로 창고와 공정 사이의 자재를 나르는 물류 시스템",
)


def test_the_text_that_shares_the_rare_words_scores_highest() -> None:
    scores = LexicalModel.fit(TEXTS).scores("사출 금형 온도가 매번 달라 불량이 난다")
    assert scores.argmax() == 0


def test_words_of_every_text_weigh_less_than_words_of_one() -> None:
    model = LexicalModel.fit(TEXTS)
    assert model.scores("시스템 금형")[0] > model.scores("시스템 금형")[1:].max()


def test_a_standard_name_is_found_through_its_synonym() -> None:
    scores = LexicalModel.fit(TEXTS).scores("HACCP")
    assert scores.argmax() == 1
    assert scores[1] > scores[0]


def test_expansion_writes_the_standard_names_behind_the_text() -> None:
    assert expanded("해썹 기록").startswith("해썹 기록")
    assert "HACCP" in expanded("해썹 기록")


def test_full_width_and_half_width_letters_are_one_spelling() -> None:
    model = LexicalModel.fit(["ＭＥＳ 구축", "로봇 용접"])
    assert model.scores("MES")[0] > model.scores("MES")[1]


def test_a_repeated_query_scores_like_the_query_itself() -> None:
    model = LexicalModel.fit(TEXTS)
    once, thrice = model.scores("금형 온도"), model.scores("금형 온도 금형 온도 금형 온도")
    assert once[0] > 0
    assert thrice.argmax() == once.argmax()
    assert thrice[0] == pytest.approx(once[0], rel=0.35)


def test_counts_kept_from_before_give_the_same_model_as_counting_again() -> None:
    kept = sparse.vstack([gram_counts(TEXTS[:1]), gram_counts(TEXTS[1:])]).tocsr()
    query = "창고 자재를 나를 사람이 없다"
    np.testing.assert_allclose(
        LexicalModel.from_counts(kept).scores(query), LexicalModel.fit(TEXTS).scores(query)
    )


@pytest.mark.parametrize("query", ["", " ", "ZQX"])
def test_a_query_that_shares_nothing_scores_zero_everywhere(query: str) -> None:
    np.testing.assert_array_equal(LexicalModel.fit(TEXTS).scores(query), np.zeros(len(TEXTS)))


def test_an_empty_index_has_no_scores() -> None:
    assert LexicalModel.fit([]).scores("금형").shape == (0,)
