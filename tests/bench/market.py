"""A market of any size: the facts and texts of the demo suppliers with random vectors of their own."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from matching.domain import (
    CapabilityProfile,
    EmbeddedPassages,
    FloatArray,
    Passage,
    PassageKind,
    SupplierStatus,
)
from matching.features import EmbeddedNeed
from matching.index import EmbeddedProfile, ProfileIndex
from matching.taxonomy import regions
from matching.text import passages_of_need, passages_of_profile
from service.demo_benchmark import demo_benchmark

DIMENSIONS = 384
CENTRES = 60
SPREAD = 0.6
"""How far texts lie from the centre of their kind; random e5-like vectors share most of their direction."""

SELECTIVITIES = (0.01, 0.10, 0.50)
SENTENCES = 6
BATCH = 1000
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
    """The suppliers in an index, and so many needs of each selectivity."""
    index = ProfileIndex("random", DIMENSIONS)
    waiting = []
    for made in suppliers(count):
        waiting.append(made)
        if len(waiting) == BATCH:
            index.put(*waiting)
            waiting.clear()
    index.put(*waiting)
    asked = [need(number, region) for region in LIMITED for number in range(needs_each)]
    return Market(index, tuple(asked))


def _passages(pattern: CapabilityProfile) -> tuple[Passage, ...]:
    """What is ranked by, and a few sentences for evidence."""
    found = passages_of_profile(pattern)
    sentences = [one for one in found if one.kind == PassageKind.SUPPLIER_SENTENCE]
    return (*(one for one in found if one.kind in RANKED), *sentences[:SENTENCES])
