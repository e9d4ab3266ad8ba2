"""Problems as manufacturers write them, with what they call for: what the intent model learns from."""

import json
from dataclasses import dataclass
from pathlib import Path

from matching.taxonomy import category_codes


@dataclass(frozen=True, slots=True)
class ProblemExample:
    """A problem as a manufacturer would write it, with the categories that it calls for, main one first.

    A `definition` is a description of the category itself: learned from, never judged on. A `recorded` one
    is the need of a real company: no word of it enters the vocabulary.
    """

    text: str
    categories: tuple[str, ...]
    industry: str | None = None
    definition: bool = False
    recorded: bool = False


def read_examples(path: Path) -> tuple[ProblemExample, ...]:
    """Statements from JSON Lines; raises ValueError that names the line of an unknown category."""
    known = set(category_codes())
    examples = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        row = json.loads(line)
        if not row["categories"] or not known.issuperset(row["categories"]):
            raise ValueError(f"{path.name}, line {number}: unknown categories {row['categories']}")
        examples.append(ProblemExample(row["text"], tuple(row["categories"]), row.get("industry")))
    return tuple(examples)
