"""Sentences and headings of the win-win fund's ledger (상생협력펀드)."""

SENTENCES: dict[str, str] = {
    "fund_not_open": "지금 대출하는 상생협력펀드가 없습니다. 관리자에게 펀드 조건의 기간을 확인해 달라고 요청해 주세요.",
    "fund_ceiling_reached": "상생협력펀드의 한도가 모자랍니다. 금액을 줄이거나, 다른 신청이 취소되거나 대출이 상환된 뒤에 다시 신청해 주세요.",
    "fund_ceiling_left": "펀드에 남은 한도는 {left}원입니다.",
    "company_limit_reached": "한 회사가 쓸 수 있는 한도 {limit}원 가운데 {left}원이 남았습니다. 금액을 그 이하로 줄여 주세요.",
    "supplier_not_approved": "승인된 공급기업만 상생협력펀드를 쓸 수 있습니다. 담당자에게 등록 승인을 요청해 주세요.",
    "application_expired": "이 신청은 {day}까지 실행되지 않아 기한이 지났습니다. 다시 신청해 주세요.",
    "day_out_of_bounds": "{earliest}부터 {latest}까지의 날짜를 넣어 주세요.",
    "fund_terms_taken": "그날 시작하는 조건이 이미 있습니다. 다른 날을 넣어 주세요.",
    "fund_terms_used": "이 조건으로 신청한 대출이 있어 끝나는 날만 바꿀 수 있습니다. 다른 내용은 새 조건을 더해 그날부터 바꿔 주세요.",
    "fund_terms_last_day": "{earliest}이나 그 뒤의 날짜를 넣어 주세요.",
    "fund_reduction_order": "가장 작은 감면은 가장 큰 감면({most}%포인트)을 넘을 수 없습니다.",
    "fund_reduction_too_small": "이 펀드의 감면금리는 {least}%포인트 이상입니다. 은행과 정한 감면금리를 확인해 주세요.",
    "bank_rate_under_floor": "은행 금리가 펀드의 최저 금리(연 {floor}%)보다 낮아 펀드로 빌리면 이자가 늘어납니다. 은행 금리를 확인해 주세요.",
    "repayment_over_settlement": "{day}에 이 대출을 모두 갚는 금액은 {settlement}원입니다. 그 이하의 금액을 넣어 주세요.",
    "repayment_effect_required": "지금 낼 금액과 다음 회차를 더한 {most}원보다 많으므로 조기상환입니다. 기간을 줄일지, 납입금을 줄일지 골라 주세요.",
    "repayment_out_of_order": "{earliest}에 기록한 일이 있어 그보다 앞선 날짜로는 계산할 수 없습니다. 빠뜨린 상환이 있으면 뒤의 상환부터 차례로 취소하고 다시 기록해 주세요.",
    "repayment_reference_taken": "같은 거래 번호의 상환이 이미 기록되어 있습니다. 두 번 기록하는 것이 아닌지 확인해 주세요.",
    "repayment_not_last": "가장 나중에 기록한 상환부터 취소할 수 있습니다. 그 뒤의 상환을 먼저 취소해 주세요.",
    "repayment_reversed": "이미 취소한 상환입니다.",
    "repayment_before_bank_decision": "{day}에 은행의 결정(기한이익 상실 또는 대손상각)을 기록했으므로 그 앞의 상환은 취소할 수 없습니다. 은행과 정정할 금액을 정해 새 상환으로 기록해 주세요.",
    "acceleration_nothing_left": "미리 낸 돈으로 모두 갚게 되므로 기한이익 상실로 기록할 것이 없습니다.",
    "statement_not_begun": "아직 시작하지 않은 달입니다. {latest} 이전의 달을 넣어 주세요.",
    "month_malformed": "달을 2026-01 모양으로 넣어 주세요.",
    "not_acceptable_statement": "이 주소는 JSON, CSV, XLSX로 답할 수 있습니다. Accept 헤더를 확인해 주세요.",
    "repayment_divided": "받은 {amount} = 지연배상금 {charge} + 이자 {interest} + 원금 {principal}.",
    "repayment_divided_early": "받은 {amount} = 지연배상금 {charge} + 이자 {interest} + 원금 {principal}. 조기상환으로 원금 {early}이 줄어 남은 회차를 다시 계산했습니다.",
    "payment_order": "연체한 금액의 지연배상금, 이자, 원금의 순서로 오래된 회차부터 갚습니다(민법 제479조의 비용, 이자, 원본 순서).",
    "fund_whole": "상생협력펀드 장부가 맞습니다: 전표 {entries:,}건, 대출 {loans:,}건. 모든 전표의 합이 0이고, 잔액이 대출과 상환 기록과 같으며, 한도를 넘은 적이 없습니다.",
    "fund_broken": "상생협력펀드 장부에서 맞지 않는 곳이 {count}군데 있습니다. 백업과 견주어 주세요.",
    "fund_entry_unbalanced": "전표 {entry}번의 합이 0이 아닙니다({won}원).",
    "fund_loan_differs": "대출 {loan}의 {account} 잔액이 장부에는 {booked}원, 기록에는 {recorded}원입니다.",
    "fund_overdrawn": "전표 {entry}번에서 남은 한도가 {won}원으로 0보다 적어졌습니다.",
    "fund_company_over_limit": "공급기업 {supplier}의 예약과 잔액이 {won}원으로 기업당 한도 {limit}원을 넘습니다.",
    "fund_repayment_differs": "대출 {loan}의 {number}번 상환을 다시 나누면 기록과 다릅니다.",
}

