"""Business numbers with a right check digit, none of them twice in a run."""

from itertools import count

from service.kit.business_number import check_digit, format_business_number

_sequence = count(1)


def business_number() -> str:
    """A fresh valid number, with hyphens."""
    first_nine = f"{700_000_000 + next(_sequence) * 7919 % 99_999_989:09d}"
    return format_business_number(f"{first_nine}{check_digit(first_nine)}")


def wrong_check_digit() -> str:
    """A number whose last digit is off by one."""
    good = business_number()
    return good[:-1] + str((int(good[-1]) + 1) % 10)
