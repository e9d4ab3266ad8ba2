"""Sentences about what the tax service says of a business number."""

SENTENCES: dict[str, str] = {
    "business_status_demo": "시연: 국세청 인증키가 없어 지어낸 답입니다. 실제 사업자 상태가 아닙니다.",
    "business_suspended": "국세청에 휴업으로 신고된 사업자입니다. 소개하기 전에 영업 여부를 확인해 주세요.",
    "business_closed": "국세청에 폐업으로 신고된 사업자입니다. 소개하기 전에 사업자등록증을 다시 받아 주세요.",
    "business_unregistered": "국세청에 등록되지 않은 사업자등록번호입니다. 사업자등록증을 확인해 주세요.",
}
