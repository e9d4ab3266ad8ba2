"""Saves an index to one file and reads it back; the file holds JSON and arrays, nothing that runs."""

import json
import os
import zipfile
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from matching.domain import (
    CapabilityProfile,
    EmbeddedPassages,
    FloatArray,
    Passage,
    PassageKind,
    Prompt,
    Reference,
    Solution,
    SupplierStatus,
    TrackRecord,
)
from matching.index.profile_index import EmbeddedProfile, ProfileIndex
from matching.index.sentences import Sentences
from matching.index.snapshot import IndexSnapshot

_FORMAT = 1


class IndexFileError(Exception):
    """The file is no saved index, or one of another format."""


def save_index(index: ProfileIndex, path: Path) -> None:
    """Writes the index beside the path and moves it into place, so that a reader never sees half of it."""
    entries = entries_of(index.snapshot())
    heading = {
        "format": _FORMAT,
        "encoder": index.encoder_name,
        "dimensions": index.dimensions,
        "suppliers": [
            {
                "profile": _json_safe(entry.profile),
                "passages": [_json_safe(passage) for passage in entry.embedded.passages],
            }
            for entry in entries
        ],
    }
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    empty = np.zeros((0, index.dimensions), np.float32)
    with unfinished.open("wb") as file:
        np.savez(
            file,
            heading=np.frombuffer(json.dumps(heading, ensure_ascii=False).encode(), np.uint8),
            vectors=np.concatenate([empty, *(entry.embedded.vectors for entry in entries)]),
        )
    unfinished.replace(path)


def load_index(path: Path) -> ProfileIndex:
    """An index equal to the one saved; raises IndexFileError."""
    try:
        with np.load(path, allow_pickle=False) as stored:
            heading = json.loads(stored["heading"].tobytes())
            vectors = stored["vectors"]
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise IndexFileError(f"{path} is not a saved index: {error}") from error
    if heading.get("format") != _FORMAT:
        raise IndexFileError(f"{path} has format {heading.get('format')}, expected {_FORMAT}")
    index = ProfileIndex(heading["encoder"], heading["dimensions"])
    index.put(*_entries(heading["suppliers"], vectors))
    return index


def entries_of(snapshot: IndexSnapshot) -> list[EmbeddedProfile]:
    """The suppliers with the vectors that the index keeps, in the order in which they came in."""
    summaries = snapshot.summary_vectors.by_owner()
    solutions = snapshot.solution_vectors.by_owner()
    problems = snapshot.problem_vectors.by_owner()
    entries = []
    for slot in snapshot.slots.values():
        profile = snapshot.profile(slot)
        owned = zip(profile.solutions, snapshot.solution_places[slot], strict=True)
        groups = [_numbered(PassageKind.SUMMARY, "summary", "passage", summaries.get(slot))]
        groups += [
            _numbered(PassageKind.SOLUTION, f"solution/{solution.id}", "passage", solutions.get(place))
            for solution, place in owned
        ]
        groups += [
            _problems(snapshot.problem_keys[slot], problems.get(slot)),
            _sentences(snapshot.sentences[slot]),
        ]
        entries.append(EmbeddedProfile(profile, _joined(groups, snapshot.dimensions)))
    return entries


_Group = tuple[list[Passage], FloatArray | None]


def _numbered(kind: PassageKind, key: str, prompt: Prompt, vectors: FloatArray | None) -> _Group:
    count = 0 if vectors is None else len(vectors)
    return [Passage(f"{key}#{part}", kind, "", prompt) for part in range(count)], vectors


def _problems(keys: tuple[str, ...], vectors: FloatArray | None) -> _Group:
    return [Passage(key, PassageKind.REFERENCE_PROBLEM, "", "query") for key in keys], vectors


def _sentences(sentences: Sentences) -> _Group:
    kind = PassageKind.SUPPLIER_SENTENCE
    passages = [Passage(f"sentence/{n}", kind, text, "passage") for n, text in enumerate(sentences.texts)]
    return passages, sentences.unpacked() if passages else None


def _joined(groups: list[_Group], dimensions: int) -> EmbeddedPassages:
    passages = tuple(passage for found, _ in groups for passage in found)
    vectors = [found for _, found in groups if found is not None]
    return EmbeddedPassages(passages, np.concatenate([np.zeros((0, dimensions), np.float32), *vectors]))


def _entries(suppliers: list[dict[str, Any]], vectors: FloatArray) -> list[EmbeddedProfile]:
    entries, start = [], 0
    for supplier in suppliers:
        passages = tuple(
            Passage(row["key"], PassageKind(row["kind"]), row["text"], row["prompt"])
            for row in supplier["passages"]
        )
        embedded = EmbeddedPassages(passages, vectors[start : start + len(passages)])
        entries.append(EmbeddedProfile(_profile(supplier["profile"]), embedded))
        start += len(passages)
    return entries


def _profile(row: dict[str, Any]) -> CapabilityProfile:
    nested = {
        "solutions": tuple(Solution(**_tuples(solution)) for solution in row["solutions"]),
        "references": tuple(
            Reference(**{**reference, "completed_on": _date(reference["completed_on"])})
            for reference in row["references"]
        ),
        "founded_on": _date(row["founded_on"]),
        "status": SupplierStatus(row["status"]),
        "track_record": TrackRecord(**row["track_record"]),
    }
    return CapabilityProfile(**{**_tuples(row), **nested})


def _json_safe(value: Any) -> Any:
    return json.loads(json.dumps(asdict(value), ensure_ascii=False, default=str))


def _tuples(row: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
