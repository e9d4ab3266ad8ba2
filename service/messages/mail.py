"""What is mailed: subject and text by purpose."""

from dataclasses import dataclass

_CLOSING = "\n\n이 메일은 보내기만 하는 주소에서 왔습니다.\nKT 스마트 팩토리 얼라이언스\n"


@dataclass(frozen=True)
class MailText:
    """A letter with places for its values."""

    subject: str
    body: str


LETTERS: dict[str, MailText] = {
    "reset": MailText(
        "[스마트 팩토리 얼라이언스] 비밀번호를 새로 정해 주세요",
        "{name} 님, 안녕하세요.\n\n비밀번호를 새로 정하려면 30분 안에 아래 주소를 열어 주세요. 한 번만 쓸 수 있습니다.\n\n{link}\n\n"
        "요청하신 적이 없다면 이 메일을 지워 주세요. 비밀번호는 바뀌지 않습니다.",
    ),
    "confirmation": MailText(
        "[스마트 팩토리 얼라이언스] 전자우편 주소를 확인해 주세요",
        "{name} 님, 안녕하세요.\n\n이 주소가 맞는지 확인하려면 3일 안에 아래 주소를 열어 주세요. 확인한 주소로만 수요 소식을 보내 드립니다.\n\n"
        "{link}\n\n등록하신 적이 없다면 이 메일을 지워 주세요.",
    ),
    "invitation": MailText(
        "[스마트 팩토리 얼라이언스] 동료가 초대했습니다",
        "{name} 님, 안녕하세요.\n\n같은 회사의 동료가 스마트 팩토리 얼라이언스에 초대했습니다. 7일 안에 아래 주소를 열어 비밀번호를 정해 주세요.\n\n"
        "{link}\n\n모르는 일이라면 이 메일을 지워 주세요. 계정은 만들어지지 않습니다.",
    ),
}


def mail_text(purpose: str, **values: str) -> tuple[str, str]:
    """Subject and text of that purpose with the values filled in. Raises KeyError for an unknown one."""
    text = LETTERS[purpose]
    return text.subject, text.body.format(**values) + _CLOSING
