"""Applications as reviewers read them: without the company, its people, its products and its addresses."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, select

from service.db.tables import Account, ChallengeApplication, Reference, Solution, Supplier
from service.recommendations.anonymity import HIDDEN, without_names

SHORTEST_PERSON = 3
"""A name of two letters is part of too many words to be taken out of a text."""

_BUSINESS_NUMBER = re.compile(r"(?<!\d)\d{3}[-\s]?\d{2}[-\s]?\d{5}(?!\d)")


_BRAND = re.compile(
    r"""["'‘“「『]([^"'’”」』]{2,})["'’”」』]"""  # a name in quotation marks
    r"|([\w.-]{2,})\s?[®™]"
    r"|\b((?:[A-Z][a-z]{2,}){2,})\b"  # SafeNode, but not MES, AI or IoT
)


@dataclass(frozen=True)
class Identity:
    """What tells who a company is."""

    company_name: str
    others: frozenset[str]

    def hidden_in(self, text: str) -> str:
        """The text with all of it, and every business number, replaced."""
        return without_names(_BUSINESS_NUMBER.sub(HIDDEN, text), self.company_name, self.others)


@dataclass(frozen=True)
class BlindText:
    """The words of an application without its applicant."""

    title: str
    problem: str
    proposal: str
    outcome: str


def brands_in(solution_name: str) -> set[str]:
    """The words of a solution's name that are plainly names: quoted, marked as registered, or in camel case.

    What else is a brand looks like any other word; it is hidden where the whole name of the solution stands.
    """
    return {next(word for word in found if word) for found in _BRAND.findall(solution_name)}


def blind_text(application: ChallengeApplication, identity: Identity) -> BlindText:
    """What a reviewer may read."""
    return BlindText(
        *(
            identity.hidden_in(text)
            for text in (application.title, application.problem, application.proposal, application.outcome)
        )
    )


def identities(session: Session, supplier_ids: Iterable[UUID]) -> Mapping[UUID, Identity]:
    """What tells who each of these suppliers is: four queries however many they are."""
    ids = list(set(supplier_ids))
    words: dict[UUID, set[str]] = defaultdict(set)
    solutions = select(Solution.supplier_id, Solution.name).where(col(Solution.supplier_id).in_(ids))
    references = select(Reference.supplier_id, Reference.title).where(col(Reference.supplier_id).in_(ids))
    people = select(Account.supplier_id, Account.name).where(col(Account.supplier_id).in_(ids))
    for supplier_id, title in session.exec(references):
        words[supplier_id].add(title)
    for supplier_id, name in session.exec(solutions):
        words[supplier_id] |= {name} | brands_in(name)
    for owner, person in session.exec(people):
        if owner is not None and len(person) >= SHORTEST_PERSON:
            words[owner].add(person)
    found = {}
    for supplier in session.exec(select(Supplier).where(col(Supplier.id).in_(ids))):
        person = supplier.representative_name or ""
        others = words[supplier.id] | ({person} if len(person) >= SHORTEST_PERSON else set())
        found[supplier.id] = Identity(supplier.company_name, frozenset(others))
    return found
