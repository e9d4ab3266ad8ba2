"""What is embedded: whole units, parts of long ones, and sentences."""

import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.domain import Passage, PassageKind
from matching.text import (
    MOST_SENTENCES_OF_SUPPLIER,
    PART_CHARACTERS,
    normalise,
    parts,
    passages_of_need,
    passages_of_profile,
    processes_of_need,
    reference_of_key,
    sentences,
    solution_of_key,
    text_hash,
)
from tests.factories.matching import REFERENCE, VISION, WMS, need, supplier


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("불량이 많습니다.그리고 사람이 없어요. 끝", ["불량이 많습니다.", "그리고 사람이 없어요.", "끝"]),
        ("3.5mm 제품을 (주)한빛에서 만듭니다!", ["3.5mm 제품을 (주)한빛에서 만듭니다!"]),
        ("1. 품질 저하\n2. 인력 부족", ["품질 저하", "인력 부족"]),
        ("문제는 이렇다. • 종이 일지 • 엑셀", ["문제는 이렇다.", "종이 일지", "엑셀"]),
        ("", []),
    ],
)
def test_korean_sentences_are_told_apart(text: str, expected: list[str]) -> None:
    assert list(sentences(text)) == expected


def test_decomposed_hangul_is_composed() -> None:
    assert normalise(unicodedata.normalize("NFD", "불량  원인")) == "불량 원인"


@given(st.text(alphabet="가나다라 .\nabc1", max_size=3000))
def test_parts_lose_no_letter_and_stay_short(text: str) -> None:
    found = parts(text)
    assert all(0 < len(part) <= PART_CHARACTERS for part in found)
    kept = [c for c in "".join(found) if c in "가나다라abc"]
    assert kept == [c for c in text if c in "가나다라abc"]


def test_a_profile_gives_its_units_and_then_its_sentences() -> None:
    profile = supplier(solutions=(VISION, WMS), references=(REFERENCE,))
    passages = passages_of_profile(profile)
    kinds = [passage.kind for passage in passages]
    first_sentence = kinds.index(PassageKind.SUPPLIER_SENTENCE)
    assert kinds[:first_sentence] == [
        PassageKind.SUMMARY,
        PassageKind.SOLUTION,
        PassageKind.SOLUTION,
        PassageKind.REFERENCE_PROBLEM,
        PassageKind.REFERENCE_OUTCOME,
    ]
    assert set(kinds[first_sentence:]) == {PassageKind.SUPPLIER_SENTENCE}
    assert len({passage.key for passage in passages}) == len(passages)


def test_a_solved_problem_is_embedded_like_a_need() -> None:
    passages = passages_of_profile(supplier(references=(REFERENCE,)))
    prompts = {passage.kind: passage.prompt for passage in passages}
    assert prompts[PassageKind.REFERENCE_PROBLEM] == "query"
    assert prompts[PassageKind.SOLUTION] == "passage"
    assert {passage.prompt for passage in passages_of_need(need())} == {"query"}


def test_keys_name_the_solution_and_the_reference() -> None:
    long_solution = replace(VISION, description="긁힘을 찾습니다. " * 100)
    passages = passages_of_profile(supplier(solutions=(long_solution,), references=(REFERENCE,)))
    owners = {solution_of_key(p.key) for p in passages if p.kind == PassageKind.SOLUTION}
    problems = {reference_of_key(p.key) for p in passages if p.kind == PassageKind.REFERENCE_PROBLEM}
    assert owners == {"vision"}
    assert problems == {"reference"}
    assert sum(p.kind == PassageKind.SOLUTION for p in passages) > 1


def test_an_unchanged_text_keeps_its_hash_and_another_prompt_does_not() -> None:
    passage = Passage("need", PassageKind.NEED, "불량이 많습니다.", "query")
    assert text_hash(replace(passage, key="other")) == text_hash(passage)
    assert text_hash(replace(passage, prompt="passage")) != text_hash(passage)


def test_a_chatty_supplier_does_not_fill_the_index_with_sentences() -> None:
    chatty = supplier(summary="\n".join(f"우리 회사의 자랑거리 {n}번을 말씀드립니다." for n in range(200)))
    kinds = [passage.kind for passage in passages_of_profile(chatty)]
    assert kinds.count(PassageKind.SUPPLIER_SENTENCE) == MOST_SENTENCES_OF_SUPPLIER


def test_a_need_of_one_word_and_one_of_ten_thousand_letters_are_both_embedded() -> None:
    short = passages_of_need(need(title="", description="불량"))
    long = passages_of_need(need(title="제목", description="불량이많다" * 2000))
    assert [passage.kind for passage in short] == [PassageKind.NEED]
    assert sum(passage.kind == PassageKind.NEED for passage in long) >= 20


def test_processes_are_declared_or_mentioned() -> None:
    assert processes_of_need(need(processes=("인젝션",))) >= {"사출", "도장", "검사"}
