"""The list covers what is probable when it is not certain what is needed."""

from hypothesis import given
from hypothesis import strategies as st

from matching.diversity import Choice, chosen, probable_categories
from matching.domain import InferredCategory


def inferred(**known: float) -> list[InferredCategory]:
    """Categories with their probabilities."""
    return [InferredCategory(code, value) for code, value in known.items()]


def choice(score: float, *categories: str) -> Choice:
    """A candidate for these kinds."""
    return Choice(score, frozenset(categories))


def test_a_certain_kind_needs_no_cover() -> None:
    assert probable_categories(inferred(MES=0.8, ERP=0.5)) == ()


def test_an_uncertain_need_names_the_kinds_that_keep_up_with_the_first() -> None:
    assert probable_categories(inferred(MES=0.5, ERP=0.3, AI=0.2, XR=0.01)) == ("MES", "ERP")


def test_nothing_probable_means_nothing_to_cover() -> None:
    assert probable_categories([]) == ()
    assert probable_categories(inferred(MES=0.1, ERP=0.09)) == ()


def test_the_lowest_choice_makes_room_for_a_kind_not_shown() -> None:
    choices = [choice(0.8, "MES"), choice(0.7, "MES"), choice(0.6, "MES"), choice(0.5, "ERP")]
    assert chosen(choices, ("MES", "ERP"), 3) == [0, 1, 3]


def test_a_hopeless_candidate_is_not_shown_for_variety() -> None:
    choices = [choice(0.8, "MES"), choice(0.7, "MES"), choice(0.01, "ERP")]
    assert chosen(choices, ("MES", "ERP"), 2) == [0, 1]


CHOICES = st.lists(
    st.builds(choice, st.floats(0, 1), st.sampled_from(["MES", "ERP", "AI", "XR"])), max_size=12
).map(lambda found: sorted(found, key=lambda each: -each.score))


@given(CHOICES, st.integers(1, 6), st.lists(st.sampled_from(["MES", "ERP", "AI"]), unique=True))
def test_a_list_is_full_in_order_and_never_covers_less(
    choices: list[Choice], limit: int, kinds: list[str]
) -> None:
    shown = chosen(choices, kinds, limit)
    assert shown == sorted(set(shown))
    assert len(shown) == min(limit, len(choices))
    assert not choices or shown[0] == 0
    plain = {c for place in range(len(shown)) for c in choices[place].categories} & set(kinds)
    assert plain <= {c for place in shown for c in choices[place].categories}
