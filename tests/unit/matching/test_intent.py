"""The intent model: what it learns, what it promises about its numbers, and what it refuses."""

import json
from pathlib import Path

import numpy as np
import pytest

from matching.encoder import HashingEncoder, SentenceTransformerEncoder
from matching.intent import ARTEFACT_FOLDER, EncoderMismatchError, IntentModel
from matching.intent_artefact import examples_hash, train_intent
from matching.intent_training import ExampleTable, fit_intent, folds, near_copy_groups
from matching.metrics import top_accuracy
from matching.problem_examples import ProblemExample, read_examples
from matching.taxonomy import category_codes
from seed_data import FOLDER

ENCODER = HashingEncoder(64)

PROBLEMS = {
    "VISION": (
        "눈으로 흠집을 찾다가",
        "육안 검사라 판정이 달라",
        "외관 불량을 놓쳐서",
        "스크래치를 사람이 골라",
    ),
    "FEMS": (
        "전기요금이 너무 나와",
        "전력 피크를 못 잡아",
        "어디서 전기를 쓰는지 몰라",
        "압축공기가 새서 전기가",
    ),
    "HACCP": (
        "살균 온도를 손으로 적어",
        "위생 일지를 매일 써야",
        "중요관리점 기록이 빠져",
        "해썹 심사 때마다",
    ),
}
ENDINGS = ("곤란합니다.", "걱정이에요", "힘들어요. 도와주세요", "문제입니다", "손해가 큽니다")

EXAMPLES = tuple(
    ProblemExample(f"{opening} {ending}", (code,) if ending != "문제입니다" else (code, "IOT"))
    for code, openings in PROBLEMS.items()
    for opening in openings
    for ending in ENDINGS
)


