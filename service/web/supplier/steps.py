"""The steps of a supplier's registration: which fields each one asks for, and where it stands.

Review comes before the contact: people and consents are typed last, on the page that registers, so that
nothing about a person is ever kept in a draft and no password travels through a page that repeats it.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """One page of the form. `fields` are whole names, `rows` the beginnings of those in rows."""

    path: str
    name: str
    fields: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()

    def owns(self, field: str) -> bool:
        """Whether this page asks for that field, or for the group that it names."""
        return field in self.fields or f"{field}.".startswith(self.rows)


COMPANY = Step(
    "/register/supplier",
    "회사",
    (
        "business_number", "company_name", "region", "homepage", "employee_count", "founded_on", "summary",
        "service_regions", "concurrent_project_capacity",
    ),
)  # fmt: skip
SOLUTIONS = Step("/register/supplier/solutions", "솔루션", rows=("solutions.",))
EXPERIENCE = Step("/register/supplier/experience", "구축 실적·인증", ("certifications",), ("references.",))
REVIEW = Step("/register/supplier/review", "확인")
CONTACT = Step(
    "/register/supplier/contact",
    "담당자와 동의",
    ("representative_name", "address", "consents", "contact"),
    ("contact.", "consents."),
)
STEPS: Sequence[Step] = (COMPANY, SOLUTIONS, EXPERIENCE, REVIEW, CONTACT)


def number_of(step: Step) -> int:
    """Its place, counted from 1."""
    return STEPS.index(step) + 1


def neighbour(step: Step, verb: str) -> Step:
    """The step before ("back") or after."""
    place = STEPS.index(step) + (-1 if verb == "back" else 1)
    return STEPS[min(max(place, 0), len(STEPS) - 1)]


def step_of(field: str) -> Step | None:
    """The step that asks for a field."""
    return next((step for step in STEPS if step.owns(field)), None)
