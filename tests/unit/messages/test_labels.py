"""Words that pages show for codes."""

from service.messages import desk
from service.messages.admin import AUDIT_NOUNS
from service.messages.privacy import ACTIONS
from service.messages.web import LABELS
from service.web import wording


def test_no_area_takes_the_words_of_another() -> None:
    assert {kind for kind, words in LABELS.items() if wording._LABELS[kind] is not words} == set()
    assert wording.label("database", "health") == "데이터베이스"
    assert wording.label("own_company", "check") == desk.CHECKS["own_company"]


def test_the_audit_trail_can_be_asked_for_everything_that_is_recorded() -> None:
    assert {action.partition(".")[0] for action in ACTIONS} == AUDIT_NOUNS.keys()
