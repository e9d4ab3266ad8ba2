"""Suppliers and needs for the matching library, embedded by the hashing encoder."""

from dataclasses import replace
from typing import Any

from matching.domain import CapabilityProfile, NeedProfile, Reference, Solution
from matching.encoder import HashingEncoder, embed
from matching.features import EmbeddedNeed
from matching.index import EmbeddedProfile, ProfileIndex
from matching.text import passages_of_need, passages_of_profile

ENCODER = HashingEncoder(64)

VISION = Solution(
    id="vision",
    name="도장면 외관 검사기",
    description="카메라로 도장면의 긁힘과 기포를 찾아 판정 기준을 통일합니다.",
    categories=("VISION",),
    industries=("30",),
    processes=("도장", "검사"),
    price_min_won=30_000_000,
    price_max_won=80_000_000,
    smart_levels=("기초", "중간1"),
)
WMS = Solution(
    id="wms",
    name="자재창고 위치 관리",
    description="바코드로 입고와 출고를 위치별로 잡아 재고를 장부와 맞춥니다.",
    categories=("WMS",),
    industries=("10",),
)
REFERENCE = Reference(
    id="reference",
    title="범퍼 도장 외관 검사",
    problem="육안검사라 작업자마다 판정이 달라 반품이 잦았다.",
    outcome="유출 불량이 절반으로 줄었다.",
    industry="30",
)


def supplier(supplier_id: str = "s1", **changes: Any) -> CapabilityProfile:
    """An approved supplier of vision inspection in 경기 that serves the whole country."""
    profile = CapabilityProfile(
        supplier_id=supplier_id,
        business_number="120-81-47521",
        company_name="한빛비전",
        region="41",
        summary="자동차 부품 외관 검사를 오래 한 회사입니다.",
        solutions=(VISION,),
    )
    return replace(profile, **changes)


def need(**changes: Any) -> NeedProfile:
    """A bumper painter in 경기 that cannot tell scratches reliably."""
    profile = NeedProfile(
        need_id="n1",
        title="도장 불량을 눈으로 못 잡습니다",
        description="도장면의 긁힘과 기포를 육안검사로 골라내는데 작업자마다 판정이 다릅니다.",
        industry="30",
        region="41",
    )
    return replace(profile, **changes)


def embedded(profile: CapabilityProfile) -> EmbeddedProfile:
    """The supplier with hashed vectors."""
    return EmbeddedProfile(profile, embed(ENCODER, passages_of_profile(profile)))


def embedded_need(profile: NeedProfile) -> EmbeddedNeed:
    """The need with hashed vectors."""
    return EmbeddedNeed(profile, embed(ENCODER, passages_of_need(profile)))


def index_of(*profiles: CapabilityProfile) -> ProfileIndex:
    """An index that holds these suppliers."""
    index = ProfileIndex(ENCODER.name, ENCODER.dimensions)
    index.put(*(embedded(profile) for profile in profiles))
    return index
