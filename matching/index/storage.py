"""Saves an index to one file and opens it again without reading it whole; nothing in the file can run.

Vectors, packed sentences and n-gram counts are used where they lie in the file, so that processes of one
machine share one copy and start without counting or encoding anything. Only the facts of the suppliers are
read into memory.
"""

import json
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from functools import cache
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.domain import CapabilityProfile, Reference, Solution, SupplierStatus, TrackRecord
from matching.eligibility import ROW
from matching.index.array_file import ArrayFileError, read_arrays, write_arrays
from matching.index.profile_index import KeptRows, KeptSupplier, KeptVectors, ProfileIndex
from matching.index.sentences import Sentences
from matching.index.snapshot import SOLUTION_ROW, IndexSnapshot
from matching.index.word_rows import NO_WORDS, WordRow

_TABLES = ("solution_vectors", "summary_vectors", "problem_vectors")
_PACKAGE = Path(__file__).parents[1]
_SHAPING = (".py", ".csv", ".json", ".txt")


_CODES = ("categories", "industries", "processes", "smart_levels", "service_regions", "certifications")

Shared = dict[Hashable, Any]
"""What was read once already, by what is equal to it."""


class IndexFileError(Exception):
    """The file is no saved index, damaged, or written by other code than this."""


@dataclass(frozen=True, slots=True, eq=False)
class SavedIndex:
    """An index over the pages of a file, and what its writer said of where it came from."""

    index: ProfileIndex
    origin: Mapping[str, Any]


def save_index(index: ProfileIndex, path: Path, origin: Mapping[str, Any] | None = None) -> None:
    """Write the present state; `origin` (JSON) is what `load_index` hands back with it."""
    snapshot = index.snapshot()
    slots = list(snapshot.slots.values())
    words = [snapshot.words.rows[slot] or NO_WORDS for slot in slots]
    sentences = [snapshot.sentences[slot] for slot in slots]
    heading = {
        "made_by": made_by(),
        "encoder": index.encoder_name,
        "dimensions": index.dimensions,
        "origin": dict(origin or {}),
    }
    facts = [json.dumps(_told(snapshot, slot), ensure_ascii=False, default=str).encode() for slot in slots]
    arrays: dict[str, NDArray[Any]] = {
        "rows": snapshot.rows.view(np.uint8),
        "solutions": snapshot.solutions.view(np.uint8),
        "kinds": snapshot.kinds,
        "facts": np.frombuffer(b"".join(facts), np.uint8),
        "fact_ends": np.cumsum([len(one) for one in facts], dtype=np.int64),
        "grams": np.concatenate([NO_WORDS.grams, *(row.grams for row in words)]),
        "counts": np.concatenate([NO_WORDS.counts, *(row.counts for row in words)]),
        "gram_ends": np.cumsum([len(row.grams) for row in words], dtype=np.int64),
        "spoken": np.concatenate([np.zeros(0, np.uint8), *(each.spoken for each in sentences)]),
        "spoken_ends": np.cumsum([len(each.spoken) for each in sentences], dtype=np.int64),
        "sentences": np.concatenate([np.zeros(0, np.int8), *(each.vectors.ravel() for each in sentences)]),
        "sentence_ends": np.cumsum([len(each.vectors) for each in sentences], dtype=np.int64),
    }
    for name in _TABLES:
        arrays[name], arrays[f"{name}_owners"] = getattr(snapshot, name).held()
    write_arrays(path, heading, arrays)


def load_index(path: Path) -> SavedIndex:
    """An index equal to the one saved. Raises `IndexFileError`."""
    try:
        mapped = read_arrays(path)
        heading, arrays = mapped.heading, mapped.arrays
        if heading["made_by"] != made_by():
            raise IndexFileError(f"{path} was written by another version of the matching library")
        index = ProfileIndex(heading["encoder"], heading["dimensions"])
        owned = [(arrays[name], arrays[f"{name}_owners"]) for name in _TABLES]
        solutions = arrays["solutions"].view(SOLUTION_ROW)
        rows = KeptRows(arrays["rows"].view(ROW), solutions, arrays["kinds"])
        index.take_up(list(_kept(arrays, heading["dimensions"])), rows, KeptVectors(*owned))
        mapped.let_go()
    except (ArrayFileError, KeyError, TypeError, ValueError) as error:
        raise IndexFileError(f"{path} is no saved index: {error}") from error
    return SavedIndex(index, heading["origin"])


@cache
def made_by() -> str:
    """Changes with every file of the library that shapes an index: how texts are cut, counted and coded."""
    digest = sha256()
    for path in sorted(_PACKAGE.rglob("*")):
        if path.suffix in _SHAPING and "artefacts" not in path.parts:
            digest.update(path.name.encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _told(snapshot: IndexSnapshot, slot: int) -> dict[str, Any]:
    """What of a supplier is not an array."""
    places = snapshot.solution_places[slot]
    return {
        "slot": slot,
        "profile": asdict(snapshot.profile(slot)),
        "places": places,
        "processes": [sorted(snapshot.solution_processes[place]) for place in places],
        "problem_keys": snapshot.problem_keys[slot],
    }


def _kept(arrays: Mapping[str, NDArray[Any]], dimensions: int) -> Iterator[KeptSupplier]:
    """One supplier after another: all facts parsed at once would take several times their room."""
    vectors = arrays["sentences"].reshape(-1, dimensions)
    spans = zip(
        *(_spans(arrays[f"{name}_ends"]) for name in ("fact", "gram", "spoken", "sentence")), strict=True
    )
    shared: Shared = {}
    for fact, words, spoken, sentences in spans:
        told = json.loads(arrays["facts"][fact].tobytes())
        processes = (shared.setdefault(one, one) for one in map(frozenset, told["processes"]))
        yield KeptSupplier(
            slot=told["slot"],
            profile=_profile(told["profile"], shared),
            places=tuple(told["places"]),
            processes=tuple(processes),
            problem_keys=tuple(told["problem_keys"]),
            sentences=Sentences(arrays["spoken"][spoken], vectors[sentences]),
            words=WordRow.of(arrays["grams"][words], arrays["counts"][words]),
        )


def _spans(ends: NDArray[np.int64]) -> Iterator[slice]:
    return (slice(start, end) for start, end in pairwise([0, *ends.tolist()]))


def _profile(row: dict[str, Any], shared: Shared) -> CapabilityProfile:
    nested = {
        "solutions": tuple(Solution(**_tuples(solution, shared)) for solution in row["solutions"]),
        "references": tuple(
            Reference(**{**reference, "completed_on": _date(reference["completed_on"])})
            for reference in row["references"]
        ),
        "founded_on": _date(row["founded_on"]),
        "status": SupplierStatus(row["status"]),
        "track_record": TrackRecord(**row["track_record"]),
    }
    return CapabilityProfile(**{**_tuples(row, shared), **nested})


def _tuples(row: dict[str, Any], shared: Shared) -> dict[str, Any]:
    """Lists of codes as tuples; equal ones are one object, as most suppliers name the same few."""
    codes = {name: tuple(row[name]) for name in _CODES if name in row}
    return {**row, **{name: shared.setdefault(each, each) for name, each in codes.items()}}


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
