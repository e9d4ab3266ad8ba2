"""The index: exact, consistent under change, and the same after saving."""

import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.domain import EmbeddedPassages, Passage, PassageKind, Reference
from matching.index import (
    EmbeddedProfile,
    Hit,
    IndexFileError,
    IndexSnapshot,
    ProfileIndex,
    load_index,
    save_index,
)
from matching.index.vector_table import VectorTable
from matching.retrieval import InMemory
from tests.factories.matching import ENCODER, REFERENCE, VISION, WMS, embedded, index_of, supplier

DIMENSIONS = 8


def unit(seed: int, rows: int = 1) -> np.ndarray:
    """Random unit vectors."""
    vectors = np.random.default_rng(seed).standard_normal((rows, DIMENSIONS)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def entry(number: int, seed: int) -> EmbeddedProfile:
    """A supplier with random vectors for its summary and its solution in two parts."""
    passages = (
        Passage("summary", PassageKind.SUMMARY, "글", "passage"),
        Passage("solution/vision", PassageKind.SOLUTION, "글", "passage"),
        Passage("solution/vision#1", PassageKind.SOLUTION, "글", "passage"),
    )
    return EmbeddedProfile(supplier(f"s{number:03}"), EmbeddedPassages(passages, unit(seed, 3)))


def by_hand(entries: dict[str, EmbeddedProfile], query: np.ndarray) -> dict[str, float]:
    """Each supplier's nearest text, by comparing with every vector in turn."""
    return {name: float((held.embedded.vectors @ query.T).max()) for name, held in entries.items()}


Change = tuple[bool, int, int]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 12), st.integers(0, 10_000)), max_size=60))
def test_after_any_changes_the_search_finds_exactly_the_nearest(changes: list[Change]) -> None:
    index, held = ProfileIndex("random", DIMENSIONS), {}
    for keep, number, seed in changes:
        made = entry(number, seed)
        if keep:
            index.put(made)
            held[made.profile.supplier_id] = made
        else:
            index.remove(made.profile.supplier_id)
            held.pop(made.profile.supplier_id, None)
    query = unit(99)
    found = {hit.supplier_id: hit.similarity for hit in index.snapshot().search(query, 5)}
    expected = by_hand(held, query)
    assert len(index) == len(held)
    assert found == pytest.approx({name: expected[name] for name in found}, abs=2e-5)
    nearest = sorted(expected.values(), reverse=True)[:5]
    assert list(found.values()) == pytest.approx(nearest, abs=2e-5)


def test_many_replacements_do_not_lose_a_row() -> None:
    table = VectorTable(DIMENSIONS)
    for round_ in range(40):
        for owner in range(100):
            table.put(owner, unit(round_ * 100 + owner, 2))
    view = table.view()
    assert len(table) == 200
    assert all(np.array_equal(view.rows_of(owner), unit(3900 + owner, 2)) for owner in range(100))
    assert len(view.owners) < 4000


def test_a_mask_limits_the_search() -> None:
    index = ProfileIndex("random", DIMENSIONS)
    index.put(*(entry(number, number) for number in range(20)))
    snapshot = index.snapshot()
    allowed = np.zeros(len(snapshot.profiles), np.bool_)
    allowed[[3, 7]] = True
    assert {hit.supplier_id for hit in snapshot.search(unit(5), 10, allowed)} == {"s003", "s007"}


def test_equal_similarities_are_ordered_by_supplier() -> None:
    index = ProfileIndex("random", DIMENSIONS)
    index.put(*(replace(entry(1, 1), profile=supplier(name)) for name in ("c", "a", "b")))
    assert [hit.supplier_id for hit in index.snapshot().search(unit(5), 2)] == ["a", "b"]


def test_a_snapshot_does_not_change_under_its_reader() -> None:
    index = ProfileIndex("random", DIMENSIONS)
    index.put(*(entry(number, number) for number in range(10)))
    before = index.snapshot()
    expected = before.search(unit(5), 10)
    index.put(*(entry(number, number + 500) for number in range(30)))
    index.remove("s000", "s001")
    assert before.search(unit(5), 10) == expected
    assert len(index.snapshot()) == 28


def test_readers_never_see_a_half_written_supplier() -> None:
    index = ProfileIndex("random", DIMENSIONS)
    versions = [[Hit("s000", pytest.approx(value, abs=2e-5))] for value in _both_similarities()]
    index.put(entry(0, 1))
    seen: list[list[Hit]] = []
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            seen.append(index.snapshot().search(unit(5), 1))

    reader = threading.Thread(target=read)
    reader.start()
    for turn in range(300):
        index.put(entry(0, 1 + turn % 2))
    stop.set()
    reader.join()
    assert seen
    assert all(hits in versions for hits in seen)


def _both_similarities() -> list[float]:
    return [float((unit(seed, 3) @ unit(5).T).max()) for seed in (1, 2)]


def test_vectors_of_another_length_are_refused() -> None:
    with pytest.raises(ValueError, match="not 4"):
        ProfileIndex("other", 4).put(entry(0, 0))


def nearest_reference(snapshot: IndexSnapshot, slot: int, query: np.ndarray) -> Reference | None:
    shown = InMemory().shown_texts(snapshot, [slot])[slot]
    return shown.nearest_reference(snapshot.profile(slot), query)


def test_a_saved_index_finds_the_same_after_loading(tmp_path: Path) -> None:
    index = index_of(
        supplier("a", solutions=(VISION, WMS), references=(REFERENCE,)),
        supplier("gone"),
        supplier("b", founded_on=None),
    )
    index.remove("gone")
    save_index(index, tmp_path / "index.saved")
    loaded = load_index(tmp_path / "index.saved").index
    query = ENCODER.encode(["긁힘과 기포를 찾습니다"], "query")
    old, new = index.snapshot(), loaded.snapshot()
    assert loaded.encoder_name == index.encoder_name
    assert new.search(query, 5) == old.search(query, 5)
    for name in ("a", "b"):
        one, other = old.slots[name], new.slots[name]
        assert new.profile(other) == old.profile(one)
        assert new.sentences[other].texts == old.sentences[one].texts
        assert np.array_equal(new.sentences[other].vectors, old.sentences[one].vectors)
        assert nearest_reference(new, other, query) == nearest_reference(old, one, query)


def test_a_file_that_is_no_index_is_refused(tmp_path: Path) -> None:
    wrong = tmp_path / "index.saved"
    wrong.write_bytes(b"not an index")
    with pytest.raises(IndexFileError):
        load_index(wrong)
    with pytest.raises(IndexFileError):
        load_index(tmp_path / "missing.npz")


def test_words_of_a_removed_supplier_are_forgotten() -> None:
    index = index_of(supplier("a"), supplier("b", summary="막걸리 발효실 온도를 지킵니다."))
    alone = index_of(supplier("a"))
    index.remove("b")
    one, other = index.snapshot(), alone.snapshot()
    asked = "도장면의 긁힘"
    assert one.words.scores(asked, [one.slots["a"]]) == pytest.approx(
        other.words.scores(asked, [other.slots["a"]])
    )


def test_sentences_are_kept_closely_enough() -> None:
    made = embedded(supplier())
    slot_sentences = index_of(supplier()).snapshot().sentences[0]
    exact = made.embedded.of_kind(PassageKind.SUPPLIER_SENTENCE).vectors
    query = ENCODER.encode(["긁힘"], "query")
    assert slot_sentences.similarity(query) == pytest.approx(exact @ query.T, abs=0.01)
