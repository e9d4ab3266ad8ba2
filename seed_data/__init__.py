"""Demo data written for this project; README.md beside this file says what each file is."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
PROBLEM_EXAMPLES = FOLDER / "problem_examples.jsonl"
VECTORS = FOLDER / "vectors.npz"
"""The vectors of every text of the demo, so that a first start need not encode them."""


def suppliers() -> list[dict[str, Any]]:
    """Fictional suppliers in the form of an import."""
    return list(_lines("suppliers.jsonl"))


def manufacturers() -> list[dict[str, Any]]:
    """Fictional manufacturers in the form of an import."""
    return list(_lines("manufacturers.jsonl"))


def needs() -> list[dict[str, Any]]:
    """Their needs; `key` names one for the judgements, `manufacturer_business_number` says whose it is."""
    return list(_lines("needs.jsonl"))


def judgements() -> list[dict[str, Any]]:
    """Graded relevance (0 to 3) of suppliers for needs."""
    return list(_lines("judgements.jsonl"))


def problem_examples() -> list[dict[str, Any]]:
    """Problem statements labelled with solution categories: what the intent model learns from."""
    return list(_lines(PROBLEM_EXAMPLES.name))


def programmes() -> list[dict[str, Any]]:
    """Support programmes as dated rows with their sources."""
    return list(_document("programmes.json")["programmes"])


def fund_terms() -> list[dict[str, Any]]:
    """Terms of win-win funds as dated rows with their sources."""
    return list(_document("fund_terms.json")["terms"])


def fund_loans() -> list[dict[str, Any]]:
    """Loans from the demo fund, their days counted back from the one on which they are loaded."""
    return list(_document("fund_loans.json")["loans"])


def challenges() -> dict[str, Any]:
    """Fictional challenges in every state: calls, applications, departments, and what reviewers thought."""
    return _document("challenges.json")


def contracts() -> list[dict[str, Any]]:
    """Installment contracts of the demo, their days counted back from the one on which they are loaded."""
    return list(_document("contracts.json")["contracts"])


def targets() -> list[dict[str, Any]]:
    """Public targets with their sources, that the dashboard puts beside what is recorded here."""
    return list(_document("targets.json")["targets"])


def _document(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((FOLDER / name).read_text(encoding="utf-8"))
    return document


def _lines(name: str) -> Iterator[dict[str, Any]]:
    for line in (FOLDER / name).read_text(encoding="utf-8").splitlines():
        if line.strip():
            yield json.loads(line)
