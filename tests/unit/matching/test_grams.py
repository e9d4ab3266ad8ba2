"""Character n-grams: the same ones that scikit-learn cuts, which the intent model is fitted with."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import CountVectorizer

from matching.grams import character_grams, hashed_counts
from matching.intent import IntentModel
from matching.intent_training import gram_vectorizer
from matching.text import lexical_form

TEXTS = ("금형 온도가 매번 달라 불량이 난다", "MES  도입\n2차", "a", "", "사출 사출 사출 불량 불량")


@given(st.text(alphabet="가나 다\n\tab1"), st.integers(1, 3), st.integers(0, 2))
def test_the_stretches_are_those_of_scikit_learn(text: str, shortest: int, more: int) -> None:
    theirs = CountVectorizer(analyzer="char_wb", ngram_range=(shortest, shortest + more), lowercase=False)
    assert list(character_grams(text, shortest, shortest + more)) == theirs.build_analyzer()(text)


def test_every_stretch_is_counted_in_some_bucket() -> None:
    counts = hashed_counts(TEXTS[-1], 2, 3, 8)
    assert sum(counts.values()) == len(list(character_grams(TEXTS[-1], 2, 3)))
    assert all(0 <= bucket < 8 for bucket in counts)


@pytest.fixture(scope="module")
def model() -> IntentModel:
    """The shipped intent model."""
    return IntentModel.load()


def test_the_intent_model_reads_a_text_as_it_was_fitted_to(model: IntentModel) -> None:
    theirs = gram_vectorizer(vocabulary=list(model.features.vocabulary))
    theirs.idf_ = model.features.rarity
    expected = theirs.transform([lexical_form(text) for text in TEXTS]).toarray()
    np.testing.assert_allclose(model.features.grams(TEXTS).toarray(), expected, atol=1e-12)
