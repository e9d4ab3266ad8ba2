"""Support programmes and fund terms over HTTP: facts with their source, and whom they fit."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from service.accounts.actor import SignedIn, Staff
from service.codes.types import RegionCode
from service.db.session import DbSession
from service.kit.pages import Cursor, Limit, Page
from service.programmes import queries
from service.programmes.fitting import Among, Kind, Sought, fitting_companies
from service.programmes.rules import Eligibility, FieldName
from service.programmes.schemas import (
    CompanyProgrammeList,
    FittingCompanyAnswer,
    FundTermAnswer,
    FundTermList,
    ProgrammeAnswer,
    ProgrammeList,
    company_programme,
    fitting_company,
)

router = APIRouter(tags=["지원사업"])


@router.get("/programmes", summary="지원사업 목록")
def list_programmes(session: DbSession) -> ProgrammeList:
    """얼라이언스와 정부의 지원사업을 출처와 함께 봅니다. 끝난 사업은 status가 closed입니다."""
    rows = queries.list_programmes(session)
    return ProgrammeList(items=[ProgrammeAnswer.model_validate(row) for row in rows])


@router.get("/programmes/{code}", summary="지원사업 보기")
def read_programme(code: str, session: DbSession) -> ProgrammeAnswer:
    """지원사업 하나를 봅니다. terms.rule은 누구를 위한 사업인지를 프로필 항목으로 적은 규칙입니다."""
    return ProgrammeAnswer.model_validate(queries.get_programme(session, code))


@router.get("/programmes/{code}/companies", summary="지원사업에 맞는 회사")
def list_fitting_companies(
    code: str,
    _actor: Staff,
    session: DbSession,
    eligibility: Annotated[Eligibility, Query(description="찾을 판정")] = Eligibility.ELIGIBLE,
    kind: Annotated[Kind | None, Query(description="공급기업이나 수요기업만")] = None,
    region: Annotated[RegionCode | None, Query(description="시도")] = None,
    missing: Annotated[FieldName | None, Query(description="이 항목이 비어 알 수 없는 회사만")] = None,
    failed: Annotated[str | None, Query(max_length=300, description="이 조건에 맞지 않는 회사만")] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Page[FittingCompanyAnswer]:
    """담당자가 이 사업에 맞는 회사를 찾습니다. items가 limit보다 적어도 next_cursor가 있으면 이어집니다."""
    programme = queries.get_programme(session, code)
    sought, among = Sought(eligibility, failed, missing), Among(kind, region)
    found, next_cursor = fitting_companies(session, programme, sought, among, limit, cursor)
    return Page(items=[fitting_company(each) for each in found], next_cursor=next_cursor)


@router.get("/manufacturers/{manufacturer_id}/programmes", summary="수요기업에 맞는 지원사업")
def list_for_manufacturer(manufacturer_id: UUID, actor: SignedIn, session: DbSession) -> CompanyProgrammeList:
    """지원사업마다 받을 수 있는지, 아니면 어느 조건 때문인지, 모르면 어느 항목을 채워야 하는지 답합니다."""
    found = queries.programmes_of_manufacturer(session, actor, manufacturer_id)
    return CompanyProgrammeList(items=[company_programme(each) for each in found])


@router.get("/suppliers/{supplier_id}/programmes", summary="공급기업에 맞는 지원사업")
def list_for_supplier(supplier_id: UUID, actor: SignedIn, session: DbSession) -> CompanyProgrammeList:
    """지원사업마다 받을 수 있는지, 아니면 어느 조건 때문인지, 모르면 어느 항목을 채워야 하는지 답합니다."""
    found = queries.programmes_of_supplier(session, actor, supplier_id)
    return CompanyProgrammeList(items=[company_programme(each) for each in found])


@router.get("/fund-terms", summary="상생협력펀드 조건")
def list_fund_terms(session: DbSession) -> FundTermList:
    """기간별 상생협력펀드 조건을 출처와 함께 봅니다."""
    rows = queries.list_fund_terms(session)
    return FundTermList(items=[FundTermAnswer.model_validate(row) for row in rows])
