"""Every event of the audit trail reads as a sentence: no screen shows its code."""

import ast
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import get_args

import service
from service.db.tables import SupplierStatus
from service.messages.privacy import ACTIONS
from service.recommendations.schemas import VerdictName

MADE = {
    "supplier.{}": [f"supplier.{status.value}" for status in SupplierStatus if status.value != "pending"],
    "match.{}": [f"match.{verdict}" for verdict in get_args(VerdictName)],
    "{}.unattended": ["supplier.unattended", "manufacturer.unattended"],
    "fund_loan.{}": [
        f"fund_loan.{what}" for what in ("reserved", "changed", "approved", "declined", "disbursed")
    ]
    + [f"fund_loan.{what}" for what in ("cancelled", "expired", "repayment", "reversal")]
    + ["fund_loan.accelerated", "fund_loan.written_off"],
    "contract.{}": [
        f"contract.{what}"
        for what in ("quoted", "changed", "accepted", "delivered", "payment", "reversal", "settled")
    ]
    + ["contract.cancelled", "contract.lapsed", "contract.reminded"],
    "challenge_application.{}": [
        f"challenge_application.{what}" for what in ("written", "changed", "withdrawn")
    ],
    "ranking.{}": [f"ranking.{reason}" for reason in ("adjusted", "chosen", "rolled_back", "promoted")],
}
"""What becomes of the actions that are put together where they are recorded."""


def test_every_recorded_action_has_a_sentence() -> None:
    recorded = set(_recorded())
    assert len(recorded) > 30
    told = {name for action in recorded for name in MADE.get(action, [action])}
    assert told - ACTIONS.keys() == set()


def test_every_sentence_of_an_action_is_used() -> None:
    assert ACTIONS.keys() - {name for action in _recorded() for name in MADE.get(action, [action])} == set()


def _recorded() -> Iterator[str]:
    """The actions in the source; a part that is filled in at run time reads `{}`."""
    for path in Path(service.__path__[0]).rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") in ("record_event", "reactivate"):
                yield from _actions(call)


def _actions(call: ast.Call) -> Iterator[str]:
    either = [[each.body, each.orelse] if isinstance(each, ast.IfExp) else [each] for each in call.args]
    for value in chain.from_iterable(either):
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            yield value.value
        elif isinstance(value, ast.JoinedStr):
            yield "".join(
                str(part.value) if isinstance(part, ast.Constant) else "{}" for part in value.values
            )
