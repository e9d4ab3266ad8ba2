"""Choosing an industry by typing: a list of suggestions in every browser, words understood by the server.

There are 770 industries. The suggestions stop at four digits of the code, so that a page stays small; any
code and any name is understood.
"""

from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache

from matching import taxonomy
from service.messages import sentence
from service.web.forms import Form

FIELD = "industry"
LONGEST_SUGGESTED = 4
MOST_NEAR = 3


@cache
def suggestions() -> tuple[str, ...]:
    """What a field for an industry suggests while somebody types."""
    return tuple(shown(each.code) for each in taxonomy.industries() if len(each.code) <= LONGEST_SUGGESTED)


def shown(code: str) -> str:
    """How a chosen industry stands in the field: "도금업 (25922)". What is no code stays as it was typed."""
    name = _names().get(code)
    return f"{name} ({code})" if name else code


def industry_code(typed: str) -> str:
    """The code of what was typed: a suggestion, a code or a name; what is none of these stays as it is."""
    code = typed.strip().rpartition("(")[2].rstrip(") ").strip()
    if code in _names():
        return code
    return _codes().get(_bare(typed), typed)


def show_near_industries(form: Form) -> None:
    """Where no industry was understood, say which ones sound like it, in place of the schema's refusal."""
    typed = form.text(FIELD)
    if FIELD in form.errors and typed.strip():
        near = _near(_bare(typed))
        code = "industry_near" if near else "industry_unclear"
        form.errors[FIELD] = sentence(code, near=", ".join(near))


def _near(typed: str) -> list[str]:
    containing = [shown(code) for name, code in _codes().items() if typed in name]
    alike = [shown(_codes()[name]) for name in get_close_matches(typed, _codes(), MOST_NEAR, 0.5)]
    return list(dict.fromkeys(sorted(containing, key=len) + alike))[:MOST_NEAR]


@cache
def _names() -> Mapping[str, str]:
    return {each.code: each.name for each in taxonomy.industries()}


@cache
def _codes() -> Mapping[str, str]:
    """By name without spaces; of those that share a name the widest."""
    return {_bare(each.name): each.code for each in reversed(taxonomy.industries())}


def _bare(text: str) -> str:
    return "".join(text.split())
