"""Sentences and headings of installment contracts."""

SENTENCES: dict[str, str] = {
    "contract_pair_not_introduced": "소개되었거나 제안, 계약 단계에 있는 공급기업과 할부 계약을 맺을 수 있습니다. 먼저 소개를 기록해 주세요.",
    "contract_terms_unsupported": "계약에서는 쓸 수 없는 조건입니다. 이 항목을 빼 주세요. 날짜는 인도하는 날부터 정해지고, 중도상환은 납입으로 기록합니다.",
    "contract_quote_expired": "이 견적은 {valid_until}까지였습니다. 새 견적을 내 주세요.",
    "contract_in_force": "이 수요에는 같은 공급기업과 맺은 계약이 이미 있습니다. 그 계약을 먼저 취소하거나 모두 갚아 주세요.",
    "contract_schedule_starts_with_delivery": "인도를 기록한 뒤에 납입할 금액을 계산할 수 있습니다. 담당자에게 인도 기록을 요청해 주세요.",
    "contract_payment_over_settlement": "{day}에 모두 갚는 금액은 {settlement}원입니다. 그 금액을 넣거나, 미리 낼 때에는 {most}원 이하를 넣어 주세요.",
    "contract_settlement_differs": "{day}에 모두 갚는 금액은 {settlement}원입니다. 받은 금액을 확인해 주세요.",
    "contract_payment_out_of_order": "{earliest}에 기록한 일이 있어 그보다 앞선 날짜로는 계산할 수 없습니다. 빠뜨린 납입이 있으면 뒤의 납입부터 차례로 취소하고 다시 기록해 주세요.",
    "contract_reference_taken": "같은 거래 번호의 납입이 이미 기록되어 있습니다. 두 번 기록하는 것이 아닌지 확인해 주세요.",
    "contract_payment_not_last": "가장 나중에 기록한 납입부터 취소할 수 있습니다. 그 뒤의 납입을 먼저 취소해 주세요.",
    "contract_payment_reversed": "이미 취소한 납입입니다.",
    "not_acceptable_contract_schedule": "이 주소는 JSON, CSV, XLSX로 답할 수 있습니다. Accept 헤더를 확인해 주세요.",
    "contract_payment_order": "오래된 회차부터, 한 회차 안에서는 지연배상금, 수수료, 이자, 원금, 부가가치세의 순서로 갚습니다(민법 제479조의 비용, 이자, 원본 순서).",
}

STATES: dict[str, str] = {
    "quoted": "견적",
    "accepted": "수락",
    "delivered": "납입 중",
    "settled": "완납",
    "cancelled": "취소",
    "lapsed": "기한 지남",
}

LINE_STATES: dict[str, str] = {"due": "납입 예정", "part": "일부 납입", "late": "연체", "paid": "납입 완료"}

CHANNELS: dict[str, str] = {"telephone": "전화", "mail": "전자우편", "letter": "우편"}

KINDS: dict[str, str] = {"delivery": "인도할 때", "installment": "할부금", "prepayment": "조기상환"}

HEADINGS: dict[str, str] = {
    "number": "회차",
    "kind": "구분",
    "due_date": "약정일",
    "payment_date": "납입일",
    "principal_won": "원금(원)",
    "interest_won": "이자(원)",
    "fee_won": "수수료(원)",
    "vat_won": "부가가치세(원)",
    "owed_won": "낼 금액(원)",
    "overdue_charge_won": "지연배상금(원)",
    "paid_won": "낸 금액(원)",
    "unpaid_won": "남은 금액(원)",
    "paid_on": "마지막으로 낸 날",
    "state": "상태",
    "days_late": "연체 일수",
}

SHEET = "납입 일정"

LIST_HEADINGS: dict[str, str] = {
    "need_title": "수요",
    "manufacturer_name": "수요기업",
    "supplier_name": "공급기업",
    "state_text": "상태",
    "price_won": "공급가액(원)",
    "months": "기간(개월)",
    "quoted_on": "견적일",
    "accepted_on": "수락일",
    "delivered_on": "인도일",
    "next_due_on": "다음 납입일",
    "next_won": "다음에 낼 금액(원)",
    "outstanding_won": "남은 금액(원)",
    "late_won": "연체 금액(원)",
    "closed_on": "끝난 날",
}

LIST_SHEET = "할부 계약"
