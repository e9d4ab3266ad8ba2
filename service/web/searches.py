"""Lists that are asked for by a form in their address: what of it can be read, and how it is asked again."""

from typing import TypeVar

from pydantic import BaseModel
from sqlmodel import Session

from service.web.forms import Form

_NOT_ASKED = ("cursor", "done")

Wanted = TypeVar("Wanted", bound=BaseModel)


def wanted_of(asked: Form, session: Session, model: type[Wanted]) -> Wanted:
    """What was asked for; nothing, with the refusal beside its field, when it cannot be read."""
    with asked.trying(session):
        return asked.read(model)
    return model()


def cursor_of(asked: Form) -> str | None:
    """Where the part of the list begins that was asked for."""
    return asked.text("cursor") or None


def query_of(asked: Form) -> dict[str, str]:
    """The same question for another part of the list."""
    return {name: value for name, value in asked.values.items() if value and name not in _NOT_ASKED}
