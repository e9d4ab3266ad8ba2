"""Finds the words of a code list in running Korean text."""

import re
import unicodedata
from collections.abc import Iterable, Mapping

_LATIN = re.compile(r"[A-Za-z0-9]")


def folded(word: str) -> str:
    """A word as it is compared: NFKC, lower case, no spaces and no joining punctuation."""
    return re.sub(r"[\s·ㆍ/_-]+", "", unicodedata.normalize("NFKC", word)).casefold()


def _pattern(word: str) -> str:
    """Korean words match inside compounds (사출 in 사출기); Latin abbreviations only as whole words."""
    normal = unicodedata.normalize("NFKC", word).casefold()
    body = r"\s*".join(re.escape(part) for part in normal.split())
    before = r"(?<![a-z0-9])" if _LATIN.match(normal[0]) else ""
    after = r"(?![a-z])" if _LATIN.match(normal[-1]) else ""
    return before + body + after


def _alternatives(words: Iterable[str]) -> str:
    """All patterns, longest word first, behind a look at the first letter, which most positions fail."""
    longest_first = sorted(words, key=lambda word: (-len(word), word))
    initials: dict[str, list[str]] = {}
    for word in longest_first:
        initials.setdefault(unicodedata.normalize("NFKC", word).casefold()[0], []).append(_pattern(word))
    first_letters = "".join(map(re.escape, initials))
    groups = "|".join(f"(?={re.escape(letter)})(?:{'|'.join(group)})" for letter, group in initials.items())
    return f"(?=[{first_letters}])(?:{groups})"


class Vocabulary:
    """Names with their synonyms, searched longest word first so that 레이저 용접 is not also 용접."""

    def __init__(self, synonyms: Mapping[str, Iterable[str]]) -> None:
        self._names: dict[str, str] = {}
        words: set[str] = set()
        for name, others in synonyms.items():
            for word in (name, *others):
                self._names.setdefault(folded(word), name)
                words.add(word)
        self._search = re.compile(_alternatives(words))

    def name_of(self, word: str) -> str | None:
        """The name that this word is a synonym of, spelling and spacing aside."""
        return self._names.get(folded(word))

    def names_in(self, text: str) -> tuple[str, ...]:
        """Every name mentioned in the text, in order of first mention, each once."""
        normal = unicodedata.normalize("NFKC", text).casefold()
        found = (self._names[folded(match.group())] for match in self._search.finditer(normal))
        return tuple(dict.fromkeys(found))
