"""Codes as request fields: each is checked against its list, and the error names the list."""

from collections.abc import Callable, Collection
from functools import cache
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from matching import taxonomy
from service.kit.business_number import BusinessNumberError, parse_business_number
from service.kit.texts import Clean, Line

MOST_WON = 10_000_000_000_000


def _known(codes: Callable[[], Collection[str]], list_name: str) -> Callable[[str], str]:
    def check(value: str) -> str:
        if value not in codes():
            raise PydanticCustomError(
                "unknown_code", "unknown code", {"value": value[:50], "codes": list_name}
            )
        return value

    return check


@cache
def _industry_codes() -> Collection[str]:
    return {industry.code for industry in taxonomy.industries()}


@cache
def _region_codes() -> Collection[str]:
    return {region.code for region in taxonomy.regions()}


@cache
def _smart_level_names() -> Collection[str]:
    return {level.name for level in taxonomy.smart_levels()}


@cache
def _certification_codes() -> Collection[str]:
    return {certification.code for certification in taxonomy.certifications()}


def _business_number(text: str) -> str:
    try:
        return parse_business_number(text)
    except BusinessNumberError as error:
        raise PydanticCustomError(error.code, "invalid business number") from error


def _distinct(values: list[str]) -> list[str]:
    return list(dict.fromkeys(values))


CategoryCode = Annotated[Line, AfterValidator(_known(taxonomy.category_codes, "solution-categories"))]
IndustryCode = Annotated[Line, AfterValidator(_known(_industry_codes, "industries"))]
# Former codes (강원 42, 전북 45) are read as the present ones.
RegionCode = Annotated[
    Line, AfterValidator(taxonomy.current_region), AfterValidator(_known(_region_codes, "regions"))
]
SmartLevelName = Annotated[Line, AfterValidator(_known(_smart_level_names, "smart-levels"))]
CertificationCode = Annotated[Line, AfterValidator(_known(_certification_codes, "certifications"))]
# The list of processes is open: a known synonym becomes its usual word, an unknown word stays.
ProcessWord = Annotated[
    str, StringConstraints(min_length=1, max_length=30), Clean, AfterValidator(taxonomy.process_of)
]
BusinessNumber = Annotated[str, Clean, AfterValidator(_business_number)]
Won = Annotated[int, Field(strict=True, ge=0, le=MOST_WON)]
PositiveWon = Annotated[int, Field(strict=True, ge=1, le=MOST_WON)]

Categories = Annotated[list[CategoryCode], Field(max_length=27), AfterValidator(_distinct)]
Industries = Annotated[list[IndustryCode], Field(max_length=50), AfterValidator(_distinct)]
Regions = Annotated[list[RegionCode], Field(max_length=30), AfterValidator(_distinct)]
SmartLevels = Annotated[list[SmartLevelName], Field(max_length=4), AfterValidator(_distinct)]
Certifications = Annotated[list[CertificationCode], Field(max_length=30), AfterValidator(_distinct)]
Processes = Annotated[list[ProcessWord], Field(max_length=30), AfterValidator(_distinct)]
