"""The encoder folder: whole or not at all, remade when damaged, refused on other weights."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from matching.encoder_folder import (
    ENCODER_NAME,
    EncoderFolderError,
    WeightsError,
    folder,
    is_complete,
    made_encoder_name,
    prepare_encoder_folder,
)
from matching.encoder_folder.tokenizer import cut_vocabulary, kept_positions
from matching.encoder_folder.weights import Vocabulary, dequantised, parse_weights, read_weights


@pytest.fixture
def quickly_made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Replaces the reading of weights and the writing of the model, seconds each, by two small files."""
    made: list[str] = []

    def write(weights: object, target: Path) -> None:
        made.append(target.name)
        (target / "model.safetensors").write_bytes(b"weights")
        (target / "1_Pooling").mkdir()
        (target / "1_Pooling" / "config.json").write_text("{}")

    monkeypatch.setattr(folder, "read_weights", lambda path: None)
    monkeypatch.setattr(folder, "write_model", write)
    return made


def test_a_good_folder_is_not_made_again(tmp_path: Path, quickly_made: list[str]) -> None:
    target = tmp_path / "models" / "e5"
    lines: list[str] = []
    assert prepare_encoder_folder(target, lines.append) == target
    prepare_encoder_folder(target, lines.append)
    assert len(quickly_made) == 1
    assert made_encoder_name(target) == ENCODER_NAME
    assert lines


@pytest.mark.parametrize("damage", ["change", "delete", "manifest"])
def test_a_damaged_folder_is_remade(tmp_path: Path, quickly_made: list[str], damage: str) -> None:
    target = prepare_encoder_folder(tmp_path / "e5")
    spoiled = target / ("manifest.json" if damage == "manifest" else "model.safetensors")
    spoiled.unlink() if damage == "delete" else spoiled.write_text("{")
    assert not is_complete(target)
    prepare_encoder_folder(target)
    assert is_complete(target)
    assert len(quickly_made) == 2


def test_what_a_killed_process_left_is_cleared_away(tmp_path: Path, quickly_made: list[str]) -> None:
    leftover = tmp_path / ".e5.making-killed"
    leftover.mkdir()
    prepare_encoder_folder(tmp_path / "e5")
    assert sorted(path.name for path in tmp_path.iterdir()) == [".e5.lock", "e5"]


def test_every_user_may_read_the_folder(tmp_path: Path, quickly_made: list[str]) -> None:
    target = prepare_encoder_folder(tmp_path / "e5")
    assert all(path.stat().st_mode & 0o044 == 0o044 for path in [target, *target.rglob("*")])


def test_a_failure_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(path: Path) -> None:
        raise WeightsError("not the weights")

    monkeypatch.setattr(folder, "read_weights", fail)
    with pytest.raises(WeightsError):
        prepare_encoder_folder(tmp_path / "e5")
    assert [path.name for path in tmp_path.iterdir()] == [".e5.lock"]


def test_a_place_that_cannot_hold_a_folder_is_told_apart(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(EncoderFolderError):
        prepare_encoder_folder(tmp_path / "file" / "e5")


def test_other_weights_are_refused(tmp_path: Path) -> None:
    other = tmp_path / "weights.bin"
    other.write_bytes(b"E5S1" + bytes(100))
    with pytest.raises(WeightsError, match="expected"):
        read_weights(other)
    with pytest.raises(WeightsError, match="E5S1"):
        parse_weights(b"GGUF" + bytes(100))
    with pytest.raises(WeightsError, match="early"):
        parse_weights(b"E5S1" + bytes(8))


def test_a_block_of_four_bit_values_is_scaled_and_unfolded() -> None:
    halves = np.arange(16, dtype=np.uint8)
    stored = np.concatenate([np.array([0.5], "<f2").view(np.uint8), halves | (15 - halves) << 4])
    values = dequantised(stored)
    assert values[:16].tolist() == [(n - 8) * 0.5 for n in range(16)]
    assert values[16:].tolist() == [(7 - n) * 0.5 for n in range(16)]


def test_the_vocabulary_keeps_korean_latin_and_han_and_the_least_likely_piece() -> None:
    pieces = ("<s>", "<pad>", "</s>", "<unk>", "▁", "불량", "MES", "検査", "привет", "ไทย", "<mask>")
    scores = np.array([0, 0, 0, 0, -1, -2, -3, -4, -5, -9, 0], np.float32)
    kept = kept_positions(Vocabulary(pieces, scores, padding=1, unknown=3))
    cut = cut_vocabulary(Vocabulary(pieces, scores, 1, 3), kept)
    assert cut.pieces == ("<s>", "<pad>", "</s>", "<unk>", "▁", "불량", "MES", "検査", "ไทย", "<mask>")
    assert (cut.padding, cut.unknown) == (1, 3)


@pytest.mark.slow_encoder
def test_a_copy_with_one_flipped_byte_does_not_pass(encoder_folder: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(encoder_folder, tmp_path / "e5")
    assert is_complete(copy)
    with (copy / "model.safetensors").open("r+b") as file:
        file.seek(1_000_000)
        byte = file.read(1)
        file.seek(1_000_000)
        file.write(bytes([byte[0] ^ 1]))
    assert not is_complete(copy)
