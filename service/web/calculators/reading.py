"""A calculation as its address states it: read by the schema of the API, refused beside its fields."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from unicodedata import normalize
from urllib.parse import urlencode

from fastapi import Request
from pydantic import BaseModel, ValidationError

from service.financing.errors import TermsError
from service.messages.web import LABELS
from service.web.forms import Form, Pairs, page_sentence
from service.web.typed_documents import fields_of

ROWS_FROM = "rows_from"
"""The field of an address that says from which row on a long table is shown."""

_AMOUNTS_TO_NAME = (
    (re.compile(r"(.*)grant\.amount_won"), r"\1grant.programme", "grant"),
    (re.compile(r"(.*fees\.\d+\.)amount_won"), r"\1name", "fee"),
)
"""An amount, the field of its name, and the word (in `LABELS`) for one that was typed without a name."""

_KIND_IN_POINTER = re.compile(r"^(options\.\d+)\.(?:installment|fund_loan|lump_sum)\.")


def opened(asked: Form, first: Mapping[str, str]) -> Form:
    """The form of a page: what the address says, and the values of a first opening for what it leaves out."""
    pairs = [(name, _tidied(name, value)) for name, value in asked.values.multi_items() if name != ROWS_FROM]
    left_out = [(name, value) for name, value in first.items() if name not in asked.values]
    return Form(_named([*pairs, *left_out]))


@contextmanager
def computing(form: Form) -> Iterator[None]:
    """Compute what the form asks for; what the schema or the engine refuses stands in the form afterwards."""
    try:
        yield
    except ValidationError as error:
        form.note(error)
        form.errors = {_KIND_IN_POINTER.sub(r"\1.", name): text for name, text in form.errors.items()}
    except TermsError as refusal:
        name = refusal.pointer.strip("/").replace("/", ".")
        form.errors[name] = page_sentence(refusal.code, **refusal.values)


def pairs_of(form: Form, model: type[BaseModel], first: Mapping[str, str]) -> Pairs:
    """The shortest fields that say the same: without empty ones and without what holds anyway."""
    usual = _usual(model)
    return [
        (name, value)
        for name, value in form.values.multi_items()
        if name in first or (value and usual.get(name) != value)
    ]


def address(path: str, pairs: Pairs, **more: object) -> str:
    """The address that repeats a calculation."""
    plain = [(name, value.replace(",", "") if name.endswith("_won") else value) for name, value in pairs]
    return f"{path}?{urlencode([*plain, *more.items()])}"


def whole_address(request: Request, path: str, pairs: Pairs) -> str:
    """The same with the name of the site, to be sent to others."""
    public: str = request.app.state.settings.public_url
    return public.rstrip("/") + address(path, pairs)


@cache
def _usual(model: type[BaseModel]) -> Mapping[str, str]:
    return dict(fields_of(model.model_construct().model_dump(mode="json", by_alias=True)))


def _tidied(name: str, value: str) -> str:
    """People write "4.5 %" and paste full-width digits."""
    value = normalize("NFKC", value).strip()
    return value.removesuffix("%").rstrip() if name.endswith("percent") else value


def _named(pairs: Pairs) -> Pairs:
    """Names for amounts that were typed without one: the schema wants them, the calculation does not."""
    given = {name for name, value in pairs if value}
    names = {
        own: LABELS["unnamed_amount"][word]
        for amount in given
        for pattern, replacement, word in _AMOUNTS_TO_NAME
        if (found := pattern.fullmatch(amount)) and (own := found.expand(replacement)) not in given
    }
    return [(name, value) for name, value in pairs if name not in names] + list(names.items())
