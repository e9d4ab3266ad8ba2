"""Particles agree with the sound before them, also after figures, letters and brackets."""

import pytest

from service.messages.particles import with_particle


@pytest.mark.parametrize(
    ("word", "particle", "expected"),
    [
        ("로봇", "을", "로봇을"),
        ("센서", "을", "센서를"),
        ("머신비전·식별", "이", "머신비전·식별이"),
        ("클라우드", "은", "클라우드는"),
        ("도장", "과", "도장과"),
        ("설비", "과", "설비와"),
        ("경기도", "으로", "경기도로"),
        ("서울", "으로", "서울로"),
        ("부산", "으로", "부산으로"),
        ("ERP", "을", "ERP를"),
        ("PLM", "을", "PLM을"),
        ("AI", "이", "AI가"),
        ("QR", "을", "QR을"),
        ("Vision", "은", "Vision은"),
        ("Cloud", "은", "Cloud는"),
        ("ISO9001", "을", "ISO9001을"),
        ("5G 2", "이", "5G 2가"),
        ("30", "은", "30은"),
        ("7", "으로", "7로"),
        ("6", "으로", "6으로"),
        ("제조실행시스템(MES·POP)", "을", "제조실행시스템(MES·POP)을"),
        ("물류로봇(AGV·AMR)", "이", "물류로봇(AGV·AMR)이"),
        ("3,000만 원", "이", "3,000만 원이"),
        ("", "을", "를"),
        ("피시라인 HACCP", "을", "피시라인 HACCP을"),
        ("ROBOT", "이", "ROBOT이"),
        ("SafeLine", "은", "SafeLine은"),
        ("전자제조기록서(eBR)", "을", "전자제조기록서(eBR)를"),
        ("'검사장(WMS)'(2024년)", "이", "'검사장(WMS)'(2024년)이"),
        ("도축장(가금류(닭) 제외)", "을", "도축장(가금류(닭) 제외)을"),
        ("안전캠™", "을", "안전캠™을"),
        ("창고★", "을", "창고★를"),
        ("100%", "을", "100%를"),
        ("(주)", "이", "(주)가"),
        ("ＰＬＭ", "을", "ＰＬＭ을"),
        (")검사장)", "을", ")검사장)을"),
    ],
)
def test_a_particle_follows_the_last_sound(word: str, particle: str, expected: str) -> None:
    assert with_particle(word, particle) == expected


def test_quotes_stand_around_the_word_and_not_around_its_particle() -> None:
    assert with_particle("도금 두께 측정", "을", quoted=True) == "'도금 두께 측정'을"
