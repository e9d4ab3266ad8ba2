"""Which texts of a profile and of a need are embedded, and how Korean text is cut into sentences.

Whole units (a solution, the summary, the problem of a reference) carry the ranking; sentences
carry the evidence that is shown. The encoder silently drops what lies beyond 512 tokens, so long
units are embedded in parts.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterator

from matching.domain import CapabilityProfile, NeedProfile, Passage, PassageKind, Prompt, Reference, Solution
from matching.taxonomy import category_name, mentioned_processes, process_of

PART_CHARACTERS = 500
"""A part of this length stays under 512 tokens for Korean text full of figures and Latin names."""

SHORTEST_SENTENCE = 10
LONGEST_SENTENCE = 200
MOST_SENTENCES_OF_SUPPLIER = 30
MOST_SENTENCES_OF_NEED = 8

_SENTENCE_END = re.compile(
    r"""(?<=[.!?。！？…])["'”’)\]]*\s+     # punctuation and a space
      | (?<=[다요죠음임됨함][.!?])(?=[가-힣])  # 됩니다.그리고: the space was forgotten
      | \n+                                   # a line of its own
      | \s+(?=[•●○■□▶※▷·-]\s)                # a bullet inside a line
    """,
    re.VERBOSE,
)
_LIST_MARK = re.compile(r"^(?:[\s•●○■□▶※▷·*-]+|\(?\d{1,2}[.)]\s+)+")
_ONLY_NUMBER = re.compile(r"^\(?\d{1,2}[.)]$")


def normalise(text: str) -> str:
    """NFC with single spaces inside lines: what is stored, hashed and embedded."""
    lines = (" ".join(line.split()) for line in unicodedata.normalize("NFC", text).splitlines())
    return "\n".join(line for line in lines if line)


def lexical_form(text: str) -> str:
    """NFKC, lower case, one space: what lexical scores compare (ＭＥＳ and mes are one word)."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def text_hash(passage: Passage) -> str:
    """Tells whether a stored vector still belongs to this passage: prompt and text, not the key."""
    return hashlib.sha256(f"{passage.prompt}\x00{passage.text}".encode()).hexdigest()


def sentences(text: str) -> tuple[str, ...]:
    """The sentences of a Korean text without list marks; the number of a list joins its line."""
    found: list[str] = []
    pending = ""
    for raw in _SENTENCE_END.split(normalise(text)):
        piece = f"{pending} {raw}".strip() if pending else raw.strip()
        pending = piece if _ONLY_NUMBER.match(piece) else ""
        stripped = _LIST_MARK.sub("", piece).strip()
        if not pending and stripped:
            found.append(stripped)
    return tuple(found)


def parts(text: str, size: int = PART_CHARACTERS) -> tuple[str, ...]:
    """Consecutive stretches of at most `size` characters, cut between sentences where possible."""
    whole = normalise(text)
    if len(whole) <= size:
        return (whole,) if whole else ()
    stretches: list[str] = []
    current = ""
    for piece in (chunk for sentence in sentences(whole) for chunk in _chunks(sentence, size)):
        if current and len(current) + 1 + len(piece) > size:
            stretches.append(current)
            current = piece
        else:
            current = f"{current} {piece}".strip()
    return (*stretches, current)


def passages_of_profile(profile: CapabilityProfile) -> tuple[Passage, ...]:
    """Everything of a supplier that is embedded: units for ranking first, then sentences for evidence."""
    units = [*_parts_of("summary", PassageKind.SUMMARY, profile.summary, "passage")]
    for solution in profile.solutions:
        units += _parts_of(
            f"solution/{solution.id}", PassageKind.SOLUTION, solution_text(solution), "passage"
        )
    for reference in profile.references:
        units += _passages_of_reference(reference)
    return (*units, *_supplier_sentences(profile))


def passages_of_need(need: NeedProfile) -> tuple[Passage, ...]:
    """The need as a whole (in parts when long) and its sentences."""
    shown = _distinct_sentences((need.title, need.description), MOST_SENTENCES_OF_NEED)
    return (
        *_parts_of("need", PassageKind.NEED, need.text, "query"),
        *(
            Passage(f"sentence/{number}", PassageKind.NEED_SENTENCE, text, "query")
            for number, text in enumerate(shown)
        ),
    )


def solution_text(solution: Solution) -> str:
    """A solution as it is embedded: its name, its kind in words and its description."""
    kinds = ", ".join(category_name(code) for code in solution.categories)
    return normalise(
        f"{solution.name} ({kinds})\n{solution.description}"
        if kinds
        else f"{solution.name}\n{solution.description}"
    )


def lexical_text(profile: CapabilityProfile) -> str:
    """All words of a supplier, for lexical scores."""
    texts = [profile.summary]
    for solution in profile.solutions:
        texts += [solution_text(solution), " ".join(solution.processes)]
    for reference in profile.references:
        texts += [reference.title, reference.problem, reference.outcome]
    return "\n".join(text for text in texts if text)


def solution_of_key(key: str) -> str | None:
    """The id of the solution that a passage key names, if it names one."""
    kind, _, rest = key.partition("/")
    return rest.rsplit("#", 1)[0] if kind == "solution" else None


def reference_of_key(key: str) -> str | None:
    """The id of the reference that a passage key names, if it names one."""
    kind, _, rest = key.partition("/")
    return rest.rsplit("/", 1)[0] if kind == "reference" else None


def processes_of_solution(solution: Solution) -> frozenset[str]:
    """The processes that a solution declares or whose words it uses, by their names in the code list."""
    mentioned = mentioned_processes(f"{solution.name} {solution.description}")
    return frozenset((*map(process_of, solution.processes), *mentioned))


def processes_of_need(need: NeedProfile) -> frozenset[str]:
    """The processes that a need declares or whose words it uses, by their names in the code list."""
    return frozenset((*map(process_of, need.processes), *mentioned_processes(need.text)))


def _parts_of(key: str, kind: PassageKind, text: str, prompt: Prompt) -> Iterator[Passage]:
    for number, part in enumerate(parts(text)):
        yield Passage(key if number == 0 else f"{key}#{number}", kind, part, prompt)


def _passages_of_reference(reference: Reference) -> Iterator[Passage]:
    """The problem is embedded like a need ("query"), so that problem meets problem."""
    key = f"reference/{reference.id}"
    yield from _parts_of(f"{key}/problem", PassageKind.REFERENCE_PROBLEM, reference.problem, "query")
    outcome = f"{reference.title}\n{reference.outcome}"
    yield from _parts_of(f"{key}/outcome", PassageKind.REFERENCE_OUTCOME, outcome, "passage")


def _supplier_sentences(profile: CapabilityProfile) -> Iterator[Passage]:
    texts = [solution.description for solution in profile.solutions]
    texts += [text for reference in profile.references for text in (reference.problem, reference.outcome)]
    shown = _distinct_sentences((*texts, profile.summary), MOST_SENTENCES_OF_SUPPLIER)
    for number, sentence in enumerate(shown):
        yield Passage(f"sentence/{number}", PassageKind.SUPPLIER_SENTENCE, sentence, "passage")


def _distinct_sentences(texts: tuple[str, ...], most: int) -> tuple[str, ...]:
    """Sentences long enough to say something, cut to a readable length, each once."""
    found = (
        chunk
        for text in texts
        for sentence in sentences(text)
        for chunk in _chunks(sentence, LONGEST_SENTENCE)
        if len(chunk) >= SHORTEST_SENTENCE
    )
    return tuple(dict.fromkeys(found))[:most]


def _chunks(sentence: str, size: int) -> Iterator[str]:
    """The sentence in pieces of at most `size` characters, cut at spaces where there are any."""
    rest = sentence
    while len(rest) > size:
        cut = rest.rfind(" ", size // 2, size)
        cut = cut if cut > 0 else size
        yield rest[:cut].strip()
        rest = rest[cut:].strip()
    if rest:
        yield rest
