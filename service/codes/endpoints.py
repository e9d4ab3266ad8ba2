"""Code lists: public, small, and the same for everyone."""

from fastapi import APIRouter
from pydantic import BaseModel

from matching import taxonomy

router = APIRouter(prefix="/codes", tags=["코드"])


class Code(BaseModel):
    """One entry of a code list; the other members depend on the list."""

    code: str
    name: str
    parent: str | None = None
    group: str | None = None
    description: str | None = None
    synonyms: list[str] | None = None
    former_code: str | None = None
    valid_years: int | None = None


class CodeList(BaseModel):
    """A whole code list; it has no further pages."""

    items: list[Code]
    next_cursor: None = None


@router.get("/solution-categories", summary="솔루션 분야")
def list_solution_categories() -> CodeList:
    """27개 솔루션 분야와 현장에서 그 분야를 부르는 말."""
    return CodeList(
        items=[
            Code(
                code=category.code,
                name=category.name,
                group=category.group,
                description=category.description,
                synonyms=list(category.synonyms),
            )
            for category in taxonomy.solution_categories()
        ]
    )


@router.get("/industries", summary="업종 (KSIC 10차 제조업)")
def list_industries() -> CodeList:
    """한국표준산업분류 10차 C(제조업)의 2~5자리 코드."""
    return CodeList(
        items=[
            Code(code=industry.code, name=industry.name, parent=industry.parent)
            for industry in taxonomy.industries()
        ]
    )


@router.get("/regions", summary="시도")
def list_regions() -> CodeList:
    """17개 시도. former_code는 특별자치도가 되기 전의 코드이며 입력으로 받을 수 있습니다."""
    return CodeList(
        items=[
            Code(code=region.code, name=region.name, former_code=region.former_code)
            for region in taxonomy.regions()
        ]
    )


@router.get("/processes", summary="공정")
def list_processes() -> CodeList:
    """자주 쓰는 공정 이름. 여기에 없는 공정도 그대로 적을 수 있습니다."""
    return CodeList(
        items=[
            Code(code=process.name, name=process.name, synonyms=list(process.synonyms))
            for process in taxonomy.processes()
        ]
    )


@router.get("/smart-levels", summary="스마트공장 수준")
def list_smart_levels() -> CodeList:
    """기초에서 고도화까지 네 단계."""
    return CodeList(
        items=[
            Code(code=level.name, name=level.name, description=level.description)
            for level in taxonomy.smart_levels()
        ]
    )


@router.get("/certifications", summary="인증")
def list_certifications() -> CodeList:
    """공급기업이 가진 인증. valid_years가 없으면 만료되지 않습니다."""
    return CodeList(
        items=[
            Code(code=mark.code, name=mark.name, valid_years=mark.valid_years)
            for mark in taxonomy.certifications()
        ]
    )
