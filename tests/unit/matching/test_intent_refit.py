"""Learning from needs that their manufacturers confirmed: better or not at all, and nobody's words kept."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from matching.encoder import HashingEncoder
from matching.intent import CARD_FILE, VOCABULARY_FILE, WRITTEN_HASH, IntentModel, is_refit_of
from matching.intent_refit import Refit, refit_intent
from matching.intent_training import fit_intent
from matching.problem_examples import ProblemExample
from tests.unit.matching.test_intent import EXAMPLES

ENCODER = HashingEncoder(64)

# A way of speaking that no written statement uses, always meaning the same kind.
CONFIRMED = tuple(
    ProblemExample(f"쏠더 볼이 {what} 리플로우 뒤에 {then}", ("VISION",))
    for what in ("튀어서", "뭉쳐서", "비어서", "깨져서")
    for then in (
        "하나씩 다시 봅니다",
        "손으로 추립니다",
        "납품이 밀립니다",
        "고객이 돌려보냅니다",
        "야근합니다",
    )
)
WRONG = tuple(ProblemExample(example.text + " 정말", ("ERP",)) for example in EXAMPLES[:40])


@pytest.fixture(scope="module")
def refitted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Refit, Path]:
    folder = tmp_path_factory.mktemp("refit")
    return refit_intent(ENCODER, EXAMPLES, CONFIRMED, folder), folder


def test_what_manufacturers_confirm_is_learned(refitted: tuple[Refit, Path]) -> None:
    refit, folder = refitted
    assert refit.is_better
    assert refit.confirmed == len(CONFIRMED)
    text = "쏠더 볼이 떨어져서 리플로우 뒤에 다시 봅니다"
    before = probabilities(fit_intent(EXAMPLES, ENCODER), text)
    after = probabilities(IntentModel.load(folder), text)
    assert after["VISION"] > before["VISION"] + 0.1


def probabilities(model: IntentModel, text: str) -> dict[str, float]:
    inferred = model.infer(text, ENCODER.encode([text], "query")[0])
    return {each.category: each.probability for each in inferred}


def test_no_word_of_a_need_enters_the_artefact(refitted: tuple[Refit, Path]) -> None:
    _, folder = refitted
    learned = set(json.loads((folder / VOCABULARY_FILE).read_text(encoding="utf-8")))
    assert learned == set(fit_intent(EXAMPLES, ENCODER).features.vocabulary)
    assert not any("쏠더" in gram or "플로" in gram for gram in learned)
    assert "쏠더" not in (folder / CARD_FILE).read_text(encoding="utf-8")


def test_labels_that_contradict_the_statements_are_refused(tmp_path: Path) -> None:
    refit = refit_intent(ENCODER, EXAMPLES, WRONG, tmp_path / "refused")
    assert not refit.is_better
    assert not (tmp_path / "refused").exists()


def test_a_refit_is_outranked_by_a_shipped_model_of_other_statements(refitted: tuple[Refit, Path]) -> None:
    found = IntentModel.load(refitted[1])
    same = IntentModel.load(refitted[1])
    shipped = {"statements_sha256": found.card[WRITTEN_HASH]}
    assert is_refit_of(found, _with_card(same, shipped))
    assert not is_refit_of(found, _with_card(same, {"statements_sha256": "another"}))
    assert not is_refit_of(_with_card(same, {}), _with_card(same, shipped))


def _with_card(model: IntentModel, card: dict[str, str]) -> IntentModel:
    return replace(model, card=card)
