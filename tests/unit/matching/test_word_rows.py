"""The scores of chosen suppliers are those of BM25 over all of them, whoever is asked for beside them."""

import numpy as np
import pytest

from matching.index.word_rows import WordRows
from matching.lexical import LexicalModel

TEXTS = (
    "사출 금형 온도를 재는 센서와 기록 장치",
    "도금 두께 측정값을 자동으로 모으는 시스템",
    "창고 재고를 바코드로 관리합니다",
    "도금 욕조의 온도와 전류를 기록합니다",
)
QUERY = "도금 두께를 손으로 재고 종이에 적습니다"


def rows() -> WordRows:
    made = WordRows()
    for slot, text in enumerate(TEXTS):
        made.put(slot, text)
    return made


def test_they_are_those_of_the_model_over_all_texts() -> None:
    found = rows().view(len(TEXTS)).scores(QUERY, range(len(TEXTS)))
    np.testing.assert_allclose(found, LexicalModel.fit(TEXTS).scores(QUERY), rtol=1e-5)


def test_a_score_does_not_depend_on_who_else_is_asked_for() -> None:
    view = rows().view(len(TEXTS))
    whole = view.scores(QUERY, range(len(TEXTS)))
    for chosen in ([3], [1, 0], [3, 1, 2], [2, 2]):
        assert view.scores(QUERY, chosen).tolist() == whole[chosen].tolist()


def test_equal_texts_score_equally_wherever_they_stand() -> None:
    made = rows()
    made.put(9, TEXTS[1])
    found = made.view(10).scores(QUERY, [0, 1, 2, 9])
    assert found[1] == found[3] > 0


def test_a_slot_without_a_text_scores_nothing() -> None:
    made = rows()
    made.drop(1)
    assert made.view(len(TEXTS)).scores(QUERY, [0, 1])[1] == 0.0


@pytest.mark.parametrize("asked", ["", "xyzzy"])
def test_nothing_shared_is_nothing(asked: str) -> None:
    assert rows().view(len(TEXTS)).scores(asked, [0, 1]).tolist() == [0.0, 0.0]
