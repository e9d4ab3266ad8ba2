"""What companies and staff are told inside the service, by what happened, and the letters that tell it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

SENTENCES: dict[str, str] = {
    "unsubscribe_link_invalid": (
        "이 링크로는 메일을 멈출 수 없습니다. 메일에 있는 주소를 그대로 열거나, 로그인해 알림 화면에서 바꾸어 주세요."
    ),
    "done_notifications_read": "읽음으로 표시했습니다.",
}


@dataclass(frozen=True)
class NotificationText:
    """A heading and what to do about it, with places for facts."""

    title: str
    text: str


TEXTS: dict[str, NotificationText] = {
    "supplier_approved": NotificationText(
        "등록이 승인되었습니다", "이제 공급기업 명부와 추천에 나타납니다. 맞는 수요를 확인해 보세요."
    ),
    "supplier_rejected": NotificationText(
        "등록이 거절되었습니다",
        "사유는 우리 회사 화면에 있습니다. 정보를 고친 뒤 담당자에게 다시 검토를 요청해 주세요.",
    ),
    "supplier_suspended": NotificationText(
        "이용이 정지되었습니다",
        "명부와 추천에서 내려갔습니다. 사유는 우리 회사 화면에 있습니다. 담당자에게 문의해 주세요.",
    ),
    "introduced_to_manufacturer": NotificationText(
        "수요기업에 소개되었습니다",
        "수요 '{need_title}'에 소개되었습니다. 맞는 수요 화면에서 수요기업과 연락처를 확인해 주세요.",
    ),
    "introduced_to_supplier": NotificationText(
        "공급기업을 소개했습니다",
        "수요 '{need_title}'의 공급기업으로 {company_name} 회사를 소개했습니다. 곧 연락이 갈 수 있습니다.",
    ),
    "certificate_expires_soon": NotificationText(
        "인증서의 기간이 곧 끝납니다",
        "{certification} 인증서의 기간이 {expires_on}에 끝납니다. 새 인증서를 받으면 인증서 화면에 등록해 주세요.",
    ),
    "certificate_expired": NotificationText(
        "인증서의 기간이 끝났습니다",
        "{certification} 인증을 프로필과 추천에서 뺐습니다. 새 인증서를 등록하면 다시 올라갑니다.",
    ),
    "fund_loan_approved": NotificationText(
        "은행이 펀드 대출을 승인했습니다",
        "신청한 {amount}을 연 {rate}%로 빌릴 수 있습니다. {expires_on}까지 은행에서 실행을 마쳐 주세요.",
    ),
    "fund_loan_declined": NotificationText(
        "은행이 펀드 대출을 거절했습니다",
        "신청한 {amount}의 예약이 풀렸습니다. 펀드 대출 화면에서 사유를 확인하고, 조건을 바꾸어 다시 신청할 수 있습니다.",
    ),
    "fund_loan_disbursed": NotificationText(
        "펀드 대출이 실행되었습니다",
        "{disbursed_on}에 {amount}이 실행되었습니다. 첫 납입일은 {first_payment_on}입니다. 펀드 대출 화면에서 상환 일정을 확인해 주세요.",
    ),
    "fund_loan_expired": NotificationText(
        "펀드 대출 신청의 기한이 지났습니다",
        "{amount} 신청이 {expires_on}까지 실행되지 않아 예약이 풀렸습니다. 필요하면 다시 신청해 주세요.",
    ),
    "fund_loan_accelerated": NotificationText(
        "펀드 대출이 기한이익을 잃었습니다",
        "은행이 {accelerated_on}에 {amount} 대출의 기한이익 상실을 정해 남은 원금과 이자를 모두 낼 때가 되었습니다. 펀드 대출 화면에서 금액을 확인하고 은행과 상의해 주세요.",
    ),
    "contract_quoted": NotificationText(
        "할부 견적이 나왔습니다",
        "수요 '{need_title}'의 할부 견적이 나왔습니다. {valid_until}까지 내용을 확인하고 수락해 주세요.",
    ),
    "contract_quote_changed": NotificationText(
        "할부 견적이 바뀌었습니다",
        "수요 '{need_title}'의 할부 견적이 고쳐졌습니다. 바뀐 조건을 확인하고 {valid_until}까지 수락해 주세요.",
    ),
    "contract_accepted": NotificationText(
        "할부 계약이 수락되었습니다",
        "수요 '{need_title}'의 할부 견적이 수락되었습니다. 인도하는 날부터 납입 일정이 정해집니다.",
    ),
    "contract_delivered": NotificationText(
        "인도가 기록되었습니다",
        "수요 '{need_title}'의 설비가 {delivered_on}에 인도된 것으로 기록했습니다. 납입 일정을 확인해 주세요.",
    ),
    "contract_settled": NotificationText(
        "할부 계약을 모두 갚았습니다", "수요 '{need_title}'의 할부 계약에 남은 금액이 없습니다."
    ),
    "contract_cancelled": NotificationText(
        "할부 계약이 취소되었습니다",
        "수요 '{need_title}'의 할부 계약이 취소되었습니다. 까닭은 계약에 적혀 있습니다. 담당자에게 문의해 주세요.",
    ),
    "challenge_chosen": NotificationText(
        "챌린지에 선정되었습니다",
        "'{challenge_title}'에 선정되어 {department}에서 함께 일합니다. 챌린지 화면에서 심사 의견을 확인해 주세요. 담당자가 곧 연락드립니다.",
    ),
    "challenge_not_chosen": NotificationText(
        "챌린지의 결과가 나왔습니다",
        "'{challenge_title}'에는 선정되지 않았습니다. 챌린지 화면에서 기준마다 심사 의견을 확인해 주세요.",
    ),
    "contract_lapsed": NotificationText(
        "할부 견적의 기한이 지났습니다",
        "수요 '{need_title}'의 할부 견적이 기한까지 수락되지 않았습니다. 계속하려면 새 견적을 요청해 주세요.",
    ),
    "instalment_due_soon": NotificationText(
        "곧 할부금을 내는 날입니다",
        "수요 '{need_title}'의 할부금을 내는 날이 {due_on}입니다. 낼 금액은 할부 계약 화면에서 확인해 주세요.",
    ),
    "instalment_late": NotificationText(
        "할부금 납입이 늦었습니다",
        "수요 '{need_title}'의 할부금을 내는 날이 {due_on}이었으나 아직 다 들어오지 않았습니다. 할부 계약 화면에서 남은 금액을 확인해 주세요. 이미 냈다면 담당자에게 알려 주세요.",
    ),
    "supplier_waits": NotificationText(
        "승인을 기다리는 공급기업이 있습니다",
        "{company_name}에서 등록했습니다. 내용을 확인하고 승인하거나 거절해 주세요.",
    ),
    "need_written": NotificationText(
        "새 수요가 들어왔습니다",
        "{company_name}에서 적은 새 수요입니다: '{need_title}'. 후보를 살펴보고 소개해 주세요.",
    ),
    "contract_to_record": NotificationText(
        "수요기업이 할부 견적을 수락했습니다",
        "수요 '{need_title}'의 할부 견적을 수요기업이 수락했습니다. 계약을 확인해 기록하고 인도를 챙겨 주세요.",
    ),
    "contract_late": NotificationText(
        "할부금이 늦은 계약이 있습니다",
        "수요 '{need_title}'의 할부금이 내는 날 {due_on}이 지나도록 다 들어오지 않았습니다. 수요기업에 확인해 주세요.",
    ),
    "fund_loan_waits": NotificationText(
        "펀드 대출 신청이 들어왔습니다",
        "{company_name}에서 {amount}을 신청했습니다. {expires_on}까지 은행의 결정을 받아 기록해 주세요.",
    ),
    "review_assigned": NotificationText(
        "심사할 신청이 배정되었습니다",
        "챌린지 '{challenge_title}'의 신청 {count}건을 심사해 주세요. 이해관계가 있으면 먼저 알려 주세요.",
    ),
    "webhook_gone": NotificationText(
        "웹훅을 껐습니다",
        "'{webhook}' 웹훅의 받는 곳이 더 이상 받지 않는다고 답했습니다. 주소를 고쳐 다시 켜거나 지워 주세요.",
    ),
    "webhook_failing": NotificationText(
        "웹훅을 껐습니다",
        "'{webhook}' 웹훅이 닷새 동안 한 번도 받지 않았습니다. 받는 시스템을 확인한 뒤 다시 켜고 전하지 못한 것을 다시 보내 주세요.",
    ),
}


def notification_text(code: str, facts: Mapping[str, object]) -> NotificationText:
    """Heading and text with the facts filled in. Raises KeyError for an unknown code or a missing fact."""
    told = TEXTS[code]
    return NotificationText(told.title, told.text.format(**facts))


FREQUENCIES: dict[str, str] = {
    "at_once": "올 때마다 바로",
    "daily": "하루치를 모아 날마다 아침 8시에",
    "weekly": "한 주치를 모아 월요일 아침 8시에",
    "none": "메일로 받지 않고 여기에서만 보기",
}
"""How often notifications are mailed."""

_GREETING = "{name} 님, 안녕하세요.\n\n"
_SUBJECT = "[스마트 팩토리 얼라이언스] "
_END = (
    "\n메일을 받는 때를 바꾸거나 그만 받으려면: {settings}\n"
    "로그인하지 않고 바로 그만 받기: {unsubscribe}\n\n"
    "이 메일은 보내기만 하는 주소에서 왔습니다.\nKT 스마트 팩토리 얼라이언스\n"
)

Group = tuple[str, Sequence[tuple[date, str]], str]
"""The heading of a kind, what happened on which day, and where it goes on."""


@dataclass(frozen=True)
class WaysOut:
    """Where a reader sets when mail comes, and where it stops without signing in."""

    settings: str
    unsubscribe: str


def notice_text(name: str, told: NotificationText, place: str, ways_out: WaysOut) -> tuple[str, str]:
    """Subject and text of the letter that tells of one thing."""
    body = f"{told.title}.\n{told.text}\n\n보기: {place}\n"
    return _SUBJECT + told.title, _GREETING.format(name=name) + body + _end(ways_out)


def digest_text(
    name: str, groups: Sequence[Group], count: int, everything: str, ways_out: WaysOut
) -> tuple[str, str]:
    """Subject and text of a digest of that many things, some of which may be left out of the groups."""
    parts = [_GREETING.format(name=name), f"아직 읽지 않은 새 알림 {count}건을 모았습니다.\n"]
    for title, rows, place in groups:
        parts.append(f"\n■ {title} ({len(rows)}건)\n")
        parts += [f"- {day.month}월 {day.day}일: {text}\n" for day, text in rows]
        parts.append(f"  보기: {place}\n")
    left = count - sum(len(rows) for _, rows, _ in groups)
    if left:
        parts.append(f"\n그 밖에 {left}건이 더 있습니다.\n")
    parts += [f"\n모든 알림: {everything}\n", _end(ways_out)]
    return f"{_SUBJECT}새 알림 {count}건", "".join(parts)


def _end(ways_out: WaysOut) -> str:
    return _END.format(settings=ways_out.settings, unsubscribe=ways_out.unsubscribe)
