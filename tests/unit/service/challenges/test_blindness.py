"""What reviewers read says nothing of who applied: names in every form, brands, numbers."""

import pytest

from service.challenges.blindness import Identity, brands_in
from service.recommendations.anonymity import HIDDEN


@pytest.mark.parametrize("kept", ["(주)가온 계측", "주식회사 가온계측", "가온계측(주)", "㈜ 가온계측"])
@pytest.mark.parametrize(
    "written",
    ["(주)가온 계측", "가온계측 주식회사", "주식회사 가온계측", "가온계측", "가온 계측", "120-81-47521"],
)
def test_a_company_is_hidden_in_every_way_of_writing_it(kept: str, written: str) -> None:
    shown = Identity(kept, frozenset()).hidden_in(f"저희 {written}에서는 두께를 잽니다.")
    assert "가온" not in shown
    assert "47521" not in shown
    assert HIDDEN in shown
    assert shown.endswith("에서는 두께를 잽니다.")


@pytest.mark.parametrize(
    ("name", "brands"),
    [
        ("SafeNode 가스 측정기", {"SafeNode"}),
        ("‘숨소리’ 밀폐공간 관제와 AirGuard® 경보", {"숨소리", "AirGuard"}),
        ("3D AOI와 MES를 잇는 IoT 관제", set()),
        ("인라인 도금 두께 측정", set()),
    ],
)
def test_brands_are_told_by_how_they_are_written(name: str, brands: set[str]) -> None:
    assert brands_in(name) == brands
