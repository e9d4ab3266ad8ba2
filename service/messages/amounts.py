"""How an amount of money is written in a Korean sentence."""

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
