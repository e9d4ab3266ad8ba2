"""The errors of pure packages as problem documents: the one table that maps them."""

from collections.abc import Callable, Mapping
from typing import Any

from service.financing.errors import TermsError
from service.kit.problems import Problem, field_problem


def _terms_refused(error: TermsError) -> Problem:
    values: dict[str, Any] = dict(error.values)
    return field_problem(error.pointer, error.code, **values)


REFUSALS: Mapping[type[Exception], Callable[[Any], Problem]] = {TermsError: _terms_refused}
