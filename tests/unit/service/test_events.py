"""Every recorded change is told to other systems or is withheld on purpose, and every event is explained."""

from service.events.catalogue import EVENTS, PING, PUBLISHED, WITHHELD, event_of
from service.messages.privacy import ACTIONS
from service.messages.webhooks import EVENT_TEXTS

DERIVED = {"need.closed"}
"""Public names that no action of the trail has: a change that closes a need."""


def is_withheld(action: str) -> bool:
    return action in WITHHELD or action.partition(".")[0] in WITHHELD


def test_every_action_is_public_or_withheld_and_not_both() -> None:
    for action in ACTIONS:
        assert (action in PUBLISHED) != is_withheld(action), action
    assert PUBLISHED.keys() - ACTIONS.keys() == DERIVED


def test_every_event_is_explained_and_nothing_else() -> None:
    assert EVENT_TEXTS.keys() == EVENTS.keys() | {PING}


def test_events_carry_ids_and_codes_only() -> None:
    for event in EVENTS.values():
        members = (*event.subjects, *event.carried)
        assert all(name.endswith("_id") or name in ("code", "valid_from") for name in members), event.type


def test_closing_a_need_is_an_event_of_its_own() -> None:
    closed, changed = (
        event_of("need.changed", {"status": "closed"}),
        event_of("need.changed", {"title": "새"}),
    )
    assert closed is not None
    assert changed is not None
    assert (closed.type, changed.type) == ("need.closed", "need.updated")
