"""Notifications on the wire."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from service.db.tables import MailFrequency, Notification
from service.messages.notifications import notification_text


class NotificationAnswer(BaseModel):
    """What happened, in words and as a code with its facts."""

    id: UUID
    code: str
    title: str
    text: str
    facts: dict[str, Any]
    created_at: datetime
    read_at: datetime | None


class ReadingInput(BaseModel):
    """Which notifications were seen."""

    model_config = ConfigDict(extra="forbid")

    ids: Annotated[list[UUID], Field(min_length=1, max_length=100)]


class ReadingAnswer(BaseModel):
    """How many of them were new, and how many are still unread."""

    marked: int
    unread: int


class MailChoicePatch(BaseModel):
    """How often notifications are to be mailed."""

    model_config = ConfigDict(extra="forbid")

    frequency: MailFrequency = Field(
        description="at_once: 올 때마다, daily: 날마다 아침 8시, weekly: 월요일 아침 8시, none: 받지 않음"
    )


class MailChoiceAnswer(BaseModel):
    """How often notifications are mailed, and whether there is an address to mail them to."""

    frequency: MailFrequency
    email_confirmed: bool = Field(description="확인한 주소로만 보냅니다.")


def notification_answer(row: Notification) -> NotificationAnswer:
    """A row with its sentences."""
    told = notification_text(row.code, row.facts)
    kept = row.model_dump(include={"id", "code", "facts", "created_at", "read_at"})
    return NotificationAnswer(**kept, title=told.title, text=told.text)
