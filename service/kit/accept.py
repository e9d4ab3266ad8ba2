"""Which of several media types a caller prefers (RFC 9110, 12.5.1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

Form = TypeVar("Form", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class _Accepted:
    media_range: str
    quality: float

    def covers(self, media_type: str) -> bool:
        kind, _, subtype = self.media_range.partition("/")
        return self.media_range == media_type or (
            subtype == "*" and kind in ("*", media_type.partition("/")[0])
        )

    @property
    def precision(self) -> int:
        return 2 - self.media_range.count("*")


def preferred(accept: str | None, forms: Sequence[Form]) -> Form | None:
    """The form that the Accept header likes best, the first of equals; None when it takes none of them.

    The value of a form is its media type.
    """
    ranges = [_range(part) for part in (accept or "*/*").split(",") if part.strip()]
    best, best_quality = None, 0.0
    for form in forms:
        covering = [accepted for accepted in ranges if accepted.covers(form.value)]
        if covering:
            quality = max(covering, key=lambda accepted: accepted.precision).quality
            if quality > best_quality:
                best, best_quality = form, quality
    return best


def _range(part: str) -> _Accepted:
    media_range, *parameters = (piece.strip().lower() for piece in part.split(";"))
    quality = next((text[2:] for text in parameters if text.startswith("q=")), "1")
    try:
        return _Accepted(media_range, float(quality))
    except ValueError:
        return _Accepted(media_range, 0.0)
