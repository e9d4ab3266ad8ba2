"""The file of an index: whole or refused, shared, and as good as the index it was written from."""

import threading
from pathlib import Path

import numpy as np
import pytest

from matching.index import IndexFileError, ProfileIndex, load_index, save_index, storage
from tests.factories.matching import ENCODER, REFERENCE, VISION, WMS, embedded, index_of, supplier

QUERY = ENCODER.encode(["긁힘과 기포를 찾습니다"], "query")


@pytest.fixture
def index() -> ProfileIndex:
    """Two suppliers, with a place between them that somebody left."""
    made = index_of(
        supplier("a", solutions=(VISION, WMS), references=(REFERENCE,)), supplier("x"), supplier("b")
    )
    made.remove("x")
    return made


def test_an_index_from_a_file_goes_on_like_the_one_it_was_written_from(
    index: ProfileIndex, tmp_path: Path
) -> None:
    save_index(index, tmp_path / "index", {"horizon": 7})
    saved = load_index(tmp_path / "index")
    assert saved.origin == {"horizon": 7}
    for one in (index, saved.index):
        one.put(
            embedded(supplier("c", solutions=(WMS,))), embedded(supplier("b", summary="로봇 용접을 합니다."))
        )
        one.remove("a")
    old, new = index.snapshot(), saved.index.snapshot()
    assert new.search(QUERY, 5) == old.search(QUERY, 5)
    assert [new.profile(slot) for slot in new.slots.values()] == [
        old.profile(slot) for slot in old.slots.values()
    ]
    slots = [[one.slots[name] for name in ("b", "c")] for one in (old, new)]
    words = [one.words.scores("로봇 용접", found) for one, found in zip((old, new), slots, strict=True)]
    assert words[1] == pytest.approx(words[0])


def test_the_vectors_are_read_where_they_lie_in_the_file(index: ProfileIndex, tmp_path: Path) -> None:
    save_index(index, tmp_path / "index")
    vectors = load_index(tmp_path / "index").index.snapshot().solution_vectors.base
    assert not vectors.flags.writeable
    assert not vectors.flags.owndata


@pytest.mark.parametrize("place", [0, 30, -1])
def test_a_file_with_one_wrong_byte_is_refused(index: ProfileIndex, tmp_path: Path, place: int) -> None:
    save_index(index, tmp_path / "index")
    content = bytearray((tmp_path / "index").read_bytes())
    content[place] ^= 1
    (tmp_path / "index").write_bytes(content)
    with pytest.raises(IndexFileError):
        load_index(tmp_path / "index")


def test_half_a_file_is_refused(index: ProfileIndex, tmp_path: Path) -> None:
    save_index(index, tmp_path / "index")
    content = (tmp_path / "index").read_bytes()
    (tmp_path / "index").write_bytes(content[: len(content) // 2])
    with pytest.raises(IndexFileError):
        load_index(tmp_path / "index")


def test_a_file_of_another_version_is_refused(
    index: ProfileIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_index(index, tmp_path / "index")
    monkeypatch.setattr(storage, "made_by", lambda: "another")
    with pytest.raises(IndexFileError, match="another version"):
        load_index(tmp_path / "index")


def test_several_writers_at_once_leave_one_whole_file_and_nothing_else(
    index: ProfileIndex, tmp_path: Path
) -> None:
    writers = [threading.Thread(target=save_index, args=(index, tmp_path / "index")) for _ in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [path.name for path in tmp_path.iterdir()] == ["index"]
    assert len(load_index(tmp_path / "index").index) == 2


def test_an_empty_index_can_be_kept(tmp_path: Path) -> None:
    save_index(ProfileIndex("none", 8), tmp_path / "index")
    loaded = load_index(tmp_path / "index").index
    loaded.put(*())
    assert len(loaded) == 0
    assert loaded.snapshot().search(np.zeros((1, 8), np.float32), 3) == []
