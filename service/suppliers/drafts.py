"""Registrations in the making: what was typed so far, for whoever holds the draft's id.

A draft holds fields as they were typed, wrong ones too, and of companies only: which fields may enter is
decided by a closed list, so that a new field of a person cannot slip in.
"""

from collections.abc import Callable, Sequence
from uuid import UUID

from sqlmodel import Session, col, select

from service.db.tables import RegistrationDraft
from service.kit import clock
from service.kit.problems import Problem
from service.privacy.retention import DRAFT_KEPT_FOR

Fields = Sequence[tuple[str, str]]

COMPANY_FIELDS = (
    "business_number", "company_name", "region", "homepage", "employee_count", "founded_on", "summary",
    "service_regions", "concurrent_project_capacity", "certifications", "solutions", "references",
)  # fmt: skip
MOST_CHARACTERS = 200_000
"""Thirty solutions and fifty references of ordinary length take a third of it."""


def find_draft(session: Session, draft_id: UUID | None) -> RegistrationDraft | None:
    """That draft, while it is kept."""
    fresh = col(RegistrationDraft.saved_at) > clock.now() - DRAFT_KEPT_FOR
    return session.exec(select(RegistrationDraft).where(RegistrationDraft.id == draft_id, fresh)).first()


def fields_of_draft(draft: RegistrationDraft | None) -> list[tuple[str, str]]:
    """What was typed so far."""
    return [(name, value) for name, value in draft.content["fields"]] if draft else []


def save_draft(
    session: Session, draft: RegistrationDraft | None, typed: Fields, replaces: Callable[[str], bool]
) -> RegistrationDraft:
    """Keep what one step typed in the place of what that step (`replaces`) had before.

    Raises `Problem` 422 `draft_too_large`.
    """
    draft = _held(session, draft)
    kept = [pair for pair in fields_of_draft(draft) if not replaces(pair[0])]
    kept += [(name, value) for name, value in typed if replaces(name) and may_be_kept(name)]
    if sum(len(name) + len(value) for name, value in kept) > MOST_CHARACTERS:
        raise Problem(422, "draft_too_large")
    draft.content = {"fields": [list(pair) for pair in kept]}
    draft.saved_at = clock.now()
    session.flush()
    return draft


def drop_draft(session: Session, draft: RegistrationDraft | None) -> None:
    """It has become a registration."""
    if draft is not None:
        session.delete(draft)
        session.flush()


def may_be_kept(name: str) -> bool:
    """Whether a field is of the company and not of a person."""
    return name.partition(".")[0] in COMPANY_FIELDS


def _held(session: Session, draft: RegistrationDraft | None) -> RegistrationDraft:
    """The draft against a second window that saves at the same time; a new one where there is none."""
    if draft is None:
        draft = RegistrationDraft(content={"fields": []})
        session.add(draft)
        return draft
    session.refresh(draft, with_for_update=True)
    return draft
