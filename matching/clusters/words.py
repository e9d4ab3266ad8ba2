"""The words of the shop floor that a group uses and the others do not.

Class-based TF-IDF (Grootendorst, BERTopic, 2022): a word weighs as the share of the group's needs that use
it times the log of how rare it is among all. Korean joins particles to nouns; without a morphological
analyser a word counts as a noun when it is seen with a particle that only nouns take.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np

MOST_WORDS = 8
FEWEST_OWNERS = 2
"""A word that only one manufacturer uses might tell who it is."""

_WORD = re.compile(r"[가-힣A-Za-z][가-힣A-Za-z0-9]*")
_OF_NOUNS = frozenset(
    (
        "을",
        "를",
        "의",
        "에서",
        "에서는",
        "에서도",
        "으로",
        "으로는",
        "이나",
        "까지",
        "마다",
        "하고",
        "과",
        "와",
    )
)
"""Particles that no verb takes."""

_OTHERS = ("이", "가", "은", "는", "에", "에는", "에도", "로", "도", "만", "나", "랑", "이랑", "부터", "보다")
_PARTICLES = tuple(sorted((*_OF_NOUNS, *_OTHERS), key=lambda particle: (-len(particle), particle)))
_PLAIN = frozenset(Path(__file__).with_name("plain_words.txt").read_text(encoding="utf-8").split())
"""Words that every plant uses, of time, people and place."""

_CLAUSE = ("는지", "은지", "을지", "던지", "니다", "어요", "아요")
"""Endings of verbs before which a particle may stand all the same."""


def distinctive_words(
    texts: Sequence[str], owners: Sequence[str], groups: Sequence[Collection[int]], withheld: Collection[str]
) -> list[tuple[str, ...]]:
    """For each group of rows its words, the most telling first.

    `withheld` are company names: neither a word that contains one nor one that such a name begins
    with is told, nor one that fewer than two owners of the group use.
    """
    used = _nouns(texts)
    everywhere = Counter(word for words in used for word in words)
    hidden = {word for word in everywhere if _tells(word, withheld)}
    found = []
    for rows in groups:
        inside = Counter(word for row in rows for word in used[row])
        weights = {
            word: count / len(rows) * np.log1p(len(texts) / everywhere[word])
            for word, count in inside.items()
            if word not in hidden and len({owners[row] for row in rows if word in used[row]}) >= FEWEST_OWNERS
        }
        ordered = sorted(weights, key=lambda word: (-weights[word], word))
        found.append(_without_parts(ordered)[:MOST_WORDS])
    return found


def _nouns(texts: Sequence[str]) -> list[frozenset[str]]:
    """The nouns of each text; one counts wherever a word begins with it (불량 in 불량률)."""
    tokens = [_WORD.findall(unicodedata.normalize("NFKC", text)) for text in texts]
    known = _proven({word for words in tokens for word in words})
    return [
        frozenset(noun for word in words for noun in _beginnings(word) if noun in known) for words in tokens
    ]


def _proven(words: Collection[str]) -> frozenset[str]:
    """Stems seen with a particle that verbs do not take, or with two others; and Latin abbreviations."""
    endings: dict[str, set[str]] = {}
    for word in words:
        for stem, ending in _readings(word):
            endings.setdefault(stem, set()).add(ending)
    nouns = {stem for stem, seen in endings.items() if seen & _OF_NOUNS or len(seen) > 1}
    nouns = {stem for stem in nouns - _PLAIN if not stem.endswith(_CLAUSE)}
    return frozenset(nouns | {word for word in words if word.isascii() and word.isupper() and len(word) > 1})


def _beginnings(word: str) -> list[str]:
    """What a word may begin with; 재고 alone may also be a verb ("measures and"), so it does not count."""
    if word.isascii():
        return [word]
    return [
        word[:length] for length in range(2, len(word) + 1) if length < len(word) or not word.endswith("고")
    ]


def _readings(word: str) -> list[tuple[str, str]]:
    """The ways to read a word as stem and particle, the longest particle first; a stem has two letters."""
    return [
        (word.removesuffix(particle), particle)
        for particle in _PARTICLES
        if word.endswith(particle) and len(word) - len(particle) >= 2
    ]


def _tells(word: str, names: Collection[str]) -> bool:
    return any(word in name if name.startswith(word) else name in word for name in names if len(name) > 1)


def _without_parts(words: Sequence[str]) -> tuple[str, ...]:
    """The words without those that a more telling one contains, or that contain it (온도, 온도기록)."""
    kept: list[str] = []
    for word in words:
        if not any(word in other or other in word for other in kept):
            kept.append(word)
    return tuple(kept)
