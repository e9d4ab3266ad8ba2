"""The stages of a recommendation, each named to whoever wants to measure it."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

Watch = Callable[[str], AbstractContextManager[object]]
"""Gives what is entered around the stage of that name; several threads may be in the same stage."""

STAGES = ("intent", "retrieve", "features", "score", "eligibility", "diversify", "explain")
"""In the order in which a recommendation goes through them."""

_NOTHING = nullcontext()


def unwatched(_stage: str) -> AbstractContextManager[object]:
    """Measures nothing, at no cost worth naming."""
    return _NOTHING
