"""The rules of the programmes that are known: whom each fits, whom not, and of whom it cannot be said."""

from typing import Any

import pytest

import seed_data
from service.programmes.eligibility import judge
from service.programmes.operations import read_programmes
from service.programmes.rules import Eligibility, Finding

PROGRAMMES = {each.code: each for each in read_programmes(seed_data.programmes())}
YES, NO, OPEN = Eligibility.ELIGIBLE, Eligibility.NOT_ELIGIBLE, Eligibility.UNKNOWN

MAKER: dict[str, Any] = {
    "region": "41", "industry": "25", "employee_count": 40, "annual_revenue_won": 8_000_000_000,
    "smart_level": "기초", "existing_systems": ["ERP"],
}  # fmt: skip
MAKER_UNKNOWN: dict[str, Any] = dict.fromkeys(MAKER)
SELLER: dict[str, Any] = {
    "region": "41", "status": "approved", "employee_count": 20, "certifications": ["ISO9001"],
    "categories": ["PRIVATE_5G"], "years_in_business": 7,
}  # fmt: skip
SELLER_UNKNOWN: dict[str, Any] = dict.fromkeys(SELLER)


def answer(code: str, company: dict[str, Any], **changes: Any) -> Finding:
    return judge(PROGRAMMES[code], company | changes)


@pytest.mark.parametrize(
    ("code", "company", "changes", "expected", "because"),
    [
        ("SMART_KOREA_FUND", SELLER, {}, YES, ""),
        ("INSTALLMENT_36", MAKER, {}, YES, ""),
        ("INSTALLMENT_36", MAKER, {"industry": None}, OPEN, "industry"),
        ("WIN_WIN_FUND", SELLER, {}, YES, ""),
        ("WIN_WIN_FUND", SELLER, {"status": "pending"}, NO, "승인된"),
        ("JOINT_RND", SELLER, {}, YES, ""),
        ("JOINT_RND_2025", SELLER, {}, YES, ""),
        ("TOMORROW_MUTUAL_AID", SELLER, {}, YES, ""),
        ("TOMORROW_MUTUAL_AID", SELLER, {"employee_count": 0}, NO, "고용한 사람"),
        ("TOMORROW_MUTUAL_AID", SELLER, {"employee_count": None}, OPEN, "employee_count"),
        ("SALES_CHANNEL", SELLER, {}, YES, ""),
        ("OPEN_LAB", SELLER, {}, YES, ""),
        ("OPEN_LAB", SELLER, {"categories": ["MES"]}, NO, "5G를 쓰는"),
        ("OPEN_LAB", SELLER, {"categories": []}, OPEN, "categories"),
        ("ACADEMY", MAKER, {}, YES, ""),
        ("KAMP", MAKER, {}, YES, ""),
        ("KAMP", MAKER, {"smart_level": None}, YES, ""),
        ("KAMP", MAKER, {"smart_level": "미적용", "existing_systems": []}, NO, "공정 데이터를 모으는"),
        ("KAMP", MAKER, {"smart_level": None, "existing_systems": None}, OPEN, "smart_level"),
        ("SMART_FACTORY_5G_AI", MAKER, {}, YES, ""),
        ("SMART_FACTORY_5G_AI", MAKER, {"smart_level": "미적용"}, NO, "이미 구축"),
        ("SMART_FACTORY_5G_AI", MAKER, {"smart_level": None}, OPEN, "smart_level"),
        ("SMART_FACTORY_GRANT", MAKER, {}, YES, ""),
        ("SMART_FACTORY_GRANT", MAKER, {"industry": None}, OPEN, "industry"),
        ("WIN_WIN_SMART_FACTORY_GRANT", MAKER, {}, YES, ""),
        ("WIN_WIN_SMART_FACTORY_GRANT", MAKER, {"industry": None}, OPEN, "industry"),
        ("REGIONAL_SMART_FACTORY_2025", MAKER, {"region": "47", "industry": "107"}, YES, ""),
        ("REGIONAL_SMART_FACTORY_2025", MAKER, {"region": "52"}, YES, ""),
        ("REGIONAL_SMART_FACTORY_2025", MAKER, {"region": "47"}, NO, "식품"),
        ("REGIONAL_SMART_FACTORY_2025", MAKER, {"region": "46", "industry": None}, OPEN, "industry"),
        ("CHUNGBUK_SMALL_FACTORY_2025", MAKER, {"region": "43", "employee_count": 8}, YES, ""),
        ("CHUNGBUK_SMALL_FACTORY_2025", MAKER, {}, NO, "충청북도"),
        ("CHUNGBUK_SMALL_FACTORY_2025", MAKER, {"region": None}, OPEN, "region"),
        ("DIGITAL_CLUSTER", MAKER, {}, YES, ""),
        ("DIGITAL_CLUSTER", MAKER, {"smart_level": "미적용"}, NO, "이미 구축"),
        ("FUTURE_NETWORK_COUNCIL", SELLER, {}, YES, ""),
        ("WARM_TECH_CHALLENGE", SELLER, {}, YES, ""),
        ("WARM_TECH_CHALLENGE", SELLER, {"years_in_business": 0}, NO, "1년"),
        ("WARM_TECH_CHALLENGE", SELLER, {"years_in_business": None}, OPEN, "years_in_business"),
        ("BENEFIT_SHARING", SELLER, {}, YES, ""),
    ],
)  # fmt: skip
def test_whom_a_programme_fits(
    code: str, company: dict[str, Any], changes: dict[str, Any], expected: Eligibility, because: str
) -> None:
    found = answer(code, company, **changes)
    assert found.answer is expected
    told = " ".join([*found.failed, *found.missing])
    assert because in told
    assert bool(told) is (expected is not YES)


def test_every_programme_is_tried_above() -> None:
    (mark,) = (each for each in test_whom_a_programme_fits.pytestmark if each.name == "parametrize")
    assert {case[0] for case in mark.args[1]} == PROGRAMMES.keys()


@pytest.mark.parametrize("code", PROGRAMMES)
def test_a_company_that_filled_in_nothing_is_never_refused(code: str) -> None:
    """So that no programme is for a kind of company that lacks the fields that its rule asks for."""
    empty = {"supplier": SELLER_UNKNOWN, "manufacturer": MAKER_UNKNOWN}
    for kind in PROGRAMMES[code].terms["audience"]:
        assert answer(code, empty[kind]).answer is not NO


def test_a_solution_of_the_field_leaves_less_to_confirm() -> None:
    """What the profile shows need not be asked."""
    shown = answer("SMART_KOREA_FUND", SELLER).to_confirm
    asked = answer("SMART_KOREA_FUND", SELLER, categories=["MES"]).to_confirm
    assert len(asked) == len(shown) + 1
