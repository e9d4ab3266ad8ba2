"""사업자등록번호: ten digits, the last of which checks the others.

The rule is the public one used by the tax service's forms: weights 1 3 7 1 3 7 1 3 5
over the first nine digits, plus the tens digit of the ninth product. A valid number says
nothing about whether the company exists or is still open.
"""

import re
import unicodedata

WEIGHTS = (1, 3, 7, 1, 3, 7, 1, 3, 5)
_SEPARATORS = re.compile(r"[\s\-‐-―−]")


class BusinessNumberError(ValueError):
    """The text is no business number; `code` says which rule it breaks."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def parse_business_number(text: str) -> str:
    """The ten digits of `text`, which may carry hyphens, spaces or full-width digits.

    Raises `BusinessNumberError` with `business_number_shape` or `business_number_check_digit`.
    """
    digits = _SEPARATORS.sub("", unicodedata.normalize("NFKC", text))
    if not re.fullmatch(r"[0-9]{10}", digits) or digits == "0000000000":
        raise BusinessNumberError("business_number_shape")
    if check_digit(digits[:9]) != int(digits[9]):
        raise BusinessNumberError("business_number_check_digit")
    return digits


def check_digit(first_nine: str) -> int:
    """The tenth digit that belongs to the first nine."""
    products = [int(digit) * weight for digit, weight in zip(first_nine, WEIGHTS, strict=True)]
    return -(sum(products) + products[8] // 10) % 10


def format_business_number(digits: str) -> str:
    """Ten digits as they are written on paper: 120-81-47521."""
    return f"{digits[:3]}-{digits[3:5]}-{digits[5:]}"
