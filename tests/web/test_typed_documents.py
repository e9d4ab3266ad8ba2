"""What a form's fields say of a schema."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field
from starlette.datastructures import ImmutableMultiDict

from service.web.typed_documents import document_of


class Part(BaseModel):
    share: str
    times: int | None = None
    agreed: bool = False


class Cash(BaseModel):
    kind: Literal["cash"]
    amount: int


class Loan(BaseModel):
    kind: Literal["loan"]
    months: int
    parts: list[Part] = []


class Question(BaseModel):
    part: Part | None = None
    ways: list[Annotated[Cash | Loan, Field(discriminator="kind")]] = []
    amounts: list[int] = []


def read(*pairs: tuple[str, str]) -> dict[str, object]:
    return document_of(Question, ImmutableMultiDict(list(pairs)))


def test_a_part_in_which_nothing_was_filled_in_or_ticked_is_nothing() -> None:
    assert read(("part.share", ""), ("part.times", ""), ("part.agreed", "")) == {"part": None}
    assert read(("part.share", ""), ("part.times", "2")) == {"part": {"times": 2}}


def test_the_kind_of_a_row_says_which_fields_it_has() -> None:
    typed = [("ways.0.kind", "loan"), ("ways.0.months", "36"), ("ways.0.amount", "1억")]

    assert read(*typed) == {"ways": [{"kind": "loan", "months": 36}]}
    assert read(("ways.0.kind", "barter"), ("ways.0.amount", "1억")) == {"ways": [{"kind": "barter"}]}


def test_an_empty_row_inside_a_row_is_left_out() -> None:
    typed = [("ways.0.kind", "loan"), ("ways.0.parts.0.share", ""), ("ways.0.parts.1.share", "5")]

    assert read(*typed) == {"ways": [{"kind": "loan", "parts": [{"share": "5"}]}]}


def test_amounts_are_typed_one_a_line_as_they_hold_commas_themselves() -> None:
    assert read(("amounts", "0\r\n3천만\n\n30,000,000\nviel")) == {
        "amounts": [0, 30_000_000, 30_000_000, "viel"]
    }
