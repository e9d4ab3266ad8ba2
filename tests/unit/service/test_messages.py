"""Every code that can be raised has its Korean sentence."""

import re
import string
from pathlib import Path

import pytest

import service
from service.messages import SENTENCES, sentence, title_of_status
from service.messages.common import TITLES
from service.messages.particles import with_particle

SOURCES = [path.read_text(encoding="utf-8") for path in Path(service.__path__[0]).rglob("*.py")]
RAISED = re.compile(
    r"""(?:Problem\(\s*\d{3},\s*|field_problem\(\s*"[^"]*",\s*|PydanticCustomError\(\s*)"(\w+)\""""
)
STATUS = re.compile(r"Problem\(\s*(\d{3}),")


def test_every_code_in_the_source_has_a_sentence() -> None:
    raised = {code for source in SOURCES for code in RAISED.findall(source)}
    assert len(raised) > 20
    assert raised <= SENTENCES.keys()


def test_every_status_in_the_source_has_a_title() -> None:
    statuses = {int(status) for source in SOURCES for status in STATUS.findall(source)}
    assert statuses <= TITLES.keys()
    assert title_of_status(418) == TITLES[500]


@pytest.mark.parametrize("code", SENTENCES)
def test_a_sentence_is_korean_and_says_its_values(code: str) -> None:
    names = {name for _, name, _, _ in string.Formatter().parse(SENTENCES[code]) if name}
    values = {name: 70_001 + number for number, name in enumerate(sorted(names))}
    told = sentence(code, **values)
    assert re.search("[가-힣]", told)
    assert all(str(value) in told or f"{value:,}" in told for value in values.values())


@pytest.mark.parametrize(
    ("word", "particle", "said"),
    [
        ("로봇", "을", "로봇을"),
        ("제어기", "을", "제어기를"),
        ("제조실행시스템(MES)", "을", "제조실행시스템(MES)을"),
        ("MES", "이", "MES가"),
        ("ERP", "을", "ERP를"),
        ("PLM", "은", "PLM은"),
        ("서울", "으로", "서울로"),
        ("경기", "으로", "경기로"),
        ("부산", "으로", "부산으로"),
        ("3", "이", "3이"),
        ("2", "이", "2가"),
    ],
)
def test_a_particle_agrees_with_the_sound_before_it(word: str, particle: str, said: str) -> None:
    assert with_particle(word, particle) == said
