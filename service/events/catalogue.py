"""The one table of public events: which action of the audit trail is told to other systems, and as what.

An event carries ids and codes and the address under which the API shows the thing: whoever may not see it
there learns nothing here, and nothing about people ever leaves this way.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

PING = "ping"
"""Sent on request only, to try an endpoint out."""


@dataclass(frozen=True)
class PublicEvent:
    """What is told. `subjects` name the things that the action is about, in their order in the trail."""

    type: str
    subjects: tuple[str, ...]
    carried: tuple[str, ...] = ()
    """Members of what the trail keeps as "after" that are told too."""
    path: str = ""
    """Where the API shows it, below the address of the service."""

    def data(self, subject_ids: Sequence[UUID], after: Mapping[str, Any]) -> dict[str, Any]:
        """The payload's `data`."""
        told = dict(zip(self.subjects, map(str, subject_ids), strict=bool(self.subjects)))
        told |= {name: after[name] for name in self.carried if name in after}
        return told | {"path": self.path.format(**told)}


def _supplier(what: str) -> PublicEvent:
    return PublicEvent(f"supplier.{what}", ("supplier_id",), path="/v1/suppliers/{supplier_id}")


def _manufacturer(what: str) -> PublicEvent:
    return PublicEvent(
        f"manufacturer.{what}", ("manufacturer_id",), path="/v1/manufacturers/{manufacturer_id}"
    )


def _need(what: str, *carried: str) -> PublicEvent:
    return PublicEvent(f"need.{what}", ("need_id",), carried, "/v1/needs/{need_id}")


def _match(what: str) -> PublicEvent:
    return PublicEvent(
        f"match.{what}", ("supplier_id",), ("need_id", "run_id"), "/v1/recommendations/{run_id}/feedback"
    )


def _contract(what: str) -> PublicEvent:
    return PublicEvent(
        f"contract.{what}",
        ("supplier_id", "manufacturer_id"),
        ("contract_id",),
        "/v1/contracts/{contract_id}",
    )


def _fund_loan(what: str) -> PublicEvent:
    return PublicEvent(f"fund_loan.{what}", ("supplier_id",), ("loan_id",), "/v1/fund/loans/{loan_id}")


def _challenge(what: str) -> PublicEvent:
    return PublicEvent(f"challenge.{what}", ("challenge_id",), path="/v1/challenges/{challenge_id}")


_TERMS = PublicEvent("fund_terms.updated", (), ("code", "valid_from"), "/v1/fund-terms")

PUBLISHED: Mapping[str, PublicEvent] = {
    "supplier.registered": _supplier("registered"),
    "supplier.changed": _supplier("updated"),
    "supplier.certifications_expired": _supplier("updated"),
    "supplier.approved": _supplier("approved"),
    "supplier.rejected": _supplier("rejected"),
    "supplier.suspended": _supplier("suspended"),
    "certificate.added": _supplier("updated"),
    "certificate.removed": _supplier("updated"),
    "manufacturer.registered": _manufacturer("registered"),
    "manufacturer.changed": _manufacturer("updated"),
    "need.written": _need("created", "manufacturer_id"),
    "need.changed": _need("updated"),
    "need.closed": _need("closed"),
    "need.categories_confirmed": _need("updated"),
    "match.shortlisted": _match("shortlisted"),
    "match.introduced": _match("introduced"),
    "match.proposed": _match("proposed"),
    "match.contracted": _match("contracted"),
    "match.completed": _match("completed"),
    "match.rejected": _match("rejected"),
    "contract.quoted": _contract("quoted"),
    "contract.changed": _contract("updated"),
    "contract.accepted": _contract("accepted"),
    "contract.delivered": _contract("delivered"),
    "contract.payment": _contract("payment_recorded"),
    "contract.reversal": _contract("payment_reversed"),
    "contract.settled": _contract("settled"),
    "contract.cancelled": _contract("cancelled"),
    "contract.lapsed": _contract("lapsed"),
    "fund_loan.reserved": _fund_loan("reserved"),
    "fund_loan.changed": _fund_loan("updated"),
    "fund_loan.approved": _fund_loan("approved"),
    "fund_loan.declined": _fund_loan("declined"),
    "fund_loan.disbursed": _fund_loan("disbursed"),
    "fund_loan.cancelled": _fund_loan("cancelled"),
    "fund_loan.expired": _fund_loan("expired"),
    "fund_loan.repayment": _fund_loan("repayment_recorded"),
    "fund_loan.reversal": _fund_loan("repayment_reversed"),
    "fund_loan.accelerated": _fund_loan("accelerated"),
    "fund_loan.written_off": _fund_loan("written_off"),
    "fund_terms.set": _TERMS,
    "fund_terms.changed": _TERMS,
    "programme.written": PublicEvent("programme.updated", (), ("code",), "/v1/programmes"),
    "challenge.published": _challenge("published"),
    "challenge.decided": _challenge("decided"),
}

WITHHELD = frozenset(
    {
        "access_log", "account", "api_key", "assignment", "colleague", "consent", "ranking", "session",
        "webhook", "supplier.unattended", "manufacturer.unattended", "challenge.created", "challenge.changed",
        "challenge.assigned", "challenge.conflict", "challenge_application", "challenge_review",
        "challenge.deleted", "contract.reminded",
    }
)  # fmt: skip
"""What stays inside, by action or by its noun: about people, about access, about our own workings, or
about who applies to a challenge, which its reviewers must not learn."""

EVENTS: Mapping[str, PublicEvent] = {event.type: event for event in PUBLISHED.values()}
"""Every event that an endpoint can ask for, by its type."""


def event_of(action: str, after: Mapping[str, Any]) -> PublicEvent | None:
    """What is told of that action; None for what stays inside."""
    if action == "need.changed" and after.get("status") == "closed":
        action = "need.closed"
    return PUBLISHED.get(action)
