"""The demo data: enough of everything, valid, and written rather than stamped out."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from itertools import combinations
from typing import Any

import pytest

import seed_data
from matching import taxonomy
from service.kit.business_number import parse_business_number
from service.manufacturers.schemas import ManufacturerImportInput
from service.needs.schemas import NeedInput
from service.suppliers.schemas import SupplierImportInput

MOST_ALIKE = 0.2
"""Two texts of different records share at most this part of their character 3-grams (Jaccard)."""

TYPICALLY_ALIKE = 0.06
"""Below this for 99 in 100 pairs."""

Row = dict[str, Any]


@pytest.fixture(scope="module")
def suppliers() -> list[Row]:
    return seed_data.suppliers()


@pytest.fixture(scope="module")
def manufacturers() -> list[Row]:
    return seed_data.manufacturers()


@pytest.fixture(scope="module")
def needs() -> list[Row]:
    return seed_data.needs()


@pytest.fixture(scope="module")
def judgements() -> list[Row]:
    return seed_data.judgements()


@pytest.fixture(scope="module")
def examples() -> list[Row]:
    return seed_data.problem_examples()


def test_there_is_enough_of_everything(
    suppliers: list[Row],
    manufacturers: list[Row],
    needs: list[Row],
    judgements: list[Row],
    examples: list[Row],
) -> None:
    assert len(suppliers) >= 120
    assert len(manufacturers) >= 80
    assert len(needs) >= 100
    assert len(judgements) >= 300
    assert len(examples) >= 600


def test_suppliers_are_in_every_region_and_offer_every_category(suppliers: list[Row]) -> None:
    offered = Counter(
        code for row in suppliers for code in {code for one in row["solutions"] for code in one["categories"]}
    )
    assert offered.keys() == set(taxonomy.category_codes())
    assert min(offered.values()) >= 2, "a choice in every category"
    assert {taxonomy.current_region(row["region"]) for row in suppliers} == {
        region.code for region in taxonomy.regions()
    }


def test_manufacturers_are_of_every_division_of_manufacturing_and_every_region(
    manufacturers: list[Row],
) -> None:
    divisions = {industry.code for industry in taxonomy.industries() if industry.parent is None}
    assert len(divisions) == 25
    assert {taxonomy.division_of(row["industry"]) for row in manufacturers} == divisions
    assert {taxonomy.current_region(row["region"]) for row in manufacturers} == {
        region.code for region in taxonomy.regions()
    }


def test_every_company_can_be_imported(suppliers: list[Row], manufacturers: list[Row]) -> None:
    for row in suppliers:
        SupplierImportInput.model_validate(row)
    for row in manufacturers:
        ManufacturerImportInput.model_validate(row)


def test_no_two_companies_share_a_business_number_or_a_name(
    suppliers: list[Row], manufacturers: list[Row]
) -> None:
    companies = suppliers + manufacturers
    numbers = [parse_business_number(row["business_number"]) for row in companies]
    assert len(set(numbers)) == len(companies)
    assert len({row["company_name"] for row in companies}) == len(companies)


def test_the_companies_are_fictional(suppliers: list[Row]) -> None:
    """Addresses on the web are of a domain that never exists (RFC 2606); nobody can be called."""
    for row in suppliers:
        assert not row.get("homepage") or row["homepage"].rstrip("/").endswith(".example")
        assert "contact" not in row


def test_every_need_is_of_a_manufacturer_and_every_manufacturer_has_one(
    manufacturers: list[Row], needs: list[Row]
) -> None:
    owners = {row["manufacturer_business_number"] for row in needs}
    assert owners == {row["business_number"] for row in manufacturers}
    assert len({row["key"] for row in needs}) == len(needs)
    for row in needs:
        own = {
            name: value for name, value in row.items() if name not in ("key", "manufacturer_business_number")
        }
        NeedInput.model_validate(own)


def test_needs_state_problems_and_seldom_products(needs: list[Row]) -> None:
    assert sum(1 for row in needs if row.get("categories")) < len(needs) / 4
    naming = [row for row in needs if taxonomy.mentioned_categories(row["title"])]
    assert len(naming) < len(needs) / 3


def test_judgements_name_a_need_and_a_supplier_and_grade_them(
    suppliers: list[Row], needs: list[Row], judgements: list[Row]
) -> None:
    keys, numbers = {row["key"] for row in needs}, {row["business_number"] for row in suppliers}
    pairs = [(row["need"], row["supplier"]) for row in judgements]
    assert len(set(pairs)) == len(pairs)
    assert {row["need"] for row in judgements} <= keys
    assert {row["supplier"] for row in judgements} <= numbers
    graded = Counter(row["grade"] for row in judgements)
    assert graded.keys() == {0, 1, 2, 3}
    assert min(graded.values()) >= 30
    assert all(row["note"] for row in judgements)


def test_problem_examples_are_labelled_with_every_category(examples: list[Row]) -> None:
    known = set(taxonomy.category_codes())
    assert all(row["categories"] and known.issuperset(row["categories"]) for row in examples)
    first = Counter(row["categories"][0] for row in examples)
    assert first.keys() == known
    assert min(first.values()) >= 15
    assert len({row["text"] for row in examples}) == len(examples)


def profile_text(row: Row) -> str:
    parts = [row["summary"], *(one["description"] for one in row["solutions"])]
    return " ".join([*parts, *(one["problem"] for one in row.get("references", []))])


def need_text(row: Row) -> str:
    return f"{row['title']} {row['description']}"


def similarities(texts: list[str]) -> Iterator[float]:
    """The Jaccard similarity of the character 3-grams of every two texts."""
    grams = [{text[at : at + 3] for at in range(len(text) - 2)} for text in texts]
    for one, other in combinations(grams, 2):
        yield len(one & other) / len(one | other)


@pytest.mark.parametrize(
    ("rows", "text_of"),
    [
        (seed_data.suppliers, profile_text),
        (seed_data.needs, need_text),
        (
            lambda: [one for row in seed_data.suppliers() for one in row["solutions"]],
            lambda one: one["description"],
        ),
    ],
    ids=["suppliers", "needs", "solutions"],
)
def test_no_text_is_another_with_swapped_words(
    rows: Callable[[], list[Row]], text_of: Callable[[Row], str]
) -> None:
    found = sorted(similarities([text_of(row) for row in rows()]))
    assert found[-1] < MOST_ALIKE
    assert found[int(len(found) * 0.99)] < TYPICALLY_ALIKE


def test_hardly_any_problem_example_is_a_near_copy_of_another(examples: list[Row]) -> None:
    """Every tenth stands for all: the figure is a rate, not a maximum."""
    found = list(similarities([row["text"] for row in examples[::10]]))
    assert sum(1 for similarity in found if similarity >= MOST_ALIKE) / len(found) < 0.001


def test_every_programme_fund_row_and_target_says_where_it_comes_from() -> None:
    rows = seed_data.programmes() + [row for row in seed_data.fund_terms() if not row["demo"]]
    rows += seed_data.targets()
    assert len(rows) >= 18
    for row in rows:
        source = row["source"]
        assert source["title"], row["code"]
        assert source["url"].startswith("https://"), row["code"]
        date.fromisoformat(source["published"])


def test_a_demo_row_says_that_it_is_an_assumption() -> None:
    demo = [row for row in seed_data.fund_terms() if row["demo"]]
    assert len(demo) == 1
    assert "시연" in demo[0]["name"]
    assert "가정" in demo[0]["note"]


def test_periods_of_programmes_do_not_end_before_they_begin() -> None:
    for row in seed_data.programmes():
        begins, ends = row["period"]["from"], row["period"]["to"]
        assert begins is None or ends is None or date.fromisoformat(begins) <= date.fromisoformat(ends), row[
            "code"
        ]


def test_money_is_whole_won_and_rates_are_text() -> None:
    def walk(name: str, value: Any) -> None:
        if isinstance(value, dict):
            for key, inner in value.items():
                walk(key, inner)
        elif isinstance(value, list):
            for inner in value:
                walk(name, inner)
        elif value is not None and name.endswith("_won"):
            assert type(value) is int, name
        elif value is not None and "percent" in name:
            assert isinstance(value, str | int), name

    walk("", [*seed_data.programmes(), *seed_data.fund_terms(), *seed_data.suppliers(), *seed_data.needs()])
