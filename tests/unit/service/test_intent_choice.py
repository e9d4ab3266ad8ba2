"""Which intent model is used: the shipped one, or one that learned more from the same statements."""

from dataclasses import replace
from pathlib import Path

import pytest

from matching.encoder import HashingEncoder
from matching.intent import CARD_FILE, WRITTEN_HASH, IntentModel
from matching.intent_training import fit_intent
from matching.problem_examples import read_examples
from seed_data import PROBLEM_EXAMPLES
from service.recommendations import matching_engine
from service.recommendations.matching_engine import IntentUnusableError, load_intent

ENCODER = HashingEncoder(64)
NAME = ENCODER.name


@pytest.fixture(scope="module")
def model() -> IntentModel:
    return fit_intent(read_examples(PROBLEM_EXAMPLES)[::60], ENCODER)


@pytest.fixture
def shipped(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, model: IntentModel) -> Path:
    folder = tmp_path / "shipped"
    replace(model, card={"statements_sha256": "the statements", "which": "shipped"}).save(folder)
    monkeypatch.setattr(matching_engine, "ARTEFACT_FOLDER", folder)
    return folder


def refitted(folder: Path, model: IntentModel, statements: str) -> None:
    replace(model, card={WRITTEN_HASH: statements, "which": "refitted"}).save(folder)


def test_without_another_the_shipped_one_is_used(shipped: Path, tmp_path: Path) -> None:
    assert load_intent(NAME, tmp_path / "none").card["which"] == "shipped"


@pytest.mark.parametrize(
    ("statements", "used"), [("the statements", "refitted"), ("older statements", "shipped")]
)
def test_what_learned_more_from_the_same_statements_comes_first(
    shipped: Path, tmp_path: Path, model: IntentModel, statements: str, used: str
) -> None:
    refitted(tmp_path / "fitted", model, statements)
    assert load_intent(NAME, tmp_path / "fitted").card["which"] == used


def test_a_damaged_refit_is_passed_over(shipped: Path, tmp_path: Path, model: IntentModel) -> None:
    refitted(tmp_path / "fitted", model, "the statements")
    (tmp_path / "fitted" / CARD_FILE).write_text("{")
    assert load_intent(NAME, tmp_path / "fitted").card["which"] == "shipped"


def test_with_neither_there_is_none(tmp_path: Path) -> None:
    with pytest.raises(IntentUnusableError):
        load_intent(NAME, tmp_path / "none")
