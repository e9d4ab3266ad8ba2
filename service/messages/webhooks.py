"""Sentences about webhooks: what is refused, what happened, what an event means."""

SENTENCES: dict[str, str] = {
    "webhook_url_invalid": "주소를 https://system.example/hooks 모양으로 적어 주세요. 한글, 빈칸, 비밀번호, #은 넣을 수 없습니다.",
    "webhook_not_https": "https:// 로 시작하는 주소로 적어 주세요. 암호화하지 않는 주소로는 보내지 않습니다.",
    "webhook_name_unknown": "주소의 이름을 찾을 수 없습니다. 철자와 DNS 설정을 확인해 주세요.",
    "webhook_address_refused": "인터넷에서 누구나 닿는 주소로만 보냅니다. 내부망이나 이 컴퓨터의 주소는 쓸 수 없습니다.",
    "webhook_event_unknown": "'{value}'은(는) 없는 이벤트입니다. 쓸 수 있는 이벤트는 /v1/webhook-event-types에서 볼 수 있습니다.",
    "webhook_disabled": "꺼져 있는 웹훅으로는 보내지 않습니다. 먼저 켜 주세요.",
    "webhooks_full": "웹훅은 {most}개까지 등록할 수 있습니다. 쓰지 않는 것을 지우고 다시 해 주세요.",
    "done_webhook_tested": "시험 이벤트를 보냈습니다. 몇 초 뒤에 화면을 새로 열면 결과가 보입니다.",
    "done_webhook_redelivered": "다시 보냅니다. 몇 초 뒤에 화면을 새로 열면 결과가 보입니다.",
    "done_webhook_deleted": "웹훅과 전송 기록을 지웠습니다.",
}

FAULTS: dict[str, str] = {
    "not_https": "https 주소가 아니라 보내지 않았습니다.",
    "name_unknown": "주소의 이름을 찾지 못했습니다.",
    "address_refused": "주소가 내부망을 가리켜 보내지 않았습니다.",
    "not_connected": "연결하지 못했거나 연결이 끊겼습니다.",
    "tls_failed": "받는 곳의 인증서를 믿을 수 없어 보내지 않았습니다.",
    "timed_out": "8초 안에 답이 오지 않았습니다.",
    "answer_unreadable": "답이 HTTP 모양이 아닙니다.",
    "redirected": "다른 주소로 가라고 답했습니다. 따라가지 않으니 주소를 고쳐 주세요.",
    "gone": "받는 곳이 더 이상 받지 않는다고 답했습니다.",
    "refused": "받는 곳이 받지 않았습니다.",
}
"""What went wrong with a try."""

EVENT_TEXTS: dict[str, str] = {
    "ping": "시험으로 보냈습니다",
    "supplier.registered": "공급기업이 등록했습니다",
    "supplier.updated": "공급기업의 정보나 인증서가 바뀌었습니다",
    "supplier.approved": "공급기업의 등록이 승인되어 명부에 나타납니다",
    "supplier.rejected": "공급기업의 등록이 거절되었습니다",
    "supplier.suspended": "공급기업의 이용이 정지되어 명부에서 내려갔습니다",
    "manufacturer.registered": "수요기업이 등록했습니다",
    "manufacturer.updated": "수요기업의 정보가 바뀌었습니다",
    "need.created": "수요가 새로 생겼습니다",
    "need.updated": "수요의 내용이나 상태가 바뀌었습니다",
    "need.closed": "수요가 닫혔습니다",
    "match.shortlisted": "공급기업이 수요의 소개 후보에 올랐습니다",
    "match.introduced": "공급기업을 수요기업에 소개했습니다",
    "match.proposed": "공급기업이 제안했습니다",
    "match.contracted": "공급기업과 수요기업이 계약했습니다",
    "match.completed": "사업이 끝났습니다",
    "match.rejected": "공급기업을 수요의 후보에서 뺐습니다",
    "contract.quoted": "할부 견적이 나왔습니다",
    "contract.updated": "할부 견적이 바뀌었습니다",
    "contract.accepted": "할부 견적이 수락되었습니다",
    "contract.delivered": "할부 계약의 인도를 기록했습니다",
    "contract.payment_recorded": "할부 계약의 납입을 기록했습니다",
    "contract.payment_reversed": "할부 계약의 납입 기록을 취소했습니다",
    "contract.settled": "할부 계약을 모두 갚았습니다",
    "contract.cancelled": "할부 계약이 취소되었습니다",
    "contract.lapsed": "할부 견적의 기한이 지났습니다",
    "fund_loan.reserved": "펀드 대출을 신청해 한도를 예약했습니다",
    "fund_loan.updated": "펀드 대출 신청이 바뀌었습니다",
    "fund_loan.approved": "은행이 펀드 대출을 승인했습니다",
    "fund_loan.declined": "은행이 펀드 대출을 거절했습니다",
    "fund_loan.disbursed": "펀드 대출이 실행되었습니다",
    "fund_loan.cancelled": "펀드 대출 신청이 취소되었습니다",
    "fund_loan.expired": "펀드 대출 신청의 기한이 지났습니다",
    "fund_loan.repayment_recorded": "펀드 대출의 상환을 기록했습니다",
    "fund_loan.repayment_reversed": "펀드 대출의 상환 기록을 취소했습니다",
    "fund_loan.accelerated": "은행이 펀드 대출의 기한이익 상실을 알렸습니다",
    "fund_loan.written_off": "펀드 대출을 대손상각했습니다",
    "fund_terms.updated": "상생협력펀드의 조건이 바뀌었습니다",
    "programme.updated": "지원 사업의 내용이 바뀌었습니다",
    "challenge.published": "챌린지를 공고했습니다",
    "challenge.decided": "챌린지의 선정 결과를 발표했습니다",
}
"""What an event means, by its type."""

LABELS: dict[str, dict[str, str]] = {
    "webhook_event": EVENT_TEXTS,
    "delivery_state": {"pending": "보내는 중", "succeeded": "전함", "failed": "전하지 못함"},
    "webhook_disabled": {
        "gone": "받는 곳이 더 받지 않는다고 답해 껐습니다",
        "failing": "닷새 동안 한 번도 받지 않아 껐습니다",
    },
}


def attempt_text(fault: str | None, status: int | None) -> str:
    """How a try went."""
    if fault is None:
        return f"받는 곳이 받았습니다. (상태 {status})"
    return f"{FAULTS[fault]} (상태 {status})" if status else FAULTS[fault]
