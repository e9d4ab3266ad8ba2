"""Bank business days of Korea and the days that instalments keep."""

from datetime import date

import pytest

from service.financing.calendar import (
    BusinessCalendar,
    leap_and_common_days,
    months_after,
    years_after,
)
from service.financing.conventions import BusinessDay

CALENDAR = BusinessCalendar()


@pytest.mark.parametrize(
    "day",
    [
        "2025-05-01",  # Labour Day closes banks although it was no public holiday
        "2025-06-03",
        "2026-06-03",
        "2026-07-17",
        "2027-05-03",
        "2027-07-19",
        "2028-04-12",
        "2028-07-17",
        "2024-10-01",  # temporary
        "2025-01-27",  # temporary
        "2020-08-17",  # temporary
        "2026-03-02",  # substitute
    ],
)
def test_banks_are_closed_on_public_substitute_and_temporary_holidays(day: str) -> None:
    assert not CALENDAR.is_business_day(date.fromisoformat(day))


@pytest.mark.parametrize(
    ("convention", "paid"),
    [
        (BusinessDay.NONE, date(2026, 5, 31)),
        (BusinessDay.FOLLOWING, date(2026, 6, 1)),
        (BusinessDay.MODIFIED_FOLLOWING, date(2026, 5, 29)),
        (BusinessDay.PRECEDING, date(2026, 5, 29)),
    ],
)
def test_a_sunday_at_the_end_of_a_month_moves_by_convention(convention: BusinessDay, paid: date) -> None:
    assert CALENDAR.adjust(date(2026, 5, 31), convention) == paid


def test_modified_following_moves_forward_inside_a_month() -> None:
    assert CALENDAR.adjust(date(2026, 5, 24), BusinessDay.MODIFIED_FOLLOWING) == date(2026, 5, 26)


def test_overrides_open_and_close_days_and_show_in_the_version() -> None:
    proclaimed = BusinessCalendar({date(2026, 11, 23): False, date(2026, 12, 25): True})

    assert not proclaimed.is_business_day(date(2026, 11, 23))
    assert proclaimed.is_business_day(date(2026, 12, 25))
    assert proclaimed.version.startswith(f"{CALENDAR.version} +2 overrides ")


def test_the_version_names_the_holiday_package() -> None:
    assert CALENDAR.version == "holidays 0.109 KR public+bank"


def test_a_month_end_anchor_is_kept() -> None:
    assert [months_after(date(2024, 1, 31), later, 31) for later in range(1, 5)] == [
        date(2024, 2, 29),
        date(2024, 3, 31),
        date(2024, 4, 30),
        date(2024, 5, 31),
    ]


def test_a_leap_day_falls_back_a_day_in_a_common_year() -> None:
    assert years_after(date(2024, 2, 29), 3) == date(2027, 2, 28)


def test_days_are_split_between_leap_and_common_years() -> None:
    assert leap_and_common_days(date(2023, 12, 15), date(2024, 1, 15)) == (14, 17)
    assert leap_and_common_days(date(2024, 2, 1), date(2024, 2, 1)) == (0, 0)
    assert leap_and_common_days(date(2023, 1, 1), date(2026, 1, 1)) == (366, 730)


def test_a_holiday_has_its_korean_name_and_a_plain_weekend_none() -> None:
    calendar = BusinessCalendar()

    assert calendar.holiday_name(date(2026, 9, 25)) == "추석"
    assert calendar.holiday_name(date(2026, 5, 1)) == "노동절"
    assert calendar.holiday_name(date(2026, 11, 28)) is None
