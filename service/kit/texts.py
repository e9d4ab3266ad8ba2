"""Text as it may enter the service: NFC, storable, and without what no one can see."""

import re
import unicodedata
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, StringConstraints
from pydantic_core import PydanticCustomError

_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\u200e\u200f\u2060\ufeff]")
_LINE_ENDS = re.compile(r"\r\n?|\u2028|\u2029")


def clean(text: str) -> str:
    """NFC (a Mac sends decomposed Hangul), one kind of line end, no control characters.

    Raises ValueError for unpaired surrogates, which no database can store as UTF-8.
    """
    if any("\ud800" <= char <= "\udfff" for char in text):
        raise PydanticCustomError("broken_text", "broken text")
    return _CONTROLS.sub("", _LINE_ENDS.sub("\n", unicodedata.normalize("NFC", text))).strip()


def _clean_if_text(value: object) -> object:
    return clean(value) if isinstance(value, str) else value


def _one_line(text: str) -> str:
    return " ".join(text.split())


Clean = BeforeValidator(_clean_if_text)
Line = Annotated[str, Clean, AfterValidator(_one_line)]
# The constraint stands before `Clean`: so it is pydantic's own of text and its error speaks of letters.
OneLine = AfterValidator(_one_line)
Name = Annotated[str, StringConstraints(min_length=1, max_length=100), Clean, OneLine]
ShortText = Annotated[str, StringConstraints(max_length=300), Clean, OneLine]
LongText = Annotated[str, StringConstraints(min_length=1, max_length=4000), Clean]


def not_null(value: object) -> object:
    """Refuse an explicit null for a field that may be left out of a patch but not emptied."""
    if value is None:
        raise PydanticCustomError("not_null", "required field set to null")
    return value
