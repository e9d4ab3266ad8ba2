"""Taking out of a supplier's own sentences what tells who it is, for those who may not know yet."""

import re
from collections.abc import Iterable

from matching.domain import CapabilityProfile

HIDDEN = "○○○"

_LEGAL_FORM = re.compile(
    r"\((?:주|유|사|재|합)\)|[㈜㈔]|주식회사|유한회사|유한책임회사|합자회사|농업회사법인"
    r"|\b(?:co|inc|corp|ltd|llc)\b\.?,?",
    re.IGNORECASE,
)
_ADDRESS = re.compile(
    r"https?://\S+"
    r"|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
    r"|(?<![\w.-])(?:[a-z0-9-]+\.)+(?:com|net|org|kr|io|ai|biz|info|tech|shop|example)\b(?:/\S*)?"
    r"|(?<![\d-])\d{2,4}-\d{3,4}-\d{4}(?![\d-])",
    re.IGNORECASE | re.ASCII,
)


def without_identity(text: str, profile: CapabilityProfile) -> str:
    """The text without the company's name (in any legal form), its products, references and addresses."""
    names = {solution.name for solution in profile.solutions}
    names |= {reference.title for reference in profile.references}
    return without_names(text, profile.company_name, names)


def without_names(text: str, company_name: str, others: Iterable[str] = ()) -> str:
    """The text without that company's name, in any legal form, the other names, and addresses."""
    text = _ADDRESS.sub(HIDDEN, text)
    for words in sorted(_telling(company_name) | set(others), key=len, reverse=True):
        if words.strip():
            text = _spelt_in_any_way(words).sub(HIDDEN, text)
    return text


def bare_name(company_name: str) -> str:
    """The name without its legal form."""
    return _LEGAL_FORM.sub(" ", company_name).strip(" .,")


def _telling(company_name: str) -> set[str]:
    bare = bare_name(company_name)
    return {company_name, bare if len(bare) > 1 else ""}


def _spelt_in_any_way(words: str) -> re.Pattern[str]:
    """The words whatever their case and their spaces."""
    return re.compile(r"\s*".join(map(re.escape, "".join(words.split()))), re.IGNORECASE)
