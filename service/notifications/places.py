"""Where on the website somebody goes on from a notification, by its code and who reads it."""

from collections.abc import Mapping

from service.db.tables import NotificationCode

SETTINGS = "/me/notifications"
"""Where everyone sets how often notifications are mailed."""

_LISTS: Mapping[str, str] = {
    "supplier": "/supplier/notifications",
    "manufacturer": "/manufacturer",
    "admin": SETTINGS,
}
_SUPPLIER: Mapping[str, str] = {
    NotificationCode.SUPPLIER_APPROVED: "/supplier/leads",
    NotificationCode.SUPPLIER_REJECTED: "/supplier",
    NotificationCode.SUPPLIER_SUSPENDED: "/supplier",
    NotificationCode.INTRODUCED_TO_MANUFACTURER: "/supplier/leads",
    NotificationCode.CERTIFICATE_EXPIRES_SOON: "/supplier/documents",
    NotificationCode.CERTIFICATE_EXPIRED: "/supplier/documents",
    NotificationCode.FUND_LOAN_APPROVED: "/supplier/fund-loan",
    NotificationCode.FUND_LOAN_DECLINED: "/supplier/fund-loan",
    NotificationCode.FUND_LOAN_DISBURSED: "/supplier/fund-loan",
    NotificationCode.FUND_LOAN_EXPIRED: "/supplier/fund-loan",
}
_PLACES: Mapping[str, Mapping[str, str]] = {
    "supplier": _SUPPLIER,
    "manufacturer": {NotificationCode.INTRODUCED_TO_SUPPLIER: "/manufacturer/needs"},
    "admin": {
        NotificationCode.WEBHOOK_GONE: "/admin/webhooks",
        NotificationCode.WEBHOOK_FAILING: "/admin/webhooks",
    },
}


def list_of(role: str) -> str:
    """Where people of that role see all of theirs."""
    return _LISTS.get(role, SETTINGS)


def place_of(code: str, role: str) -> str:
    """Where it goes on; the list where there is no better place."""
    return _PLACES.get(role, {}).get(code, list_of(role))
