"""A market of any size: the facts and texts of the demo suppliers with random vectors of their own."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from matching.domain import (
    CapabilityProfile,
    EmbeddedPassages,
    FloatArray,
    Passage,
    PassageKind,
    SupplierStatus,
)
from matching.eligibility import ROW, row_of
from matching.features import EmbeddedNeed
from matching.index import EmbeddedProfile, ProfileIndex
from matching.index.profile_index import KeptRows, KeptSupplier, KeptVectors
from matching.index.snapshot import SOLUTION_ROW
from matching.index.word_rows import NO_WORDS
from matching.taxonomy import regions
from matching.text import passages_of_need, passages_of_profile
from service.demo_benchmark import demo_benchmark

DIMENSIONS = 384
CENTRES = 60
SPREAD = 0.6
"""How far texts lie from the centre of their kind; random e5-like vectors share most of their direction."""

SELECTIVITIES = (0.01, 0.10, 0.50)
SENTENCES = 6
ROWS_AT_ONCE = 50_000
RANKED = (PassageKind.SUMMARY, PassageKind.SOLUTION, PassageKind.REFERENCE_PROBLEM)
LIMITED = tuple(region.code for region in regions()[: len(SELECTIVITIES)])
"""The region of a need chooses the selectivity: the first is served by one supplier in a hundred."""


@dataclass(frozen=True)
class Market:
    """Suppliers cloned from the demo's, with vectors of their own, and needs of each selectivity."""

    index: ProfileIndex
    needs: tuple[EmbeddedNeed, ...]


def vectors(chance: np.random.Generator, rows: int) -> FloatArray:
    """Unit vectors around a few centres that share most of their direction, as sentence vectors do."""
    fixed = np.random.default_rng(0)
    centres = fixed.standard_normal((CENTRES, DIMENSIONS)) + 2 * fixed.standard_normal(DIMENSIONS)
    found = centres[chance.integers(CENTRES, size=rows)] + SPREAD * chance.standard_normal((rows, DIMENSIONS))
    return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True), np.float32)


def suppliers(count: int, seed: int = 1) -> Iterator[EmbeddedProfile]:
    """So many embedded suppliers, each with the facts and texts of a demo supplier."""
    chance = np.random.default_rng(seed)
    known = patterns()
    passages = [_passages(pattern) for pattern in known]
    for number in range(count):
        which = number % len(known)
        made = vectors(chance, len(passages[which]))
        yield EmbeddedProfile(facts(known[which], number, chance), EmbeddedPassages(passages[which], made))


def patterns() -> list[CapabilityProfile]:
    """The demo suppliers."""
    return [document.profile for document in demo_benchmark().documents if document.profile]


def facts(pattern: CapabilityProfile, number: int, chance: np.random.Generator) -> CapabilityProfile:
    """A supplier with the texts of that pattern and a name and places of its own."""
    others = tuple(region.code for region in regions()[len(SELECTIVITIES) :])
    served = [code for code, share in zip(LIMITED, SELECTIVITIES, strict=True) if chance.random() < share]
    return replace(
        pattern,
        supplier_id=f"s{number:07}",
        business_number=f"{number:010}",
        region=others[number % len(others)],
        service_regions=(*served, *others),
        status=SupplierStatus.APPROVED,
    )


def need(number: int, region: str, seed: int = 2) -> EmbeddedNeed:
    """A demo need in that region, with random vectors."""
    chance = np.random.default_rng((seed, number))
    asked = demo_benchmark().needs
    profile = replace(asked[number % len(asked)], need_id=f"n{number}", region=region)
    passages = passages_of_need(profile)
    return EmbeddedNeed(profile, EmbeddedPassages(passages, vectors(chance, len(passages))))


def market(count: int, needs_each: int) -> Market:
    """The suppliers in an index, and so many needs of each selectivity.

    The index takes them up as it would from a file, with what was counted and cut of the demo's texts.
    """
    asked = [need(number, region) for region in LIMITED for number in range(needs_each)]
    return Market(_index_of_clones(count), tuple(asked))


def _index_of_clones(count: int, seed: int = 1) -> ProfileIndex:
    chance = np.random.default_rng(seed)
    known = ProfileIndex("random", DIMENSIONS)
    known.put(*suppliers(len(patterns())))
    pattern = known.snapshot()
    slots = [pattern.slots[one] for one in known.supplier_ids]
    rows = np.zeros(count, ROW)
    kept: list[KeptSupplier] = []
    solutions: list[tuple[int, int]] = []
    for number in range(count):
        slot = slots[number % len(slots)]
        profile = facts(pattern.profile(slot), number, chance)
        held = list(pattern.solution_places[slot])
        places = tuple(range(len(solutions), len(solutions) + len(held)))
        solutions += [(number + 1, row["kinds"]) for row in pattern.solutions[held]]
        rows[number] = row_of(profile)
        kept.append(
            KeptSupplier(
                slot=number,
                profile=profile,
                places=places,
                processes=tuple(pattern.solution_processes[place] for place in held),
                problem_keys=pattern.problem_keys[slot],
                sentences=pattern.sentences[slot],
                words=pattern.words.rows[slot] or NO_WORDS,
            )
        )
    summaries, problems = (
        _of_clones([len(table.rows_of(slot)) for slot in slots], count, chance)
        for table in (pattern.summary_vectors, pattern.problem_vectors)
    )
    texts = [
        len(pattern.solution_vectors.rows_of(place))
        for slot in slots
        for place in pattern.solution_places[slot]
    ]
    by_place = _of_clones(texts, len(solutions), chance)
    index = ProfileIndex("random", DIMENSIONS)
    taken = KeptRows(rows, np.array(solutions, SOLUTION_ROW), pattern.kinds)
    index.take_up(kept, taken, KeptVectors(by_place, summaries, problems))
    return index


def _of_clones(
    counts: Sequence[int], owners: int, chance: np.random.Generator
) -> tuple[FloatArray, NDArray[np.int32]]:
    """Vectors for so many owners, each with as many as its pattern has, and whose they are."""
    each = np.resize(np.array(counts), owners)
    rows = np.empty((int(each.sum()), DIMENSIONS), np.float32)
    for start in range(0, len(rows), ROWS_AT_ONCE):
        part = rows[start : start + ROWS_AT_ONCE]
        part[:] = vectors(chance, len(part))
    return rows, np.repeat(np.arange(owners, dtype=np.int32), each)


def _passages(pattern: CapabilityProfile) -> tuple[Passage, ...]:
    """What is ranked by, and a few sentences for evidence."""
    found = passages_of_profile(pattern)
    sentences = [one for one in found if one.kind == PassageKind.SUPPLIER_SENTENCE]
    return (*(one for one in found if one.kind in RANKED), *sentences[:SENTENCES])
