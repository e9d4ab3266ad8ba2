"""Entity tags over a version number: optimistic locking on the wire (RFC 9110, 8.8 and 13.1)."""

from typing import Annotated

from fastapi import Header

from service.kit.problems import Problem

IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match",
        description="고치려는 자료를 읽었을 때 받은 ETag. PATCH와 DELETE에는 반드시 필요합니다.",
    ),
]


def etag(version: int) -> str:
    """The strong entity tag of that version."""
    return f'"{version}"'


def require_match(if_match: str | None, version: int) -> None:
    """Refuse a change that was made against another version than the present one.

    Raises `Problem` 428 when the header is missing, 412 when it names another version.
    """
    if if_match is None:
        raise Problem(428, "if_match_required")
    tags = {tag.strip().removeprefix("W/") for tag in if_match.split(",")}
    if "*" not in tags and etag(version) not in tags:
        raise Problem(412, "stale_version", headers={"ETag": etag(version)})
