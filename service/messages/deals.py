"""Sentences about how a need is paid for."""

from collections.abc import Sequence

SENTENCES: dict[str, str] = {
    "price_or_budget_required": "가격을 넣어 주세요. 수요에 예산을 적어 두면 그 금액으로 계산합니다.",
    "installment_over_months": "얼라이언스의 할부는 {most}개월까지입니다. 개월 수를 줄여 주세요.",
    "funding_not_eligible": "조건에 맞지 않아 넣지 않았습니다.",
    "funding_unknown": "받을 수 있는지 알 수 없어 넣지 않았습니다. 비어 있는 항목을 채우면 알 수 있습니다.",
    "funding_no_row": "시작일과 수준에 맞는 공고의 금액을 알지 못해 넣지 않았습니다.",
    "funding_not_chosen": "다른 지원금 하나만 골라 보고 있어 넣지 않았습니다.",
    "funding_grant_unknown": "이 지원금의 조건을 알지 못합니다. 목록에서 골라 주세요.",
    "funding_one_row": "한 사업에서는 여러 조건 가운데 하나만 받을 수 있습니다.",
    "funding_exclusive": "두 사업은 함께 받을 수 없습니다.",
}


def reason_not_combined(names: tuple[str, str], basis: str | None) -> str:
    """Why only one of two grants can be had: as the programme's data say, if they do."""
    return basis or SENTENCES["funding_one_row" if names[0] == names[1] else "funding_exclusive"]


def way_to_pay(grants: Sequence[str], *, by_installment: bool) -> str:
    """What a way to pay is called: "스마트공장 지원금 + 할부", "일시불"."""
    return " + ".join([*grants, "할부" if by_installment else "일시불"])
