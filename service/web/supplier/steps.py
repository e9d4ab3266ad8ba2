"""The steps of a supplier's registration: which fields each one asks for, and where it stands.

Review comes before the contact: people and consents are typed last, on the page that registers, so that
nothing about a person is ever kept in a draft and no password travels through a page that repeats it.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """One page of the form. `fields` are members of the schema; what lies inside one belongs to it."""

    path: str
    name: str
    fields: tuple[str, ...] = ()

    def owns(self, field: str) -> bool:
        """Whether this page asks for that field: `solutions.0.name` is one of `solutions`."""
        return field.partition(".")[0] in self.fields


COMPANY = Step(
    "/register/supplier",
    "회사",
    (
        "business_number", "company_name", "region", "homepage", "employee_count", "founded_on", "summary",
        "service_regions", "concurrent_project_capacity",
    ),
)  # fmt: skip
SOLUTIONS = Step("/register/supplier/solutions", "솔루션", ("solutions",))
EXPERIENCE = Step("/register/supplier/experience", "구축 실적·인증", ("references", "certifications"))
REVIEW = Step("/register/supplier/review", "확인")
CONTACT = Step(
    "/register/supplier/contact",
    "담당자와 동의",
    ("contact", "consents", "representative_name", "address"),
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
