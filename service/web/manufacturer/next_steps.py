"""What a manufacturer can do next about a need, in a few words."""

from dataclasses import dataclass

from service.db.tables import NeedStatus


@dataclass(frozen=True)
class NextStep:
    """A sentence, and what the link to it is called; `part` is the place on the need's page."""

    text: str
    action: str
    part: str = ""


def next_step(status: str, *, confirmed: bool, introduced: int) -> NextStep:
    """By where the need stands; what is further along comes first."""
    if status == NeedStatus.CLOSED.value:
        return NextStep("끝난 수요입니다. 다시 필요하면 열 수 있습니다.", "수요 보기")
    if status == NeedStatus.CONTRACTED.value:
        return NextStep("계약했습니다. 도입이 끝나면 수요를 닫아 주세요.", "소개 보기", "introductions")
    if introduced:
        text = f"공급기업 {introduced}곳을 소개받았습니다. 먼저 통화해 보세요."
        return NextStep(text, "소개 보기", "introductions")
    if not confirmed:
        return NextStep("어떤 솔루션이 필요한지 확인해 주세요. 1분이면 됩니다.", "분야 확인하기", "kinds")
    return NextStep(
        "담당자가 후보를 살펴보고 있습니다. 소개가 정해지면 알려 드립니다.", "후보 보기", "candidates"
    )
