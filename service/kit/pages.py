"""Keyset pages: a cursor holds the sort key of the last row shown, never an offset."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from typing import Annotated, Generic, TypeVar
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel

from service.kit.problems import Problem

Item = TypeVar("Item")
Row = TypeVar("Row")

Limit = Annotated[int, Query(ge=1, le=100, description="한 번에 받을 개수")]
Cursor = Annotated[str | None, Query(max_length=500, description="앞선 답의 next_cursor")]


class Page(BaseModel, Generic[Item]):
    """A slice of a list; `next_cursor` is null on the last one."""

    items: list[Item]
    next_cursor: str | None


def encode_cursor(key: Sequence[str]) -> str:
    """An opaque, URL-safe form of a sort key."""
    return base64.urlsafe_b64encode(json.dumps(list(key)).encode()).decode().rstrip("=")


def decode_cursor(cursor: str, length: int) -> list[str]:
    """The sort key inside a cursor. Raises `Problem` 422 when it is not one of ours."""
    try:
        key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError) as error:
        raise Problem(422, "cursor_invalid") from error
    if not isinstance(key, list) or len(key) != length or not all(map(_is_storable, key)):
        raise Problem(422, "cursor_invalid")
    return key


def _is_storable(part: object) -> bool:
    """A text that the database can compare with its own: neither NUL nor half a character."""
    return (
        isinstance(part, str)
        and "\x00" not in part
        and not any("\ud800" <= char <= "\udfff" for char in part)
    )


def cut_page(
    rows: Sequence[Row], limit: int, key: Callable[[Row], Sequence[str]]
) -> tuple[list[Row], str | None]:
    """The first `limit` of `limit + 1` fetched rows, and the cursor when more follow."""
    shown = list(rows[:limit])
    return shown, encode_cursor(key(shown[-1])) if len(rows) > limit else None


def decode_id_cursor(cursor: str) -> UUID:
    """The sort key of a list ordered by an id. Raises `Problem` 422."""
    try:
        return UUID(decode_cursor(cursor, 1)[0])
    except ValueError as error:
        raise Problem(422, "cursor_invalid") from error


def decode_uuid_cursor(cursor: str) -> tuple[str, UUID]:
    """The sort key of a list ordered by a text and then an id. Raises `Problem` 422."""
    value, identifier = decode_cursor(cursor, 2)
    try:
        return value, UUID(identifier)
    except ValueError as error:
        raise Problem(422, "cursor_invalid") from error
