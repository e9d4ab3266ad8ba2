"""Clusters on the wire: what everyone sees, what a member sees besides, and what staff see."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from service.kit.pages import Page


class ClusterCategory(BaseModel):
    """A kind of solution that the members' texts call for, with its mean probability."""

    category: str
    name: str
    probability: float


class IndustryCount(BaseModel):
    """How many manufacturers are of a division of KSIC."""

    industry: str
    name: str
    manufacturers: int


class RegionCount(BaseModel):
    """How many manufacturers are in a region."""

    region: str
    name: str
    manufacturers: int


class ProcessCount(BaseModel):
    """How many needs concern a process."""

    process: str
    needs: int


class ClusterAnswer(BaseModel):
    """What everyone may know: nothing in it tells who the members are."""

    id: UUID
    name: str
    need_count: int
    manufacturer_count: int
    supplier_count: int = Field(description="이 클러스터의 여러 수요에 맞는 공급기업 수")
    categories: list[ClusterCategory]
    industries: list[IndustryCount]
    processes: list[ProcessCount]
    words: list[str] = Field(description="두 곳 이상이 함께 쓰는 현장의 말")
    own_need_ids: list[UUID] = Field(description="보는 수요기업 자신의 수요. 다른 사람에게는 비어 있습니다.")
    made_at: datetime
    refreshed_at: datetime


class OtherMembers(BaseModel):
    """The other members of one's own cluster, counted."""

    manufacturers: int
    industries: list[IndustryCount]
    regions: list[RegionCount]


class MemberClusterAnswer(ClusterAnswer):
    """For a manufacturer of the cluster."""

    others: OtherMembers


class MemberNeed(BaseModel):
    """A need that brought its manufacturer into the cluster."""

    id: UUID
    title: str


class MemberAnswer(BaseModel):
    """A manufacturer of the cluster."""

    manufacturer_id: UUID
    company_name: str
    industry: str
    region: str
    needs: list[MemberNeed]


class CommonNeedAnswer(BaseModel):
    """The most central need, by its own sentences."""

    need_id: UUID
    sentences: list[str]


class ServingSupplierAnswer(BaseModel):
    """A supplier that ranks well for several members."""

    supplier_id: UUID
    company_name: str
    region: str
    mean_score: float = Field(description="추천할 수 있는 수요들에서 받은 score의 평균")
    eligible_needs: int = Field(description="추천할 수 있는 수요 수")
    top_needs: int = Field(description="상위 열 곳에 드는 수요 수")


class ClusterQualityAnswer(BaseModel):
    """How far the cluster can be trusted; each is at most 1."""

    silhouette: float = Field(description="다른 클러스터와 얼마나 떨어져 있는지 (0은 경계)")
    cohesion: float = Field(description="구성 수요끼리 얼마나 가까운지")
    stability: float = Field(description="수요의 5분의 1을 빼고 다시 묶어도 얼마나 그대로인지")


class StaffClusterAnswer(ClusterAnswer):
    """For account managers and administrators."""

    common_need: CommonNeedAnswer
    members: list[MemberAnswer]
    suppliers: list[ServingSupplierAnswer]
    quality: ClusterQualityAnswer


class ClusterPage(Page[ClusterAnswer]):
    """The list with what came of the last run."""

    note: str = Field(description="마지막으로 묶은 결과, 없으면 그 까닭")
    refreshed_at: datetime | None
    outside_need_ids: list[UUID] | None = Field(description="어느 클러스터에도 들지 않은 수요 (담당자만)")
    silhouette: float | None
    stability: float | None
