"""Sentences of reasons, cautions and exclusions over many facts: particles, politeness, form, length.

The particles are checked against readings written out by hand and Unicode's own decomposition of Hangul,
neither of which the product uses.
"""

import re
import unicodedata
from collections.abc import Iterator
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.domain import Caution, Fact, Reason
from matching.eligibility import RULES
from matching.taxonomy import (
    category_codes,
    category_name,
    certification_name,
    certifications,
    industries,
    processes,
    region_name,
    regions,
    smart_levels,
)
from service.messages.particles import with_particle
from service.messages.reasons import caution_text, exclusion_text, reason_text

LONGEST_NAME = 100
LONGEST_FRAME = 130
"""What a sentence may add to the names of a solution or a reference that stand in it."""

READ_AS = {
    "도금 두께 인라인 측정": "측정",
    "외관 검사기": "검사기",
    "현장 실적 수집": "수집",
    "설비 고장 예측 알림": "알림",
    "모바일 작업일보": "작업일보",
    "물류 디지털": "디지털",
    "현장 ERP": "이알피",
    "코스메 QC": "큐시",
    "클린룸 AMR": "에이엠알",
    "이큅라이프 CMMS": "시엠엠에스",
    "전자 PLM": "피엘엠",
    "샷판정 AI": "에이아이",
    "피시라인 HACCP": "해썹",
    "배치 레시피 SCADA": "스카다",
    "위험체험 VR": "브이알",
    "건강음료 OEM": "오이엠",
    "3D AOI": "에이오아이",
    "ROBOT": "로봇",
    "SafeLine": "세이프라인",
    "Smart Module": "모듈",
    "VisionPack": "팩",
    "OneMap": "맵",
    "QualiNet": "넷",
    "Factory Cloud": "클라우드",
    "EcoFrame": "프레임",
    "e-Sensor": "센서",
    "MoldSystem": "시스템",
    "GreenControl": "컨트롤",
    "Welding": "웰딩",
    "스마트공장 2": "이",
    "스마트공장 3": "삼",
    "스마트공장 7": "칠",
    "라인업 10": "십",
    "ISO9001": "구천일",
    "버전 2.0": "영",
    "불량률 0%": "퍼센트",
    "중소형 자동창고(WMS 일체)": "자동창고",
    "검사장(비전)": "검사장",
    "전류서명 진단 (MCSA)": "진단",
    "안전캠™": "캠",
    "'따옴표' 창고": "창고",
    "끝에 마침표.": "마침표",
}
PARTICLES = {"을": "를", "이": "가", "은": "는", "과": "와"}


def closing(reading: str) -> str:
    """The final consonant of the last syllable as Unicode decomposes it, "" when there is none."""
    return unicodedata.normalize("NFD", reading[-1])[2:]


def expected(particle: str, reading: str) -> str:
    """The form of a particle after this reading."""
    if particle == "으로":
        return "로" if closing(reading) in ("", "\u11af") else "으로"
    return particle if closing(reading) else PARTICLES[particle]


@pytest.mark.parametrize("particle", ["을", "이", "은", "과", "으로"])
@pytest.mark.parametrize("word", READ_AS)
def test_a_particle_agrees_with_how_the_word_is_read(word: str, particle: str) -> None:
    assert with_particle(word, particle) == word + expected(particle, READ_AS[word])


@given(st.text(min_size=1, max_size=20), st.sampled_from(["을", "이", "은", "과", "으로"]))
def test_whatever_the_word_it_stays_and_gets_one_particle(word: str, particle: str) -> None:
    forms = {"으로", "로"} if particle == "으로" else {particle, PARTICLES[particle]}
    said = with_particle(word, particle)
    assert said.startswith(word)
    assert said.removeprefix(word) in forms


@given(st.text(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), min_size=1, max_size=5))
def test_every_hangul_syllable_is_heard_composed_or_not(word: str) -> None:
    for particle in ("을", "으로"):
        assert with_particle(word, particle) == word + expected(particle, word)
        apart = unicodedata.normalize("NFD", word)
        assert with_particle(apart, particle) == apart + expected(particle, word)


# Every sentence over a wide grid of facts, with the words in it that a person typed.

WON = (1, 9_999, 10_000, 1_234_567, 5_000_000, 30_000_000, 123_456_789, 250_000_000, 10**12)
COUNTS = (1, 2, 9, 10, 37, 1_000, 12_345)
CATEGORIES = category_codes()
INDUSTRIES = tuple(industry.code for industry in industries())
REGIONS = tuple(region.code for region in regions())
LEVELS = tuple(level.name for level in smart_levels())
CERTIFICATIONS = tuple(item.code for item in certifications())
PROCESSES = tuple(item.name for item in processes())

