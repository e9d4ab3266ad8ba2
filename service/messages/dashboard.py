"""Words and sentences of the dashboard."""

SENTENCES: dict[str, str] = {
    "period_backwards": "끝나는 날이 시작하는 날보다 앞섭니다. 날짜를 바꾸어 주세요.",
    "period_too_long": "기간이 너무 깁니다. 10년 안에서 골라 주세요.",
}

COUNTED: dict[str, str] = {
    "contracts_5g_ai": "이 서비스에 기록된 계약 가운데 5G 특화망이나 제조 AI를 다루는 공급기업과 맺은 것입니다. 구축을 마쳤는지는 세지 않습니다.",
    "clusters": "이 서비스가 비슷한 수요를 묶어 찾아낸 클러스터입니다. 정부가 지정한 곳을 센 것이 아닙니다.",
}
"""What of this database stands beside a public target."""

STEPS: dict[str, str] = {
    "written": "수요 등록",
    "recommended": "추천",
    "introduced": "소개",
    "proposed": "제안",
    "contracted": "계약",
}

STANDINGS: dict[str, str] = {
    "quoted": "수락을 기다리는 견적",
    "signed": "맺은 계약",
    "to_deliver": "그 가운데 인도 전",
    "paying": "그 가운데 납입 중",
    "late": "납입 중 가운데 연체",
    "settled": "그 가운데 완납",
    "unrecorded": "맺었지만 결정에 계약으로 기록하지 않은 것",
}
"""Where installment contracts stand."""

HEADINGS: dict[str, str] = {
    "name": "목표",
    "target": "목표 수",
    "by": "기한",
    "actual": "실적",
    "actual_meaning": "실적의 뜻",
    "note": "덧붙임",
    "source_title": "출처",
    "source_url": "출처 주소",
    "source_published": "출처 날짜",
    "fund_name": "펀드",
    "ceiling_won": "총한도(원)",
    "outstanding_won": "대출 잔액(원)",
    "reserved_won": "예약(원)",
    "available_won": "남은 한도(원)",
    "step": "단계",
    "needs": "수요",
    "share": "비율",
    "median_days": "걸린 날(중앙값)",
    "measured": "중앙값에 든 수요",
    "company_name": "공급기업",
    "lists": "나온 목록",
    "region": "지역",
    "category": "분야",
    "oldest_written_at": "가장 오래된 수요",
    "weak_needs": "좋은 후보가 없는 수요",
    "median_best_score": "가장 높은 점수(중앙값)",
    "suppliers": "공급기업",
    "month": "달",
    "manufacturers": "수요기업",
    "introduced": "소개",
    "contracted": "계약",
    "signed": "할부 계약",
    "standing": "할부 계약의 상태",
    "contracts": "건수",
    "price_won": "공급가액(원)",
    "grant_won": "지원금(원)",
    "paid_won": "받은 돈(원)",
}
"""Headings of the CSV files, by the member of the answer."""

MONTH_KINDS: dict[str, str] = {
    "needs": "수요 등록",
    "introduced": "소개",
    "contracted": "계약 기록",
    "signed": "할부 계약",
    "suppliers": "공급기업 등록",
    "manufacturers": "수요기업 등록",
}
"""What is counted each month."""
