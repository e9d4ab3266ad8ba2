"""Character n-grams of the words of a text, counted into rows of a sparse matrix.

scikit-learn cuts the same ones (`analyzer="char_wb"`) and is what the intent model is fitted with; a test
holds the two together. They are cut here because importing scikit-learn takes a quarter of the memory and a
fifth of the time that a process of the service needs before it can answer.
"""

import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from scipy import sparse


def character_grams(text: str, shortest: int, longest: int) -> Iterator[str]:
    """Stretches of each word with a space on either side; a word shorter than that counts once, whole."""
    for word in text.split():
        padded = f" {word} "
        for size in range(shortest, longest + 1):
            last = max(len(padded) - size, 0)
            for start in range(last + 1):
                yield padded[start : start + size]
            if not last:
                break


def known_counts(text: str, shortest: int, longest: int, columns: Mapping[str, int]) -> dict[int, int]:
    """How often each n-gram that has a column stands in the text, by column."""
    counts = Counter(character_grams(text, shortest, longest))
    return {column: counts[gram] for gram in counts if (column := columns.get(gram)) is not None}


def hashed_counts(text: str, shortest: int, longest: int, buckets: int) -> dict[int, int]:
    """How often each n-gram stands in the text, by the bucket that it falls into."""
    counts: dict[int, int] = {}
    for gram, count in Counter(character_grams(text, shortest, longest)).items():
        bucket = zlib.crc32(gram.encode()) % buckets
        counts[bucket] = counts.get(bucket, 0) + count
    return counts


def count_rows(rows: Sequence[Mapping[int, int]], width: int) -> sparse.csr_matrix:
    """One row of counts a text, shape (texts, width), columns in order."""
    starts = np.cumsum([0, *map(len, rows)])
    ordered = [sorted(row.items()) for row in rows]
    columns = np.fromiter((column for row in ordered for column, _ in row), np.int32, starts[-1])
    counts = np.fromiter((count for row in ordered for _, count in row), np.float64, starts[-1])
    return sparse.csr_matrix((counts, columns, starts), shape=(len(rows), width))
