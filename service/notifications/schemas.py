"""Notifications on the wire."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from service.db.tables import Notification
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


def notification_answer(row: Notification) -> NotificationAnswer:
    """A row with its sentences."""
    told = notification_text(row.code, row.facts)
    kept = row.model_dump(include={"id", "code", "facts", "created_at", "read_at"})
    return NotificationAnswer(**kept, title=told.title, text=told.text)
