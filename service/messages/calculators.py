"""Words of the smaller calculators: what they ask for and what they answer."""

TITLES: dict[str, tuple[str, str, str]] = {
    "affordable-price": (
        "얼마짜리까지 살 수 있나",
        "한 달에 낼 수 있는 돈으로 얼마짜리 설비까지 살 수 있나요?",
        "매달 낼 수 있는 돈과 기간을 적으면, 마지막 회차를 뺀 모든 회차가 그 안에 드는 가장 높은 가격을 구합니다.",
    ),
    "shortest-term": (
        "몇 달이면 다 갚나",
        "한 달에 이만큼 내면 몇 달 만에 다 갚나요?",
        "가격과 매달 낼 수 있는 돈을 적으면, 모든 회차가 그 안에 드는 가장 짧은 기간을 구합니다.",
    ),
    "implied-rate": (
        "숨은 이율",
        "제안받은 총액에는 이자가 몇 퍼센트 들어 있나요?",
        "견적서에 월 납입금만 있을 때 씁니다. 모두 더한 납입금에서 거꾸로 연 이율을 구합니다.",
    ),
    "prepayment-fee": (
        "중도상환수수료",
        "미리 갚으면 수수료를 얼마나 내나요?",
        "미리 갚는 금액 × 수수료율 × 남은 날수 ÷ 전체 날수로 계산합니다. 대출을 받고 3년이 지나면 없습니다.",
    ),
    "overdue-charge": (
        "연체 이자",
        "납입이 늦으면 얼마를 더 내나요?",
        "늦은 금액 × (약정 이율 + 가산금리) × 늦은 날수 ÷ 365로 계산합니다. 적용 이율은 상한을 넘지 않습니다.",
    ),
    "present-value": (
        "현재가치할인차금",
        "나중에 내는 돈은 지금 얼마의 값어치인가요?",
        "한 해에 한 번 내는 금액의 현재가치와, 그 차액이 해마다 이자로 바뀌는 표를 구합니다. 회계에서 장기할부를 적을 때 씁니다.",
    ),
    "grant": (
        "정부지원금과 자부담",
        "지원금을 받으면 우리 회사는 얼마를 내나요?",
        "공고의 비율과 한도로 정부, 주관기업, 우리 회사가 내는 금액을 나눕니다.",
    ),
}
"""By address: the name, the question it answers, what it does."""

FIELDS: dict[str, tuple[str, str]] = {
    "price_won": ("가격", "부가세를 뺀 공급가액입니다. 1억 2천만처럼 적을 수 있습니다."),
    "months": ("기간", ""),
    "annual_rate_percent": ("연 이율", ""),
    "monthly_budget_won": ("한 달에 낼 수 있는 돈", "부가세는 빼고 적어 주세요."),
    "total_payment_won": ("모두 더한 납입금", "매달 같은 금액이면 월 납입금에 회차를 곱해 적어 주세요."),
    "amount_won": ("미리 갚는 원금", ""),
    "fee_rate_percent": ("수수료율", "은행은 보통 0.5~1.5%입니다. 계약서에서 확인해 주세요."),
    "start_date": ("대출받은 날", ""),
    "prepayment_date": ("미리 갚는 날", ""),
    "maturity_date": ("만기일", ""),
    "base_won": ("늦은 금액", "밀린 납입금입니다. 기한의 이익을 잃은 뒤에는 남은 원금 전부입니다."),
    "contract_rate_percent": ("약정 이율", ""),
    "addon_percent": ("연체 가산금리", "3%포인트를 넘을 수 없습니다. 은행은 보통 3%포인트를 더합니다."),
    "cap_percent": ("적용 이율의 상한", "법정 최고 이자율은 연 20%입니다."),
    "days": ("늦은 날수", ""),
    "discount_rate_percent": ("할인율", ""),
    "cashflows_won": (
        "해마다 내는 금액",
        "한 줄에 한 해씩 적어 주세요. 첫 줄은 지금 내는 금액입니다(없으면 0).",
    ),
    "row": ("사업과 수준", "공고가 나온 해와 수준을 고릅니다."),
    "cost_won": ("사업비", "부가세를 뺀 전체 구축 비용입니다."),
}
"""By field: its label and what helps to fill it in."""

ANSWERS: dict[str, str] = {
    "price_won": "가격",
    "months": "기간",
    "annual_rate_percent": "연 이율",
    "level_payment_won": "매달 내는 돈",
    "last_payment_won": "마지막 회차",
    "totals.interest_won": "이자 합계",
    "totals.payment_won": "모두 내는 돈",
    "effective_rate_percent": "실효 연이율",
    "fee_won": "중도상환수수료",
    "remaining_days": "수수료를 내는 남은 날수",
    "total_days": "전체 날수(3년까지)",
    "charge_won": "더 내는 연체 이자",
    "applied_rate_percent": "적용 이율",
    "present_value_won": "현재가치",
    "discount_won": "현재가치할인차금",
    "own_won": "우리 회사가 내는 돈",
    "government_won": "정부지원금",
    "host_won": "주관기업이 내는 돈",
    "cost_won": "사업비",
}
"""By part of an answer: what it is called."""
