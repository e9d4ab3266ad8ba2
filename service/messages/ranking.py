"""Words and sentences about the weights that rank."""

SENTENCES: dict[str, str] = {
    "weights_unchanged": "지금 쓰는 가중치와 같습니다. 바꿀 값을 보내 주세요.",
    "weight_unknown": "모르는 항목입니다. GET /v1/ranking/weights에 있는 이름을 보내 주세요.",
    "weight_out_of_bounds": "가중치는 {least} 이상 {most} 이하의 수로 넣어 주세요.",
    "nothing_to_roll_back": "되돌릴 앞선 판이 없습니다.",
    "weights_of_old_features": "이 판은 지금과 다른 항목으로 만든 것이어서 쓸 수 없습니다. 다른 판을 골라 주세요.",
}

FEATURES: dict[str, str] = {
    "category_fit": "필요한 분야를 다룰 확률",
    "category_focus": "필요한 분야에 집중한 정도",
    "declared_category_fit": "수요기업이 고른 분야와 맞는 정도",
    "dense_solution": "솔루션 소개와 문제의 뜻이 가까운 정도",
    "dense_summary": "회사 소개와 문제의 뜻이 가까운 정도",
    "lexical": "드문 낱말을 함께 쓰는 정도",
    "dense_reference_problem": "구축 실적의 문제와 비슷한 정도",
    "reference_industry": "구축 실적의 업종이 가까운 정도",
    "industry_closeness": "솔루션의 대상 업종이 가까운 정도",
    "process_overlap": "같은 공정을 다루는 정도",
    "region_same": "같은 지역",
    "region_near": "이웃한 지역",
    "on_site_region": "현장 지원을 원할 때 가까운 정도",
    "budget_fit": "예산 안에 드는 정도",
    "smart_level_fit": "스마트공장 수준에 맞는 정도",
    "supplier_size": "회사 규모",
    "certification": "갖춘 인증",
    "existing_systems": "쓰고 있는 시스템을 다루는 정도",
    "track_record": "소개와 계약 이력",
    "load": "맡고 있는 과제의 비중",
}
"""What each feature measures, for those who set its weight."""

OUTCOMES: dict[str, str] = {
    "promoted": "배우지 않은 수요의 결정을 더 잘 설명합니다.",
    "not_better": "배우지 않은 수요의 결정을 더 잘 설명하지 못해 쓰지 않습니다.",
    "orders_worse": "배우지 않은 수요에서 순서가 나빠져 쓰지 않습니다.",
    "too_few_held_out": "견줄 결정이 아직 모자라 쓰지 않습니다.",
    "nothing_new": "새로 배운 것이 없습니다.",
}
"""What became of learned weights."""
