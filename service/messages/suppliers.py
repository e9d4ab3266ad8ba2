"""Sentences about suppliers' registrations, certificates and introductions."""

SENTENCES: dict[str, str] = {
    "certificate_known": "같은 번호의 인증서가 이미 있습니다. 번호를 확인하거나 먼저 등록한 것을 지워 주세요.",
    "certificate_days": "끝나는 날은 받은 날보다 뒤여야 합니다. 날짜를 다시 확인해 주세요.",
    "draft_too_large": "적으신 내용이 너무 많아 저장하지 못했습니다. 솔루션이나 구축 실적을 줄여 주세요.",
    "business_check_active": "검사 숫자가 맞고, 국세청에 영업 중인 것으로 나옵니다.",
    "business_check_suspended": "검사 숫자는 맞지만, 국세청에 휴업 중인 것으로 나옵니다. 등록은 할 수 있고 담당자가 확인합니다.",
    "business_check_closed": "검사 숫자는 맞지만, 국세청에 폐업한 것으로 나옵니다. 번호를 다시 확인해 주세요.",
    "business_check_unregistered": "검사 숫자는 맞지만, 국세청에 등록되지 않은 번호라고 합니다. 번호를 다시 확인해 주세요.",
    "business_check_unknown": "검사 숫자가 맞습니다. 국세청에는 나중에 확인합니다.",
}
