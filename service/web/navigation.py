"""Where the people of each role can go: the main menu."""

from collections.abc import Mapping, Sequence

from service.accounts.actor import Role

Places = Sequence[tuple[str, str]]

_STAFF: Places = (
    ("/desk", "업무대"),
    ("/desk/approvals", "승인"),
    ("/desk/needs", "수요"),
    ("/desk/pipeline", "진행 현황"),
    ("/desk/assignments", "배정"),
    ("/desk/contracts", "계약"),
    ("/desk/programmes", "지원 사업"),
    ("/dashboard", "현황판"),
    ("/suppliers", "공급기업"),
    ("/fund", "펀드"),
    ("/calculators", "계산기"),
)

PLACES: Mapping[Role, Places] = {
    Role.ANONYMOUS: (
        ("/try", "문제로 찾아보기"),
        ("/suppliers", "공급기업"),
        ("/programmes", "지원 사업"),
        ("/challenges", "챌린지"),
        ("/calculators", "계산기"),
    ),
    Role.SUPPLIER: (
        ("/supplier", "우리 회사"),
        ("/supplier/leads", "맞는 수요"),
        ("/supplier/fund-loan", "펀드 대출"),
        ("/supplier/programmes", "지원 사업"),
        ("/supplier/challenges", "챌린지"),
        ("/suppliers", "공급기업"),
        ("/calculators", "계산기"),
    ),
    Role.MANUFACTURER: (
        ("/manufacturer", "우리 회사"),
        ("/manufacturer/needs", "수요"),
        ("/manufacturer/contracts", "할부 계약"),
        ("/manufacturer/programmes", "지원 사업"),
        ("/suppliers", "공급기업"),
        ("/calculators", "계산기"),
    ),
    Role.ACCOUNT_MANAGER: (*_STAFF, ("/desk/reviews", "심사")),
    Role.ADMIN: (*_STAFF, ("/admin", "관리")),
}


def places(role: Role) -> Places:
    """The main menu of that role: paths and names."""
    return PLACES[role]


def place_of(role: Role, path: str) -> str | None:
    """The place in which that page is: of those that its address begins with the longest; None for none."""
    around = [place for place, _ in PLACES[role] if path == place or path.startswith(f"{place}/")]
    return max(around, key=len, default=None)
