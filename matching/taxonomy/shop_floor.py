"""Manufacturing processes (공정) and the words of the shop floor for them."""

from dataclasses import dataclass
from functools import cache

from matching.taxonomy._files import read_json
from matching.taxonomy.ksic import division_of
from matching.taxonomy.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Process:
    """A process is known by its Korean name; `industries` are the KSIC divisions that live by it."""

    name: str
    synonyms: tuple[str, ...]
    industries: tuple[str, ...]


@cache
def processes() -> tuple[Process, ...]:
    """The curated list of processes."""
    return tuple(
        Process(row["name"], tuple(row["synonyms"]), tuple(row["industries"]))
        for row in read_json("processes.json")
    )


def process_of(word: str) -> str:
    """The name of the process that a word means; a word we do not know stays itself, trimmed."""
    return _vocabulary().name_of(word) or " ".join(word.split())


def mentioned_processes(text: str) -> tuple[str, ...]:
    """Names of the processes that a text mentions, in order of mention."""
    return _vocabulary().names_in(text)


@cache
def processes_of_industry(code: str) -> frozenset[str]:
    """Names of the processes that are usual in the division of this industry."""
    division = division_of(code)
    return frozenset(process.name for process in processes() if division in process.industries)


@cache
def _vocabulary() -> Vocabulary:
    return Vocabulary({process.name: process.synonyms for process in processes()})
