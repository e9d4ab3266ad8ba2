"""Personal data as a list shows it: enough to recognise, too little to use."""

import re

_KEPT_DIGITS = 4


def mask_name(name: str) -> str:
    """The first and the last letter: 홍길동 is 홍*동, 김가 is 김*."""
    if len(name) <= 2:
        return name[:1] + "*"
    return name[0] + "*" * (len(name) - 2) + name[-1]


def mask_email(address: str) -> str:
    """The first letter and the domain: h***@company.example, however long the name is."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}***@{domain}"


def mask_phone(number: str) -> str:
    """The leading group and the last four digits: 010-****-1234."""
    lead = re.match(r"\+?\d{2,3}(?=\D|\d{7})|\+?\d{1,3}", number)
    start = lead.end() if lead else 0
    rest = number[start:]
    hidden = max(sum(char.isdigit() for char in rest) - _KEPT_DIGITS, 0)
    return number[:start] + re.sub(r"\d", "*", rest, count=hidden) if hidden else number[:start] + rest
