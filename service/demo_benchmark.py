"""The graded judgements of the demo data as a benchmark: needs against whole supplier profiles.

A supplier that nobody graded for a need counts as not relevant, so the figures are a lower bound.
Place, price and free capacity are left out: the grades say who understands the problem. The kinds of solution
that some owners named serve as labels only.
"""

from typing import Any

import numpy as np

import seed_data
from matching.domain import CapabilityProfile, NeedProfile, Reference, Solution
from matching.evaluation.benchmark import SUPPLIER_PROFILE, Benchmark, BenchmarkDocument
from matching.text import lexical_text


def demo_benchmark() -> Benchmark:
    """Every demo need that has judgements, every demo supplier, and the grades between them."""
    judgements = seed_data.judgements()
    judged = {row["need"] for row in judgements}
    industries = {row["business_number"]: row["industry"] for row in seed_data.manufacturers()}
    asked = [row for row in seed_data.needs() if row["key"] in judged]
    needs = tuple(_need(row, industries) for row in asked)
    documents = tuple(_document(row) for row in seed_data.suppliers())
    row_of = {need.need_id: row for row, need in enumerate(needs)}
    column_of = {document.id: column for column, document in enumerate(documents)}
    grades = np.full((len(needs), len(documents)), np.nan)
    for row in judgements:
        grades[row_of[row["need"]], column_of[row["supplier"]]] = row["grade"]
    return Benchmark.of(needs, documents, grades, tuple(tuple(row.get("categories", ())) for row in asked))


def _need(row: dict[str, Any], industries: dict[str, str]) -> NeedProfile:
    """What the owner wrote; the kinds that some of them named are not told."""
    return NeedProfile(
        need_id=row["key"],
        title=row["title"],
        description=row["description"],
        industry=industries[row["manufacturer_business_number"]],
        region="",
        processes=tuple(row.get("processes", ())),
    )


def _document(row: dict[str, Any]) -> BenchmarkDocument:
    solutions = tuple(
        Solution(
            id=f"{row['business_number']}/{number}",
            name=solution["name"],
            description=solution["description"],
            categories=tuple(solution["categories"]),
            industries=tuple(solution.get("industries", ())),
            processes=tuple(solution.get("processes", ())),
            smart_levels=tuple(solution.get("smart_levels", ())),
        )
        for number, solution in enumerate(row["solutions"])
    )
    references = tuple(
        Reference(
            id=f"{row['business_number']}/{number}",
            title=reference["title"],
            problem=reference["problem"],
            outcome=reference.get("outcome") or "",
            industry=reference.get("industry"),
        )
        for number, reference in enumerate(row.get("references", ()))
    )
    profile = CapabilityProfile(
        supplier_id=row["business_number"],
        business_number=row["business_number"],
        company_name=row["company_name"],
        region="",
        summary=row["summary"],
        solutions=solutions,
        references=references,
    )
    return BenchmarkDocument(profile.supplier_id, lexical_text(profile), SUPPLIER_PROFILE, profile)
