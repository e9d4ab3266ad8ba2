"""How values read on a page: amounts, days, codes. Filters of the templates."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from matching import taxonomy
from service.messages import SENTENCES, contracts, desk, financing, fund, notifications, programmes, webhooks
from service.messages.amounts import won_reading, won_text
from service.messages.web import LABELS

KOREA = ZoneInfo("Asia/Seoul")
NOTHING = "–"
_LABELS = {
    **LABELS,
    "check": desk.CHECKS,
    "check_state": desk.CHECK_STATES,
    "rejection": desk.REJECTION_REASONS,
    "progress": desk.PROGRESS,
    "reason": desk.REASON_NAMES,
    "job_status": desk.JOB_STATES,
    "total": desk.TOTALS,
    "loan_status": fund.STATUSES,
    "loan_method": financing.METHODS,
    "line_state": fund.LINE_STATES,
    "fund_account": fund.ACCOUNTS,
    "mail_frequency": notifications.FREQUENCIES,
    **webhooks.LABELS,
    "verdict_of_rule": programmes.ANSWERS,
    "rule_field": programmes.FIELDS,
    "contract_state": contracts.STATES,
    "contract_line_state": contracts.LINE_STATES,
    "contract_line_kind": contracts.KINDS,
    "contract_reminder_channel": contracts.CHANNELS,
}
NOTICES = {code.removeprefix("done_") for code in SENTENCES if code.startswith("done_")}


def day(value: date | str | None) -> str:
    """A day: 2026. 11. 27."""
    if not value:
        return NOTHING
    value = date.fromisoformat(value) if isinstance(value, str) else value
    return f"{value.year}. {value.month}. {value.day}."


def moment(value: datetime | None) -> str:
    """A moment in Korea: 2026. 11. 27. 14:05."""
    if value is None:
        return NOTHING
    there = value.astimezone(KOREA)
    return f"{day(there.date())} {there:%H:%M}"


def iso(value: datetime) -> str:
    """The same for machines, with its zone."""
    return value.astimezone(KOREA).isoformat(timespec="minutes")


def won(value: int | None) -> str:
    """12,000,000원."""
    return NOTHING if value is None else won_text(value)


def reading(value: int | None) -> str:
    """1억 2,000만 원 where that is exact."""
    return NOTHING if value is None else won_reading(value)


def number(value: float | None) -> str:
    """A count with separators."""
    return NOTHING if value is None else f"{value:,}"


def share(value: float) -> str:
    """A share between 0 and 1 in whole percent."""
    return f"{round(value * 100)}%"


def percent(value: Fraction | float) -> str:
    """A rate in percent with at most four decimals: 4.5%."""
    return f"{float(value):.4f}".rstrip("0").rstrip(".") + "%"


def business_number(value: str) -> str:
    """120-81-47521."""
    return f"{value[:3]}-{value[3:5]}-{value[5:]}" if len(value) == 10 else value


def label(code: str | None, kind: str) -> str:
    """What a state is called on a page: `label("pending", "supplier_status")`."""
    return _LABELS[kind].get(code or "", code or NOTHING)


def category(code: str) -> str:
    """A solution category's name."""
    return taxonomy.category_name(code)


def region(code: str) -> str:
    """A province's name."""
    return REGIONS.get(code, code)


def industry(code: str | None) -> str:
    """An industry's name."""
    return _INDUSTRIES.get(code or "", code or NOTHING)


def certification(code: str) -> str:
    """A mark's name, with the sign that it is known by: ISO 9001 품질경영시스템."""
    name = CERTIFICATIONS.get(code, code)
    return f"{_SIGNS[code]} {name}" if code in _SIGNS else name


def paragraphs(text: str) -> list[str]:
    """A longer text by its lines, blank ones left out."""
    return [line for line in text.splitlines() if line.strip()]


REGIONS = {each.code: each.name for each in taxonomy.regions()}
CATEGORIES = {code: taxonomy.category_name(code) for code in taxonomy.category_codes()}
_INDUSTRIES = {each.code: each.name for each in taxonomy.industries()}
CERTIFICATIONS = {each.code: each.name for each in taxonomy.certifications()}
_SIGNS = {
    "ISO9001": "ISO 9001", "ISO14001": "ISO 14001", "ISO45001": "ISO 45001", "ISO27001": "ISO 27001",
    "IATF16949": "IATF 16949", "CSAP": "CSAP", "ISMS_P": "ISMS-P", "HACCP": "HACCP", "NET": "NET",
    "NEP": "NEP",
}  # fmt: skip

FILTERS: Mapping[str, Callable[..., Any]] = {
    each.__name__: each
    for each in (
        day, moment, iso, won, reading, number, share, percent, business_number, label, category, region,
        industry, certification, paragraphs,
    )
}  # fmt: skip