STATUSES: dict[str, str] = {
    "reserved": "신청",
    "approved": "은행 승인",
    "disbursed": "실행",
    "accelerated": "기한이익 상실",
    "written_off": "대손상각",
    "repaid": "상환 완료",
    "declined": "은행 거절",
    "cancelled": "취소",
    "expired": "기한 지남",
}

LINE_STATES: dict[str, str] = {
    "paid": "냄",
    "late": "연체",
    "due": "낼 날",
    "upcoming": "예정",
}
"""How an instalment stands on a day."""

ACCOUNTS: dict[str, str] = {
    "ceiling": "펀드 총한도",
    "available": "남은 한도",
    "reserved": "예약(신청한 원금)",
    "outstanding": "대출 잔액",
    "called": "기한이익을 잃은 대출 잔액",
    "written_off": "대손으로 상각한 원금",
    "payers": "기업이 낸 이자와 지연배상금",
    "interest_received": "받은 이자",
    "overdue_charges_received": "받은 지연배상금",
}

ENTRIES: dict[str, str] = {
    "ceiling": "한도 설정",
    "reservation": "신청",
    "change": "신청 금액 변경",
    "disbursement": "대출 실행",
    "release": "예약 해제",
    "repayment": "상환",
    "reversal": "상환 취소",
    "acceleration": "기한이익 상실",
    "write_off": "대손상각",
}

HEADINGS: dict[str, str] = {
    "number": "전표 번호",
    "booked_on": "기록한 날",
    "occurred_on": "일어난 날",
    "kind": "구분",
    "company_name": "공급기업",
    "loan_id": "대출 번호",
    "status": "상태",
    "bank_reference": "은행 승인 번호",
    "principal_won": "대출 원금(원)",
    "customer_rate_percent": "금리(연 %)",
    "disbursed_on": "실행일",
    "reserved_won": "예약(원)",
    "outstanding_won": "월말 잔액(원)",
    "written_off_won": "상각한 원금(원)",
    "principal_repaid_won": "이달 원금 상환(원)",
    "interest_received_won": "이달 이자(원)",
    "overdue_charges_received_won": "이달 지연배상금(원)",
    "overdue_won": "월말 연체 금액(원)",
    "days_late": "연체 일수",
    "account": "계정",
    "opening_won": "월초 잔액(원)",
    "change_won": "이달 증감(원)",
    "closing_won": "월말 잔액(원)",
    "fund": "펀드",
    "month": "달",
    "until": "마감일",
    "provisional": "마감",
}

SHEETS: dict[str, str] = {"accounts": "계정별 잔액", "loans": "대출별", "entries": "전표"}

CLOSED: dict[bool, str] = {False: "마감", True: "달이 끝나지 않아 바뀔 수 있음"}
