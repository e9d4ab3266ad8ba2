"""사업자등록번호: what is read, what is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.kit.business_number import (
    BusinessNumberError,
    check_digit,
    format_business_number,
    parse_business_number,
)

NINE_DIGITS = st.from_regex(r"[0-9]{9}", fullmatch=True).filter(lambda digits: digits != "000000000")


# Published by companies of public record in their footers, as the law on electronic commerce asks.
@pytest.mark.parametrize("number", ["120-81-47521", "124-81-00998", "220-81-62517", "102-81-42945"])
def test_numbers_in_use_are_valid(number: str) -> None:
    assert format_business_number(parse_business_number(number)) == number


@given(NINE_DIGITS)
def test_exactly_one_last_digit_fits(first_nine: str) -> None:
    fitting = [digit for digit in range(10) if check_digit(first_nine) == digit]
    assert len(fitting) == 1
    assert parse_business_number(f"{first_nine}{fitting[0]}") == f"{first_nine}{fitting[0]}"
    for wrong in set(range(10)) - set(fitting):
        with pytest.raises(BusinessNumberError) as refused:
            parse_business_number(f"{first_nine}{wrong}")
        assert refused.value.code == "business_number_check_digit"


@given(NINE_DIGITS, st.integers(0, 8), st.integers(1, 9))
def test_a_mistyped_digit_among_the_first_eight_is_noticed(first_nine: str, place: int, by: int) -> None:
    """The ninth is weighed by 5 and its tens are added, which lets no single mistake through either."""
    mistyped = first_nine[:place] + str((int(first_nine[place]) + by) % 10) + first_nine[place + 1 :]
    assert check_digit(mistyped) != check_digit(first_nine)


@pytest.mark.parametrize(
    "written", ["1208147521", "120-81-47521", " 120 81 47521 ", "１２０－８１－４７５２１", "120–81–47521"]
)
def test_hyphens_spaces_and_full_width_digits_do_not_matter(written: str) -> None:
    assert parse_business_number(written) == "1208147521"


@pytest.mark.parametrize(
    "text", ["", "0000000000", "120814752", "12081475211", "12081475ab", "일이공", "+1208147521", "٣" * 10]
)
def test_what_is_no_ten_digits_is_refused_for_its_shape(text: str) -> None:
    with pytest.raises(BusinessNumberError) as refused:
        parse_business_number(text)
    assert refused.value.code == "business_number_shape"
