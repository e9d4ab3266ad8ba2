"""Masked personal data: recognisable, of no use to a stranger."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.kit.masking import mask_email, mask_name, mask_phone


@pytest.mark.parametrize(
    ("name", "shown"),
    [("홍길동", "홍*동"), ("김가", "김*"), ("남궁민수", "남**수"), ("김", "김*"), ("", "*")],
)
def test_a_name_keeps_its_first_and_last_letter(name: str, shown: str) -> None:
    assert mask_name(name) == shown


@pytest.mark.parametrize(
    ("address", "shown"),
    [("hong@company.example", "h***@company.example"), ("h@company.example", "h***@company.example")],
)
def test_an_address_does_not_tell_how_long_it_is(address: str, shown: str) -> None:
    assert mask_email(address) == shown


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("010-1234-5678", "010-****-5678"),
        ("031-123-4567", "031-***-4567"),
        ("02-123-4567", "02-***-4567"),
        ("01012345678", "010****5678"),
        ("+82 10-1234-5678", "+82 **-****-5678"),
        ("1588-1234", "158*-1234"),
    ],
)
def test_a_phone_number_keeps_its_exchange_and_its_last_four_digits(number: str, shown: str) -> None:
    assert mask_phone(number) == shown


@given(st.from_regex(r"\A0[1-9][0-9]?-[0-9]{3,4}-[0-9]{4}\Z"))
def test_the_middle_of_a_phone_number_is_never_shown(number: str) -> None:
    assert set(mask_phone(number).split("-")[1]) == {"*"}
