"""Bodies of registrations and needs: complete and valid, changed only in what a test names."""

from itertools import count
from typing import Any

from tests.factories.numbers import business_number

PASSWORD = "correct horse battery"
_sequence = count(1)

Body = dict[str, Any]


def contact(**changes: Any) -> Body:
    """A person who registers a company."""
    return {
        "name": "김담당",
        "email": f"person{next(_sequence)}@company.example",
        "phone": "031-123-4567",
        "password": PASSWORD,
    } | changes


def consents(registration: bool = True) -> list[Body]:
    """The answers to the consent questions."""
    return [
        {"purpose": "registration", "accepted": registration},
        {"purpose": "marketing", "accepted": False},
    ]


def solution(**changes: Any) -> Body:
    """One solution: shop-floor records."""
    return {
        "name": "현장 실적 수집",
        "description": "설비 신호와 바코드로 작업 실적을 모아 생산 현황을 바로 보여 줍니다.",
        "categories": ["MES"],
    } | changes


def supplier_profile(**changes: Any) -> Body:
    """A supplier as an import carries it."""
    return {
        "business_number": business_number(),
        "company_name": f"한빛시스템{next(_sequence)}",
        "region": "41",
        "summary": "중소 제조 현장의 생산 실적과 품질 이력을 모으는 시스템을 만듭니다.",
        "solutions": [solution()],
    } | changes


def supplier(**changes: Any) -> Body:
    """A supplier's registration."""
    return supplier_profile(contact=contact(), consents=consents()) | changes


def manufacturer_profile(**changes: Any) -> Body:
    """A manufacturer as an import carries it."""
    return {
        "business_number": business_number(),
        "company_name": f"새벽금속{next(_sequence)}",
        "industry": "25",
        "region": "41",
    } | changes


def manufacturer(**changes: Any) -> Body:
    """A manufacturer's registration."""
    return manufacturer_profile(contact=contact(), consents=consents()) | changes


def need(**changes: Any) -> Body:
    """A need in plain words."""
    return {
        "title": "작업 일보를 손으로 씁니다",
        "description": "작업 일보를 종이에 쓰고 다음 날 엑셀로 옮겨서 어제 실적을 오늘 오후에야 압니다.",
    } | changes


def preview(**changes: Any) -> Body:
    """A need that is not stored."""
    return need(industry="25", region="41") | changes


def certificate(**changes: Any) -> Body:
    """The paper behind a certification, good for years."""
    return {
        "certification": "GS",
        "number": f"GS-24-{next(_sequence):04d}",
        "issued_on": "2024-03-04",
        "expires_on": "2039-03-03",
    } | changes
