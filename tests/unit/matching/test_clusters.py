"""Clusters: alike needs come together under a name that says why, and stay the same from run to run."""

import random
import re
from dataclasses import replace

import numpy as np
import pytest

from matching.clusters import (
    MOST_CLUSTERS,
    Cluster,
    Clustering,
    ClusterQuality,
    CommonNeed,
    KnownCluster,
    Share,
    find_clusters,
    serving_suppliers,
)
from matching.clusters.grouping import NoGroupingError, grouped
from matching.clusters.identity import continued
from matching.clusters.naming import PURPOSES, TRADES, name_of
from matching.clusters.representation import Numbers, points, probabilities, unit_rows
from matching.clusters.words import distinctive_words
from matching.domain import InferredCategory
from matching.features import EmbeddedNeed
from matching.taxonomy import category_codes, industries, processes
from tests.factories import matching
from tests.factories.clusters import PLANTED, inferred, planted, planted_need

SIZES = {"VISION": 7, "HACCP": 6, "APS": 5, "SAFETY": 4}


@pytest.fixture(scope="module")
def found() -> Clustering:
    """The clusters of four planted groups."""
    return find_clusters(*planted(SIZES))


def kinds_of(clustering: Clustering) -> list[set[str]]:
    """The planted groups that each cluster takes its members from."""
    return [{need_id.split("-")[0] for need_id in cluster.need_ids} for cluster in clustering.clusters]


def cluster(**changes: object) -> Cluster:
    """Four plating shops that want machine vision."""
    whole = Cluster(
        known_id=None,
        name="",
        need_ids=("n1", "n2", "n3", "n4"),
        owners=("a", "b", "c", "d"),
        categories=(InferredCategory("VISION", 0.8),),
        industries=(Share("25", 4),),
        processes=(Share("검사", 4), Share("도금", 3)),
        words=("얼룩", "판정"),
        common_need=CommonNeed("n1", ("얼룩을 놓칩니다.",)),
        quality=ClusterQuality(0.4, 0.6, 0.9),
    )
    return replace(whole, **changes)


def test_planted_groups_are_recovered_and_their_number_is_found(found: Clustering) -> None:
    assert kinds_of(found) == [{"VISION"}, {"HACCP"}, {"APS"}, {"SAFETY"}]
    assert [len(one.need_ids) for one in found.clusters] == list(SIZES.values())
    assert found.outside == ()
    assert found.share_outside == 0


def test_the_quality_of_planted_groups_is_high(found: Clustering) -> None:
    assert found.silhouette is not None
    assert found.stability is not None
    assert found.silhouette > 0.5
    assert found.stability > 0.9
    assert all(one.quality.stability > 0.9 and one.quality.cohesion > 0.5 for one in found.clusters)


def test_the_order_in_which_the_needs_come_changes_nothing(found: Clustering) -> None:
    needs, kinds = planted(SIZES)
    order = list(range(len(needs)))
    random.Random(4).shuffle(order)
    assert find_clusters([needs[row] for row in order], [kinds[row] for row in order]) == found


def test_a_cluster_tells_what_its_members_share(found: Clustering) -> None:
    vision = found.clusters[0]
    assert vision.main_category == "VISION"
    assert vision.industries == (Share("25", 7),)
    assert Share("도금", 7) in vision.processes
    assert {"얼룩", "판정"} <= set(vision.words)
    assert "납기" not in vision.words
    assert vision.common_need.need_id in vision.need_ids
    assert "육안검사" in " ".join(vision.common_need.sentences)


def test_a_need_unlike_all_others_stays_outside_and_is_told() -> None:
    needs, kinds = planted(SIZES)
    stranger = matching.need(
        need_id="stranger",
        title="해외 바이어와 도면을 주고받기 어렵습니다",
        description="디자이너가 재택을 하니 파일을 메일로 보내는데 판이 뒤섞입니다.",
        industry="33",
        processes=(),
        manufacturer_business_number="stranger",
    )
    found = find_clusters(
        [*needs, matching.embedded_need(stranger)], [*kinds, (InferredCategory("PLM", 0.9),)]
    )
    assert found.outside == ("stranger",)
    assert len(found.clusters) == 4
    assert found.share_outside == pytest.approx(1 / 23)