@pytest.fixture(scope="module")
def model() -> IntentModel:
    return fit_intent(EXAMPLES, ENCODER)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A file of statements, and the folder of the artefact made from it."""
    folder = tmp_path_factory.mktemp("intent")
    statements = folder / "problems.jsonl"
    rows = [{"text": example.text, "categories": example.categories} for example in EXAMPLES]
    statements.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    train_intent(ENCODER, statements, folder / "artefact")
    return statements, folder / "artefact"


def probability(model: IntentModel, text: str, code: str) -> float:
    row = model.probabilities([text], ENCODER.encode([text], "query"))[0]
    return float(row[model.categories.index(code)])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("육안 검사라 판정이 다르고 스크래치를 놓쳐요", "VISION"),
        ("공장 전기요금과 전력 피크", "FEMS"),
        ("살균 온도 기록과 위생 일지", "HACCP"),
    ],
)
def test_a_problem_calls_for_the_kind_of_solution_it_was_labelled_with(
    model: IntentModel, text: str, code: str
) -> None:
    inferred = model.infer(text, ENCODER.encode([text], "query")[0])
    assert inferred[0].category == code


def test_inferred_categories_are_all_there_most_probable_first(model: IntentModel) -> None:
    inferred = model.infer("전기요금", ENCODER.encode(["전기요금"], "query")[0])
    assert {each.category for each in inferred} == set(category_codes())
    stated = [each.probability for each in inferred]
    assert stated == sorted(stated, reverse=True)
    assert all(0.0 < each < 1.0 for each in stated)


def test_a_text_with_two_problems_raises_both_kinds(model: IntentModel) -> None:
    both = "육안 검사라 외관 흠집을 놓치고 전기요금도 너무 나옵니다"
    assert probability(model, both, "VISION") > probability(model, "전기요금이 너무 나옵니다", "VISION")
    assert probability(model, both, "FEMS") > probability(model, "육안 검사라 흠집을 놓쳐요", "FEMS")


def test_probabilities_average_to_the_share_that_calls_for_the_category(model: IntentModel) -> None:
    table = ExampleTable.of(EXAMPLES, ENCODER)

    stated = model.probabilities(
        [e.text for e in EXAMPLES], ENCODER.encode([e.text for e in EXAMPLES], "query")
    )
    observed = (table.labels[table.statements] > 0).mean(axis=0)
    np.testing.assert_allclose(stated.mean(axis=0), observed, atol=0.12)


def test_near_copies_share_a_group_and_never_straddle_a_split() -> None:
    texts = [
        "전기요금이 너무 나와 곤란합니다",
        "전기요금이 너무 나와서 곤란합니다!",
        "로봇으로 용접하고 싶다",
    ]
    groups = near_copy_groups(texts)
    assert groups[0] == groups[1] != groups[2]
    table = ExampleTable.of(EXAMPLES, ENCODER)
    for train, test in folds(table):
        assert not set(table.groups[train]) & set(table.groups[test])


def test_definitions_are_learned_from_but_never_judged_on() -> None:
    table = ExampleTable.of(EXAMPLES, ENCODER)
    judged = np.concatenate([test for _, test in folds(table)])
    assert sorted(judged) == list(range(len(EXAMPLES)))
    for train, _ in folds(table):
        assert set(range(len(EXAMPLES), len(table.examples))) <= set(train)


def test_a_loaded_model_answers_exactly_like_the_one_that_was_saved(
    model: IntentModel, tmp_path: Path
) -> None:
    model.save(tmp_path)
    loaded = IntentModel.load(tmp_path, ENCODER.name)
    texts = ["육안 검사", "전기요금"]
    vectors = ENCODER.encode(texts, "query")
    np.testing.assert_array_equal(loaded.probabilities(texts, vectors), model.probabilities(texts, vectors))


def test_two_trainings_write_the_same_bytes(written: tuple[Path, Path], tmp_path: Path) -> None:
    statements, first = written
    train_intent(ENCODER, statements, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(path.name for path in first.iterdir())
    for path in first.iterdir():
        assert (tmp_path / path.name).read_bytes() == path.read_bytes(), path.name


def test_the_card_names_encoder_statements_and_held_out_figures(written: tuple[Path, Path]) -> None:
    statements, folder = written
    card = IntentModel.load(folder).card
    assert json.loads((folder / "card.json").read_text(encoding="utf-8"))["encoder"] == ENCODER.name
    assert card["statements"] == len(EXAMPLES)
    assert card["statements_sha256"] == examples_hash(read_examples(statements))
    assert 0.5 < card["held_out"]["main_category_top3"] <= 1.0
    sizes = [point["statements"] for point in card["learning_curve"]]
    assert sizes == sorted(sizes)


def test_another_encoder_is_refused(model: IntentModel, tmp_path: Path) -> None:
    model.save(tmp_path)
    with pytest.raises(EncoderMismatchError, match="hashing-64"):
        IntentModel.load(tmp_path, "some-other-encoder")


def test_vectors_of_another_length_are_refused(model: IntentModel) -> None:
    with pytest.raises(ValueError, match="vectors"):
        model.probabilities(["전기요금"], np.zeros((1, 32), np.float32))


@pytest.mark.parametrize("categories", [["NO_SUCH"], []])
def test_a_statement_with_unknown_or_no_category_is_refused_with_its_line(
    categories: list[str], tmp_path: Path
) -> None:
    path = tmp_path / "problems.jsonl"
    good = {"text": "전기요금", "categories": ["FEMS"]}
    path.write_text("\n".join(json.dumps(row) for row in (good, {"text": "x", "categories": categories})))
    with pytest.raises(ValueError, match="line 2"):
        read_examples(path)


UNSEEN = Path(__file__).parents[2] / "golden" / "unseen_problems.jsonl"


def test_the_shipped_artefact_was_fitted_on_the_statements_in_the_tree() -> None:
    examples = read_examples(FOLDER / "problem_examples.jsonl")
    card = IntentModel.load().card
    assert card["statements_sha256"] == examples_hash(examples)
    assert sum(path.stat().st_size for path in ARTEFACT_FOLDER.iterdir()) < 10_000_000


def test_the_shipped_artefact_was_good_and_calibrated_on_statements_held_out() -> None:
    held_out = IntentModel.load().card["held_out"]
    assert held_out["main_category_top1"] > 0.58
    assert held_out["main_category_top3"] > 0.85
    assert held_out["log_loss"] < 0.102
    assert held_out["calibration_error"] < 0.01
    assert min(held_out["main_category_top3_by_category"].values()) > 0.7


@pytest.mark.slow_encoder
def test_the_shipped_artefact_understands_statements_it_never_saw(e5: SentenceTransformerEncoder) -> None:
    unseen = read_examples(UNSEEN)
    learned = {example.text for example in read_examples(FOLDER / "problem_examples.jsonl")}
    texts = [example.text for example in unseen]
    assert not learned & set(texts)
    assert {example.categories[0] for example in unseen} == set(category_codes())
    judged = IntentModel.load(encoder_name=e5.name).probabilities(texts, e5.encode(texts, "query"))
    main = np.array([category_codes().index(example.categories[0]) for example in unseen])
    assert top_accuracy(main, judged, 1) >= 0.8
    assert top_accuracy(main, judged, 3) >= 0.92
