"""Problems as people of the shop floor tell them: what a good description holds. Written for this project."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Example:
    """A problem that fills the form; `name` is what the link to it says."""

    name: str
    description: str
    industry: str
    region: str
    budget_won: str = ""


EXAMPLES: Mapping[str, Example] = {
    "inspection": Example(
        "눈으로 하는 외관 검사",
        "밥솥 뚜껑을 사출하는데 흑점과 가스 자국을 사람이 눈으로 골라냅니다. 야간에는 놓치는 것이 많아 한 달에 두세 번 반품이 들어오고, 사람마다 합격 기준도 다릅니다.",
        "22",
        "41",
        "9,000만",
    ),
    "plating": Example(
        "종이에 적는 도금 두께",
        "도금 두께를 손으로 재서 종이에 적습니다. 불량이 나와도 어느 조에서 언제 한 것인지 찾지 못해 원인을 모릅니다.",
        "25",
        "28",
    ),
    "schedule": Example(
        "자주 바뀌는 생산 일정",
        "급한 주문이 들어오면 칠판에 적은 일정을 지우고 다시 짭니다. 무엇을 먼저 해야 하는지 몰라 납기를 자주 놓칩니다.",
        "29",
        "48",
    ),
    "breakdown": Example(
        "예고 없이 서는 설비",
        "프레스가 예고 없이 섭니다. 고치는 데 반나절이 걸리고 부품도 그때야 주문합니다. 고장이 나기 전에 알고 싶습니다.",
        "30",
        "31",
        "5,000만",
    ),
    "hygiene": Example(
        "손으로 쓰는 위생 기록",
        "살균 온도를 두 시간마다 종이에 적는데 빠뜨리는 날이 있습니다. 심사를 받을 때마다 기록을 찾느라 이틀이 걸립니다.",
        "10",
        "46",
    ),
    "lifting": Example(
        "무거운 포대 쌓기",
        "25kg 포대를 하루에 600개씩 사람이 팔레트에 쌓습니다. 허리를 다쳐 그만두는 사람이 많고 새로 뽑기도 어렵습니다.",
        "20",
        "43",
        "1억 2,000만",
    ),
}