def test_needs_of_one_manufacturer_alone_are_no_cluster() -> None:
    needs, kinds = planted(SIZES)
    lonely = [
        EmbeddedNeed(replace(need.profile, manufacturer_business_number="one"), need.embedded)
        if str(need.profile.need_id).startswith("APS")
        else need
        for need in needs
    ]
    found = find_clusters(lonely, kinds)
    assert kinds_of(found) == [{"VISION"}, {"HACCP"}, {"SAFETY"}]
    assert len(found.outside) == SIZES["APS"]


@pytest.mark.parametrize("size", [0, 1, 5])
def test_too_few_needs_make_no_clusters_and_it_is_said(size: int) -> None:
    found = find_clusters(*planted({"VISION": size}))
    assert (found.clusters, found.reason) == ((), "too_few_needs")
    assert len(found.outside) == size


@pytest.mark.parametrize("rows", [np.eye(40), np.random.default_rng(1).normal(size=(40, 25))])
def test_needs_without_any_likeness_make_no_clusters_and_it_is_said(rows: Numbers) -> None:
    owners = np.array([str(row) for row in range(40)])
    with pytest.raises(NoGroupingError) as refused:
        grouped(unit_rows(rows), np.full((40, 27), 0.5), owners)
    assert refused.value.reason == "nothing_stable"


def test_there_are_never_more_clusters_than_the_alliance_wants() -> None:
    groups, size = MOST_CLUSTERS + 6, 3
    centres = np.repeat(np.eye(groups), size, axis=0)
    noise = np.random.default_rng(2).normal(scale=0.05, size=centres.shape)
    rows = (centres + noise) / np.linalg.norm(centres + noise, axis=1, keepdims=True)
    owners = np.array([str(row) for row in range(len(rows))])
    labels = grouped(rows, np.full((len(rows), 27), 0.5), owners).labels
    assert len(set(labels.tolist()) - {-1}) == MOST_CLUSTERS


def test_a_need_that_does_not_call_for_the_main_kind_does_not_belong() -> None:
    needs, kinds = planted(SIZES)
    needs.append(planted_need("VISION", 90))
    kinds.append((InferredCategory("VISION", 0.05),))
    assert find_clusters(needs, kinds).outside == ("VISION-90",)


def test_the_views_are_weighed_as_documented() -> None:
    needs, _ = planted({"VISION": 1, "HACCP": 1})
    needs[1] = EmbeddedNeed(replace(needs[1].profile, industry="25", processes=()), needs[1].embedded)
    rows = points(needs, probabilities([inferred("VISION"), inferred("VISION")]))
    assert np.linalg.norm(rows, axis=1) == pytest.approx(1)
    # Same kinds and trade, opposite texts (two needs less their mean), no process alike: (1 − .5 + .25) / 2.
    assert rows[0] @ rows[1] == pytest.approx(0.375)


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({}, "금속 머신비전 검사"),
        ({"processes": (Share("도금", 4),)}, "도금 머신비전 검사"),
        ({"industries": (Share("10", 2), Share("13", 2))}, "도금 머신비전 검사"),
        ({"industries": (Share("10", 2), Share("13", 2)), "processes": ()}, "머신비전 검사"),
        (
            {
                "industries": (Share("10", 2), Share("13", 2)),
                "processes": (),
                "categories": (InferredCategory("FEMS", 0.9), InferredCategory("IOT", 0.6)),
            },
            "에너지 관리(FEMS)·센서 데이터 수집",
        ),
    ],
)
def test_a_name_says_what_most_members_share(changes: dict[str, object], name: str) -> None:
    assert name_of(cluster(**changes), ()) == name


def test_no_two_names_are_alike() -> None:
    taken: set[str] = set()
    for _ in range(12):
        name = name_of(cluster(), taken)
        assert name not in taken
        taken.add(name)
    assert len(taken) == 12


def test_names_of_found_clusters_are_korean_and_all_different(found: Clustering) -> None:
    names = [one.name for one in found.clusters]
    assert names == [
        "도금 머신비전 검사",
        "살균 스마트 HACCP",
        "조립 생산계획 수립(APS)",
        "반응 작업장 안전관제",
    ]


