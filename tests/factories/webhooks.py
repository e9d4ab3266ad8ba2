"""Receivers of webhooks: what is registered, and one that listens."""

from typing import Any

NOBODY_LISTENS = "http://127.0.0.1:9/hooks"
"""The port that discards: nothing listens there."""


def endpoint(**changes: Any) -> dict[str, Any]:
    """The body of a registration."""
    return {"url": NOBODY_LISTENS, "description": "얼라이언스 누리집"} | changes
