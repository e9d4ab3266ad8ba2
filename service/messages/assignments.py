"""Sentences and headings of plans for a matching day (매칭데이)."""

SENTENCES: dict[str, str] = {
    "need_unknown": "이런 수요는 없습니다. 번호를 확인하거나 빼 주세요.",
    "need_not_assignable": "끝난 수요는 배정할 수 없습니다. 목록에서 빼거나 수요의 상태를 open으로 바꿔 주세요.",
    "no_open_need": "열려 있는 수요가 없어 배정할 것이 없습니다. 수요를 먼저 등록해 주세요.",
    "too_many_needs": "열려 있는 수요가 {count}건이라 한 번에 배정할 수 있는 {most}건을 넘습니다. need_ids로 나누어 보내 주세요.",
    "assignment_running": "아직 배정을 계산하고 있습니다. 잠시 뒤에 다시 읽거나 /v1/jobs/{job_id}에서 어디까지 되었는지 봐 주세요.",
    "not_acceptable_plan": "이 주소는 JSON, CSV, XLSX로 답할 수 있습니다. Accept 헤더를 확인해 주세요.",
}

HEADINGS: dict[str, str] = {
    "need": "수요",
    "manufacturer": "수요기업",
    "rank": "순위",
    "supplier": "공급기업",
    "solution": "솔루션",
    "score": "소개 확률",
    "reasons": "추천 사유",
    "cautions": "확인할 점",
    "remark": "비고",
    "need_id": "수요 번호",
    "supplier_id": "공급기업 번호",
    "assigned": "배정한 수요",
    "capacity": "맡을 수 있는 수요",
    "wanted": "여력과 관계없이 고를 수요",
}

SHEETS: dict[str, str] = {
    "summary": "요약",
    "pairs": "배정표",
    "suppliers": "공급기업별",
    "unserved": "배정하지 못한 수요",
}

SUMMARY: dict[str, str] = {
    "day": "날짜",
    "needs": "수요",
    "suppliers_per_need": "수요마다 공급기업 (최대)",
    "floor": "배정할 수 있는 가장 낮은 소개 확률",
    "unknown_capacity": "여력을 적지 않은 공급기업이 맡을 수요",
    "plan": "이 배정",
    "greedy": "점수가 높은 짝부터 배정했다면",
    "own_choices": "저마다 가장 좋은 곳만 골랐다면",
    "needs_served": "배정된 수요",
    "pairs": "배정한 짝",
    "expected_introductions": "기대 소개 건수",
    "overloaded_suppliers": "여력을 넘긴 공급기업",
    "pairs_over_capacity": "여력을 넘긴 짝",
}

_UNSERVED = {
    "no_candidate_above_floor": "소개 확률이 {floor} 이상인 공급기업이 없습니다. 기준을 낮추거나 수요의 설명을 자세히 적어 주세요.",
    "capacity_exhausted": "맞는 공급기업이 있지만 모두 맡을 수 있는 만큼 배정되었습니다. 여력을 확인하거나 다른 날에 배정해 주세요.",
    "need_closed": "배정을 요청한 뒤에 끝난 수요라 배정하지 않았습니다.",
}

_SHORT = {
    "no_candidate_above_floor": "소개 확률이 {floor} 이상인 공급기업이 {missing}곳 모자랍니다.",
    "capacity_exhausted": "맞는 공급기업이 더 있지만 맡을 수 있는 만큼 배정되어 {missing}곳이 모자랍니다.",
}


def unserved_text(code: str, floor: float) -> str:
    """Why a need has no supplier. Raises KeyError for an unknown code."""
    return _UNSERVED[code].format(floor=f"{floor:g}")


def short_text(code: str, missing: int, floor: float) -> str:
    """Why a need has fewer suppliers than it may have. Raises KeyError for an unknown code."""
    return _SHORT[code].format(floor=f"{floor:g}", missing=missing)
