"""Identifiers: UUID version 7 (RFC 9562), so that newer rows sort after older ones."""

from uuid import UUID

import uuid_utils.compat


def new_id() -> UUID:
    """A fresh, time-ordered identifier."""
    return uuid_utils.compat.uuid7()
