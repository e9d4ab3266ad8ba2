"""Makes the encoder folder once, whole or not at all, and knows a damaged one from a good one."""

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from matching.encoder_folder.model import write_model
from matching.encoder_folder.weights import WEIGHTS_SHA256, bundled_weights, read_weights

ENCODER_NAME = "multilingual-e5-small-q4-ko"
MANIFEST = "manifest.json"
_FORMAT = 1

Report = Callable[[str], None]


class EncoderFolderError(Exception):
    """The folder cannot be made: no room, no right to write, or the made folder does not check out."""


def prepare_encoder_folder(target: Path, report: Report = lambda message: None) -> Path:
    """Makes the folder unless a good one is there, and returns it; safe with several processes at once.

    The work is done beside the target and moved into place when complete, so a process killed half-way
    leaves only a temporary folder, which the next call removes. `report` gets a line for each long step.
    Raises EncoderFolderError or WeightsError.
    """
    target = target.resolve()
    if is_complete(target):
        return target
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with _sole_maker(target):
            if not is_complete(target):
                _make(target, report)
    except OSError as error:
        raise EncoderFolderError(f"cannot make the encoder folder {target}: {error}") from error
    return target


def is_complete(folder: Path) -> bool:
    """Whether every file of the folder is there with the content that its manifest states."""
    manifest = _read_manifest(folder)
    if manifest is None or manifest.get("format") != _FORMAT or manifest.get("weights") != WEIGHTS_SHA256:
        return False
    files = manifest.get("files")
    if not isinstance(files, dict) or not files:
        return False
    try:
        return all(_sha256(folder / name) == expected for name, expected in files.items())
    except OSError:
        return False


def made_encoder_name(folder: Path | str) -> str | None:
    """The name in the folder's manifest; None for a folder (or hub id) that was not made here."""
    manifest = _read_manifest(Path(folder))
    name = manifest.get("name") if manifest else None
    return name if isinstance(name, str) else None


def _make(target: Path, report: Report) -> None:
    for leftover in target.parent.glob(f".{target.name}.making-*"):
        shutil.rmtree(leftover, ignore_errors=True)
    making = Path(tempfile.mkdtemp(prefix=f".{target.name}.making-", dir=target.parent))
    try:
        report("reading the 4-bit weights of multilingual-e5-small")
        weights = read_weights(bundled_weights())
        report("writing the sentence-transformers folder")
        write_model(weights, making)
        report("checking the folder")
        _seal(making)
        _put_in_place(making, target)
    finally:
        shutil.rmtree(making, ignore_errors=True)
    report(f"the encoder is ready in {target}")


def _seal(folder: Path) -> None:
    """Writes the manifest last and lets every user of the machine read the folder."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    manifest = {
        "format": _FORMAT,
        "name": ENCODER_NAME,
        "weights": WEIGHTS_SHA256,
        "files": {path.relative_to(folder).as_posix(): _sha256(path) for path in files},
    }
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)


def _put_in_place(made: Path, target: Path) -> None:
    if target.exists():
        spoiled = made.with_name(f"{made.name}-spoiled")
        target.rename(spoiled)
        made.rename(target)
        shutil.rmtree(spoiled, ignore_errors=True)
    else:
        made.rename(target)


@contextlib.contextmanager
def _sole_maker(target: Path) -> Iterator[None]:
    """Waits until no other process makes the same folder; a killed process lets go of the lock."""
    lock = os.open(target.parent / f".{target.name}.lock", os.O_CREAT | os.O_RDWR, 0o644)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _read_manifest(folder: Path) -> dict[str, object] | None:
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return manifest if isinstance(manifest, dict) else None


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