Told = tuple[str, dict[str, Fact], tuple[str, ...]]


def _first_of(words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Lists of one to six, beginning at each word."""
    for start in range(len(words)):
        yield (words * 2)[start : start + 1 + start % 6]


def reasons_told() -> Iterator[Told]:
    for name in READ_AS:
        yield "text_fit", {"solution": name}, (name,)
        yield "existing_systems", {"systems": ("더존 ERP", name)}, (name,)
        yield "existing_systems", {"systems": (name,) * 6}, (name,)
        yield "declared_category", {"categories": ("MES",), "solution": name}, (name,)
        for details in ({}, {"year": 2024}, {"industry": "10111"}, {"year": 2023, "industry": "13"}):
            yield "similar_problem", {"reference": name, **details}, (name,)
    for code, probability in product(CATEGORIES, (0.15, 0.399, 0.4, 1.0)):
        yield "category_fit", {"category": code, "probability": probability, "solution": ""}, ()
    for codes in _first_of(CATEGORIES):
        yield (
            "declared_category",
            {"categories": codes, "solution": "긴" * LONGEST_NAME},
            ("긴" * LONGEST_NAME,),
        )
    for code in INDUSTRIES:
        yield "industry_fit", {"industry": code, "offered": code}, ()
        yield "industry_fit", {"industry": code, "references": 12}, ()
        yield "industry_fit", {"industry": code, "offered": code[:2], "references": 1}, ()
        yield "industry_fit", {"industry": code, "offered": code, "references": 3}, ()
        yield "similar_problem", {"reference": "창고", "industry": code}, ("창고",)
    for names in _first_of(PROCESSES):
        yield "process_fit", {"processes": names}, ()
    for home, asked, on_site in product(REGIONS, ("41", "11"), (0, 1)):
        yield "region_fit", {"region": home, "need_region": asked, "on_site": on_site}, ()
    for low, high in product(WON, WON):
        if low <= high:
            yield "budget_fit", {"budget_won": high, "price_min_won": low, "price_max_won": high}, ()
            yield "budget_fit", {"budget_won": high, "price_min_won": low}, ()
            yield "budget_fit", {"budget_won": high, "price_max_won": low}, ()
            yield "budget_fit", {"budget_won": low, "price_min_won": low, "price_max_won": high + 1}, ()
    for level, offered in product(LEVELS, _first_of(LEVELS)):
        yield "smart_level_fit", {"smart_level": level, "offered": offered}, ()
    for count in COUNTS:
        yield "supplier_size", {"employee_count": count}, ()
        yield "track_record", {"introduced": count, "contracted": 0}, ()
        yield "track_record", {"introduced": count, "contracted": max(count // 2, 1)}, ()
    for codes in _first_of(CERTIFICATIONS):
        yield "certification", {"certifications": codes}, ()
    yield "other", {}, ()
    yield "base", {}, ()


def cautions_told() -> Iterator[Told]:
    for codes in _first_of(CATEGORIES):
        yield "intent_uncertain", {"categories": codes}, ()
    for budget, low in product(WON, WON):
        if low > budget:
            yield "over_budget", {"budget_won": budget, "price_min_won": low, "percent": 20}, ()
            yield "may_exceed_budget", {"budget_won": budget, "price_max_won": low}, ()
    for code in INDUSTRIES:
        yield "no_reference_in_industry", {"industry": code[:2]}, ()
    for capacity in COUNTS:
        yield "busy", {"active_projects": max(capacity - 1, 1), "capacity": capacity}, ()
    for home in REGIONS:
        yield "far_region", {"region": home, "need_region": "50"}, ()
    for month in range(1, 13):
        yield "young_company", {"year": 2025, "month": month}, ()
    yield "price_unknown", {}, ()
    yield "no_reference", {}, ()
    yield "unattended", {}, ()


def all_sentences() -> list[tuple[str, tuple[str, ...]]]:
    found = [(reason_text(Reason(code, 1.0, facts)), typed) for code, facts, typed in reasons_told()]
    found += [(caution_text(Caution(code, facts)), typed) for code, facts, typed in cautions_told()]
    found += [(exclusion_text(code, count), ()) for code in RULES for count in COUNTS]
    return found


SENTENCES = all_sentences()
SHOWN_NAMES = " ".join(
    (
        *(category_name(code) for code in CATEGORIES),
        *(certification_name(code) for code in CERTIFICATIONS),
        *(region_name(code) for code in REGIONS),
    )
)
CODES = {*CATEGORIES, *CERTIFICATIONS, *REGIONS, *INDUSTRIES}


def frame(sentence: str, typed: tuple[str, ...]) -> str:
    """The sentence with a short word for what a person typed."""
    for word in typed:
        sentence = sentence.replace(word, "무엇")
    return sentence


def test_the_grid_is_wide() -> None:
    assert len({sentence for sentence, _ in SENTENCES}) > 1500


def test_every_sentence_ends_politely_and_with_a_full_stop() -> None:
    for sentence, typed in SENTENCES:
        assert sentence.endswith("."), sentence
        for part in re.split(r"(?<=[가-힣])\.\s+", frame(sentence, typed).rstrip(".")):
            told = re.sub(r"\([^()]*\)$", "", part)
            assert re.search(r"(니다|세요)$", told), sentence


def test_no_sentence_has_stray_spaces_signs_or_placeholders() -> None:
    stray = re.compile(r"^\s|\s$|\s\s|\s[.,)]|\(\s|[{}]|\.\.|,,|\(\)|을\(를\)|이\(가\)|None|True|False|nan")
    for sentence, typed in SENTENCES:
        assert not stray.search(frame(sentence, typed)), sentence


def test_no_code_is_shown_where_a_name_belongs() -> None:
    named = set(re.findall(r"[A-Za-z0-9_]+", SHOWN_NAMES))
    for sentence, typed in SENTENCES:
        words = re.findall(r"[A-Za-z_]{2,}[0-9]*|_", frame(sentence, typed))
        assert not [word for word in words if word in CODES - named or "_" in word], sentence


def test_no_sentence_grows_beyond_what_is_read_at_a_glance() -> None:
    for sentence, typed in SENTENCES:
        assert len(frame(sentence, typed)) <= LONGEST_FRAME, sentence


@pytest.mark.parametrize("name", READ_AS)
def test_particles_in_sentences_agree_with_the_name_before_them(name: str) -> None:
    object_form, subject_form = expected("을", READ_AS[name]), expected("이", READ_AS[name])
    told = reason_text(Reason("text_fit", 1.0, {"solution": name}))
    assert f"'{name}'{object_form} 소개한" in told
    told = reason_text(Reason("category_fit", 1.0, {"category": "MES", "probability": 0.5, "solution": name}))
    assert f"'{name}'{object_form} 그 분야로" in told
    told = reason_text(Reason("declared_category", 1.0, {"categories": ("MES",), "solution": name}))
    assert f"'{name}'{subject_form} 해당합니다" in told
    told = reason_text(Reason("similar_problem", 1.0, {"reference": name}))
    assert f"'{name}'{subject_form} 있습니다" in told
    told = reason_text(Reason("similar_problem", 1.0, {"reference": name, "year": 2024, "industry": "10111"}))
    assert re.search(rf"'{re.escape(name)}'\(2024년, .+\){subject_form} 있습니다", told), told
    told = reason_text(Reason("existing_systems", 1.0, {"systems": (name,)}))
    assert f"{name}{object_form} 소개 글에서" in told


def test_particles_agree_with_the_names_of_industries_and_certifications() -> None:
    for code in INDUSTRIES:
        told = reason_text(Reason("industry_fit", 1.0, {"industry": code, "offered": code}))
        name, said = re.fullmatch(r"(.+)(을|를) 대상으로 하는 솔루션입니다\.", told).groups()
        assert said == expected("을", re.sub(r"\(.*\)$", "", name)), told
    for code in CERTIFICATIONS:
        told = reason_text(Reason("certification", 1.0, {"certifications": (code,)}))
        name, said = re.fullmatch(r"(.+)(을|를) 갖추었습니다\.", told).groups()
        assert said == expected("을", re.sub(r"\(.*\)$", "", name)), told


def test_of_many_words_the_first_are_named_and_all_are_counted() -> None:
    told = reason_text(
        Reason("process_fit", 1.0, {"processes": ("사출", "도금", "용접", "조립", "검사", "포장")})
    )
    assert told == "사출, 도금, 용접, 조립 등 6가지 공정을 다루는 솔루션입니다."


def test_references_are_said_to_be_of_the_division_that_they_were_counted_over() -> None:
    references = {"industry": "30320", "references": 2}
    assert reason_text(Reason("industry_fit", 1.0, references)).startswith(
        "자동차 및 트레일러 제조업 구축 실적이 2건"
    )
    deeper = reason_text(Reason("industry_fit", 1.0, {**references, "offered": "30320"}))
    assert deeper.endswith("대상으로 하는 솔루션이고, 자동차 및 트레일러 제조업 구축 실적이 2건 있습니다.")
