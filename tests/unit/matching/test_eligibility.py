"""Hard rules: who is never recommended, and under which code it is counted."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.domain import SupplierStatus
from matching.eligibility import BUDGET_TOLERANCE, exclusion_of
from tests.factories.matching import VISION, WMS, index_of, need, supplier


@pytest.mark.parametrize(
    ("code", "of_supplier", "of_need"),
    [
        ("not_approved", {"status": SupplierStatus.PENDING}, {}),
        ("not_approved", {"status": SupplierStatus.REJECTED}, {}),
        ("suspended", {"status": SupplierStatus.SUSPENDED}, {}),
        ("same_business_number", {}, {"manufacturer_business_number": "1208147521"}),
        ("excluded_by_manufacturer", {}, {"excluded_supplier_ids": ("s1",)}),
        ("region_not_served", {"service_regions": ("11", "28")}, {"region": "41"}),
        ("missing_certification", {"certifications": ("GS",)}, {"required_certifications": ("GS", "CSAP")}),
        ("missing_certification", {"certifications": ("GS",)}, {"required_certifications": ("UNHEARD_OF",)}),
        ("over_budget", {}, {"budget_won": 24_999_999}),
        ("no_capacity", {"capacity": 2, "active_projects": 2}, {}),
        ("no_capacity", {"capacity": 0}, {}),
    ],
)
def test_each_rule_excludes_under_its_code(
    code: str, of_supplier: dict[str, Any], of_need: dict[str, Any]
) -> None:
    assert exclusion_of(supplier(**of_supplier), need(**of_need)) == code


@pytest.mark.parametrize(
    ("of_supplier", "of_need"),
    [
        ({}, {}),
        ({"service_regions": ("42",)}, {"region": "51"}),
        ({"service_regions": ()}, {"region": "50"}),
        ({"certifications": ("GS", "CSAP")}, {"required_certifications": ("CSAP",)}),
        ({}, {"budget_won": 25_000_000}),
        ({"solutions": (VISION, WMS)}, {"budget_won": 1}),
        ({"capacity": 2, "active_projects": 1}, {}),
        ({"business_number": ""}, {"manufacturer_business_number": ""}),
    ],
)
def test_who_breaks_no_rule_is_eligible(of_supplier: dict[str, Any], of_need: dict[str, Any]) -> None:
    assert exclusion_of(supplier(**of_supplier), need(**of_need)) is None


def test_a_supplier_counts_under_its_first_rule_only() -> None:
    busy_and_suspended = supplier(status=SupplierStatus.SUSPENDED, capacity=1, active_projects=1)
    assert exclusion_of(busy_and_suspended, need()) == "suspended"


@given(st.integers(1, 10**13), st.integers(0, 10**13))
def test_a_price_floor_excludes_beyond_the_tolerance_only(budget: int, floor: int) -> None:
    priced = supplier(solutions=(replace(VISION, price_min_won=floor, price_max_won=None),))
    excluded = exclusion_of(priced, need(budget_won=budget)) == "over_budget"
    if floor <= budget:
        assert not excluded
    if floor > budget * (BUDGET_TOLERANCE + 0.001) + 1:
        assert excluded


def test_all_suppliers_at_once_are_judged_as_one_by_one() -> None:
    suppliers = [
        supplier("a"),
        supplier("b", service_regions=("11",)),
        supplier("c", capacity=0),
        supplier("d", certifications=("GS",)),
    ]
    asked = need(required_certifications=("GS",))
    snapshot = index_of(*suppliers).snapshot()
    together = snapshot.verdicts(asked)
    for each in suppliers:
        alone = exclusion_of(each, asked)
        assert (together[snapshot.slots[each.supplier_id]] == -1) == (alone is None)
    assert np.count_nonzero(together == -1) == 1
