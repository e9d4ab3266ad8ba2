"""How an amount of money is written in Korean, and read when somebody types it."""

import re
from fractions import Fraction

_MYRIADS = ((10**12, "조"), (10**8, "억"), (10**4, "만"))


def won_text(amount: int) -> str:
    """The amount with thousands separators: 12000000 -> "12,000,000원"."""
    return f"{amount:,}원"


def won_reading(amount: int) -> str:
    """The amount as it is spoken where that is exact: "1억 2,000만 원", else "12,345,678원"."""
    if amount < 0:
        return f"-{won_reading(-amount)}"
    if amount < 10_000 or amount % 10_000:
        return won_text(amount)
    parts, rest = [], amount
    for size, name in _MYRIADS:
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{count:,}{name}")
    return f"{' '.join(parts)} 원"


_SIZES = {"조": 10**12, "억": 10**8, "천만": 10**7, "백만": 10**6, "만": 10**4, "": 1}
_READABLE = re.compile(rf"(?:\d+(?:\.\d+)?(?:{'|'.join(filter(None, _SIZES))}))*\d*")
_PART = re.compile(rf"(\d+(?:\.\d+)?)({'|'.join(_SIZES)})")


def read_won(typed: str) -> int | None:
    """What "1억 2,000만 원", "1.5억", "3천만원" or "12,000,000" says in won; None when it says no amount."""
    bare = re.sub(r"[\s,]|원$", "", typed.strip())
    if not bare or not _READABLE.fullmatch(bare):
        return None
    amount = sum(Fraction(count) * _SIZES[size] for count, size in _PART.findall(bare))
    return int(amount) if amount.denominator == 1 else None
