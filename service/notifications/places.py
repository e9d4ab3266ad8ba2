"""Where on the website somebody goes on from a notification, by its code and who reads it."""

from collections.abc import Mapping
from string import Formatter

from service.db.tables import NotificationCode

LIST = "/me/notifications"
"""Where everyone sees all of theirs, and sets how often they are mailed."""
UNSUBSCRIBE = "/me/notifications/unsubscribe"
"""Where a mailed link stops the mail without signing in."""

_CONTRACTS = (
    NotificationCode.CONTRACT_QUOTED,
    NotificationCode.CONTRACT_QUOTE_CHANGED,
    NotificationCode.CONTRACT_ACCEPTED,
    NotificationCode.CONTRACT_DELIVERED,
    NotificationCode.CONTRACT_SETTLED,
    NotificationCode.CONTRACT_CANCELLED,
    NotificationCode.CONTRACT_LAPSED,
    NotificationCode.INSTALMENT_DUE_SOON,
    NotificationCode.INSTALMENT_LATE,
)
_SUPPLIER: Mapping[str, str] = {
    NotificationCode.SUPPLIER_APPROVED: "/supplier/leads",
    NotificationCode.SUPPLIER_REJECTED: "/supplier",
    NotificationCode.SUPPLIER_SUSPENDED: "/supplier",
    NotificationCode.INTRODUCED_TO_MANUFACTURER: "/supplier/leads",
    NotificationCode.CERTIFICATE_EXPIRES_SOON: "/supplier/documents",
    NotificationCode.CERTIFICATE_EXPIRED: "/supplier/documents",
    NotificationCode.FUND_LOAN_APPROVED: "/supplier/fund-loan/{loan_id}",
    NotificationCode.FUND_LOAN_DECLINED: "/supplier/fund-loan/{loan_id}",
    NotificationCode.FUND_LOAN_DISBURSED: "/supplier/fund-loan/{loan_id}",
    NotificationCode.FUND_LOAN_EXPIRED: "/supplier/fund-loan/{loan_id}",
    NotificationCode.FUND_LOAN_ACCELERATED: "/supplier/fund-loan/{loan_id}",
    NotificationCode.CHALLENGE_CHOSEN: "/supplier/challenges",
    NotificationCode.CHALLENGE_NOT_CHOSEN: "/supplier/challenges",
    **dict.fromkeys(_CONTRACTS, "/supplier/contracts/{contract_id}"),
}
_MANUFACTURER: Mapping[str, str] = {
    NotificationCode.INTRODUCED_TO_SUPPLIER: "/manufacturer/needs",
    **dict.fromkeys(_CONTRACTS, "/manufacturer/contracts/{contract_id}"),
}
_PLACES: Mapping[str, Mapping[str, str]] = {
    "supplier": _SUPPLIER,
    "manufacturer": _MANUFACTURER,
    "account_manager": {
        NotificationCode.SUPPLIER_WAITS: "/desk/approvals",
        NotificationCode.NEED_WRITTEN: "/desk/needs/{need_id}",
        NotificationCode.CONTRACT_TO_RECORD: "/desk/contracts/{contract_id}",
        NotificationCode.CONTRACT_LATE: "/desk/contracts/{contract_id}",
        NotificationCode.FUND_LOAN_WAITS: "/fund/loans/{loan_id}",
        NotificationCode.REVIEW_ASSIGNED: "/desk/reviews",
    },
    "admin": {
        NotificationCode.WEBHOOK_GONE: "/admin/webhooks",
        NotificationCode.WEBHOOK_FAILING: "/admin/webhooks",
    },
}


def place_of(code: str, role: str, facts: Mapping[str, object]) -> str:
    """Where it goes on; the list of all notifications where there is no better place.

    A place of one thing is named by the facts. Without that fact it is the list of such things.
    """
    place = _PLACES.get(role, {}).get(code, LIST)
    if all(name is None or name in facts for _, name, _, _ in Formatter().parse(place)):
        return place.format(**facts)
    return place.partition("/{")[0]


def place_of_several(code: str, role: str) -> str:
    """Where all of that kind are seen together."""
    return place_of(code, role, {})