def test_every_kind_and_every_trade_has_its_words() -> None:
    assert PURPOSES.keys() == set(category_codes())
    assert all(re.search("[가-힣]", purpose) for purpose in PURPOSES.values())
    assert len(set(PURPOSES.values())) == len(PURPOSES)
    divisions = [division for codes in TRADES.values() for division in codes]
    assert sorted(divisions) == [one.code for one in industries() if one.parent is None]
    assert not set(TRADES) & {process.name for process in processes()}


def known(found: Clustering) -> list[KnownCluster]:
    """The clusters as they were stored."""
    return [
        KnownCluster(
            f"id-{one.main_category}", f"{one.main_category} 이름", one.main_category, frozenset(one.need_ids)
        )
        for one in found.clusters
    ]


def test_a_cluster_keeps_id_and_name_when_needs_come_and_go(found: Clustering) -> None:
    needs, kinds = planted(SIZES | {"APS": 8})
    pairs = [
        (need, kind)
        for need, kind in zip(needs, kinds, strict=True)
        if need.profile.need_id not in ("VISION-00", "VISION-01", "HACCP-05")
    ]
    again = find_clusters([need for need, _ in pairs], [kind for _, kind in pairs], known(found))
    assert {(one.known_id, one.name) for one in again.clusters} == {
        (f"id-{kind}", f"{kind} 이름") for kind in PLANTED
    }


def test_a_cluster_whose_members_are_gone_is_not_continued(found: Clustering) -> None:
    again = find_clusters(*planted({"VISION": 7, "HACCP": 6, "APS": 5}), known(found))
    assert "id-SAFETY" not in {one.known_id for one in again.clusters}
    assert len(again.clusters) == 3


def test_identity_goes_by_the_largest_summed_overlap_from_three_tenths_on() -> None:
    old = [
        KnownCluster("a", "가", "MES", frozenset("123456")),
        KnownCluster("b", "나", "MES", frozenset("789")),
        KnownCluster("c", "다", "MES", frozenset("xyzuvw")),
    ]
    new = ["1237", "45689", "xqrst"]
    assert [one.id if one else None for one in continued(new, ["MES"] * 3, old)] == ["a", "b", None]


def test_a_group_whose_main_kind_changed_is_a_new_cluster() -> None:
    old = [KnownCluster("a", "가", "MES", frozenset("123"))]
    assert continued(["123"], ["APS"], old) == [None]


def test_a_word_that_one_plant_alone_uses_or_that_names_a_company_is_not_told() -> None:
    texts = [
        "한빛정밀의 도금 얼룩을 찾습니다",
        "얼룩을 한빛정밀에서 봅니다",
        "납기를 놓칩니다",
        "납기를 지킵니다",
    ]
    told = distinctive_words(texts, ["a", "b", "c", "c"], [[0, 1], [2, 3]], ["한빛정밀"])
    assert told == [("얼룩",), ()]


def test_verbs_are_not_taken_for_words() -> None:
    texts = ["가스를 재고 들어가는 사람", "가스를 한 번 재고 말아요", "재고가 안 맞음", "재고를 셈"]
    told = distinctive_words(texts, ["a", "b", "c", "d"], [[0, 1], [2, 3]], [])
    assert told == [("가스",), ("재고",)]


def test_suppliers_come_by_the_introductions_to_expect_in_the_whole_cluster() -> None:
    for_members = [
        {"wide": 0.6, "only here": 0.9, "weak": 0.1},
        {"wide": 0.6, "late": 0.8, "weak": 0.1},
        {"wide": 0.7, "late": 0.9},
    ]
    served = serving_suppliers(for_members)
    assert [(one.supplier_id, one.in_top, one.eligible) for one in served] == [("wide", 3, 3), ("late", 2, 2)]
    assert served[0].mean_score == pytest.approx(1.9 / 3)


def test_a_supplier_behind_ten_better_ones_serves_nobody() -> None:
    crowd = {f"better{number}": 0.5 for number in range(10)}
    served = serving_suppliers([crowd | {"last": 0.4}, crowd | {"last": 0.4}])
    assert {one.supplier_id for one in served} == set(crowd)
