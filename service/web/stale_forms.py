"""Two people edit the same thing: the second one is told, and loses nothing.

The form carries the version that it was opened with. When that is no longer the present one, it is shown
again with all that was typed, beside it what was saved meanwhile, and with the present version: sending it
once more decides for what was typed.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from service.kit.etags import etag, require_match
from service.messages.amounts import read_won, won_reading
from service.web.forms import Form

VERSION = "version"


@dataclass(frozen=True)
class Difference:
    """A field in which what was typed and what is saved differ."""

    label: str
    typed: str
    saved: str


def require_present(form: Form, version: int) -> None:
    """Raises `Problem` 412 `stale_version` when the form was opened with another version than the present."""
    require_match(f'"{form.text(VERSION)}"', version)


def is_stale(form: Form, version: int) -> bool:
    """Whether the form was opened with another version than the present one."""
    return bool(form.text(VERSION)) and f'"{form.text(VERSION)}"' != etag(version)


Readings = Mapping[str, Callable[[str], str]]
"""How the values of a field read, for those that are codes or can be typed in several ways."""


def differences(
    typed: Form, saved: Form, labels: Mapping[str, str], readings: Readings
) -> Sequence[Difference]:
    """What differs between the two, by the names that the fields have on the page."""

    def said(form: Form, name: str) -> str:
        return ", ".join(readings.get(name, str)(part.strip()) for part in form.many(name))

    pairs = [(label, said(typed, name), said(saved, name)) for name, label in labels.items()]
    return [Difference(*pair) for pair in pairs if pair[1] != pair[2]]


def typed_amount(typed: str) -> str:
    """The same amount reads the same however it was typed."""
    amount = read_won(typed)
    return typed if amount is None else won_reading(amount)
