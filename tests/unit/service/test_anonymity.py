"""A supplier's sentences without what tells who it is."""

import pytest

import seed_data
from matching.domain import CapabilityProfile, Reference, Solution
from matching.text import passages_of_profile
from service.recommendations.anonymity import HIDDEN, without_identity

PROFILE = CapabilityProfile(
    supplier_id="1",
    business_number="1208147521",
    company_name="(주) 가온 계측",
    region="41",
    summary="",
    solutions=(Solution("s", "ThickNote X-200", ""),),
    references=(Reference("r", "한빛도금 라인"),),
)


@pytest.mark.parametrize(
    "text",
    [
        "(주) 가온 계측",
        "(주)가온계측",
        "가온 계측",
        "가온계측",
        "thicknote  x-200",
        "ThickNoteX-200",
        "한빛도금 라인",
        "https://gaon.example/a?b=c",
        "www.gaon.co.kr",
        "gaon.com",
        "kim@gaon.co.kr",
        "031-123-4567",
        "1588-123-4567",
    ],
)
def test_what_tells_who_it_is_is_hidden(text: str) -> None:
    shown = without_identity(f"앞말 {text} 뒷말", PROFILE)
    assert shown == f"앞말 {HIDDEN} 뒷말"


@pytest.mark.parametrize(
    "text",
    [
        "오차 ±0.05mm, 1.6초 안쪽",
        "ISO 9001과 IATF 16949",
        "2024-05-31에 마쳤습니다.",
        "v2.0.1",
        "도금 두께를 잽니다.",
    ],
)
def test_what_tells_nothing_stays(text: str) -> None:
    assert without_identity(text, PROFILE) == text


def test_a_legal_form_in_front_of_nothing_hides_nothing() -> None:
    nameless = CapabilityProfile("1", "1208147521", "주식회사", "41", "", ())
    assert without_identity("도금 두께를 잽니다.", nameless) == "도금 두께를 잽니다."


def test_no_demo_supplier_is_named_in_any_of_its_hidden_passages() -> None:
    for row in seed_data.suppliers():
        bare = row["company_name"].replace("(주)", "").replace("주식회사", "").replace("㈜", "").strip()
        profile = CapabilityProfile(
            supplier_id="1",
            business_number=row["business_number"],
            company_name=row["company_name"],
            region=row["region"],
            summary=row["summary"],
            solutions=tuple(
                Solution(one["name"], one["name"], one["description"]) for one in row["solutions"]
            ),
            references=tuple(
                Reference(one["title"], one["title"], one["problem"], one.get("outcome", ""))
                for one in row.get("references", [])
            ),
        )
        shown = "\n".join(without_identity(each.text, profile) for each in passages_of_profile(profile))
        assert bare not in shown
