"""Forms: what was typed, what a schema makes of it, and what is wrong, each by the name of its field.

A field is named by its path in the schema: `company_name`, `contact.email`, `solutions.0.name`. So one
reader serves every form, and a refusal of the schema or of an operation finds its field by itself.

A check box that was left empty is not sent at all: the template puts an empty hidden field of the same name
before a box or a group of them, which tells "nothing ticked" from "not asked".
"""

import re
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, contextmanager
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Request
from pydantic import BaseModel, ValidationError
from sqlmodel import Session
from starlette.datastructures import ImmutableMultiDict, UploadFile

from service.financing.errors import TermsError
from service.kit.problem_handlers import fault_sentence, pointer
from service.kit.problems import Problem, field_problem
from service.messages import sentence
from service.messages.web import ON_PAGES
from service.web.typed_documents import document_of, fields_of, row_numbers, without_empty_rows

Model = TypeVar("Model", bound=BaseModel)
Pairs = Sequence[tuple[str, str]]

CARRIED = "carried"
"""The hidden field of a form that another page sends on, filled in, to be completed by hand."""

_NOT_OF_A_FIELD = (403, 404)
"""Refusals that a form cannot show: they are a page of their own."""


class Form:
    """What stands in the fields of one form."""

    def __init__(self, pairs: Pairs = (), errors: Mapping[str, str] | None = None) -> None:
        self.values = ImmutableMultiDict(without_empty_rows(pairs))
        self.errors: dict[str, str] = dict(errors or {})
        self.refusals: list[str] = []
        """What is wrong and belongs to no single field."""

    @classmethod
    def holding(cls, document: Mapping[str, Any] | BaseModel) -> "Form":
        """A form that shows what is already there."""
        content = document.model_dump(mode="json") if isinstance(document, BaseModel) else document
        return cls(fields_of(content))

    @property
    def is_refused(self) -> bool:
        """Whether anything is wrong."""
        return bool(self.errors or self.refusals)

    @property
    def is_carried(self) -> bool:
        """Whether it is to be shown for completing, not to be tried: another page filled it in."""
        return bool(self.text(CARRIED))

    def text(self, name: str, default: str = "") -> str:
        """The first value of a field."""
        return self.values.get(name, default)

    def many(self, name: str) -> list[str]:
        """All values of a group of boxes."""
        return [value for value in self.values.getlist(name) if value]

    def error(self, name: str) -> str | None:
        """What is wrong with a field or with any one of its values."""
        if name in self.errors:
            return self.errors[name]
        inside = re.compile(rf"{re.escape(name)}\.\d+$")
        return next((text for at, text in self.errors.items() if inside.match(at)), None)

    def rows(self, name: str, at_least: int = 0) -> list[int]:
        """The numbers of the rows of a repeated group, in order; as many more as are wanted at least."""
        numbers = row_numbers(self.values, name)
        more = range(numbers[-1] + 1 if numbers else 0, at_least + 100)
        return numbers + list(more)[: max(0, at_least - len(numbers))]

    def read(self, model: type[Model], **given: Any) -> Model:
        """The document of that schema that was typed. Raises pydantic's `ValidationError`.

        `given` are values that the page knows and the form does not ask for.
        """
        return model.model_validate(document_of(model, self.values) | given)

    @contextmanager
    def trying(self, session: Session) -> Iterator[None]:
        """Try what the form asks for: a refusal undoes all of it and stands in the form afterwards.

        Leave the block by `return`; what follows it shows the form again. Raises what a form cannot show.
        """
        try:
            with session.begin_nested():
                yield
        except ValidationError as error:
            self.note(error)
        except TermsError as refusal:
            values: dict[str, Any] = dict(refusal.values)
            self.refuse(field_problem(refusal.pointer, refusal.code, **values))
        except Problem as problem:
            if problem.status in _NOT_OF_A_FIELD or problem.status >= 500:
                raise
            self.refuse(problem)

    def refuse(self, problem: Problem) -> None:
        """Show that refusal in the form."""
        for error in problem.errors:
            self.errors[error.pointer.strip("/").replace("/", ".")] = error.message
        if not problem.errors:
            self.refusals.append(ON_PAGES.get(problem.code, problem.detail))

    def note(self, error: ValidationError) -> None:
        """Show what a schema refused, each at its field."""
        for fault in error.errors():
            name = pointer(fault["loc"]).strip("/").replace("/", ".")
            self.errors.setdefault(name, _page_sentence(fault))


async def _posted(request: Request) -> AsyncIterator[Form]:
    """The form that came with a request; kept there too, for the page that asks to sign in first.

    Files that came with it can be read until the request is answered.
    """
    pairs: list[tuple[str, str]] = []
    async with AsyncExitStack() as until_answered:
        if request.method == "POST":
            form = await until_answered.enter_async_context(request.form(max_fields=3000))
            pairs = [(name, _typed(value)) for name, value in form.multi_items()]
        request.state.posted = pairs
        yield Form(pairs)


Posted = Annotated[Form, Depends(_posted)]


def asked(request: Request) -> Form:
    """The form that stands in the query of a page: searches and calculations that a link can repeat."""
    return Form(request.query_params.multi_items())


Asked = Annotated[Form, Depends(asked)]


def _typed(value: str | UploadFile) -> str:
    return value.replace("\r\n", "\n") if isinstance(value, str) else value.filename or ""


def _page_sentence(fault: Mapping[str, Any]) -> str:
    """As in the API, but for people who type: nothing of pointers and quotation marks."""
    if fault["type"] in ("missing", "not_null") or _is_blank(fault):
        return sentence("field_needed")
    if fault["type"] == "registration_consent_required":
        return sentence("consent_needed")
    if fault["type"] == "int_type":
        return sentence("amount_unreadable")
    if fault["type"] == "unknown_code":
        return sentence("choice_unknown", value=fault.get("ctx", {}).get("value", ""))
    if fault["type"] in ON_PAGES:
        return page_sentence(fault["type"])
    return fault_sentence(fault)


def page_sentence(code: str, **values: object) -> str:
    """The sentence of that code as people who fill in a form read it."""
    return ON_PAGES[code].format(**values) if code in ON_PAGES else sentence(code, **values)


def _is_blank(fault: Mapping[str, Any]) -> bool:
    return fault["type"] in ("string_too_short", "too_short") and not fault.get("input")
