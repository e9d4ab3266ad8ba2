"""A programme as a file states it, checked before it is kept: `seed_data/programmes.json` has this form.

Amounts are integer won, rates decimal strings, days plain dates; what no source states is null.
"""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from service.db.tables import Programme
from service.financing.percent import PATTERN
from service.kit.problem_handlers import fault_sentence, pointer
from service.messages.programmes import AMOUNTS
from service.programmes.fitting import Kind
from service.programmes.rules import Rule, place_in_rule

Text = Annotated[str, StringConstraints(min_length=2, max_length=1000)]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]{1,59}$")]
Percent = Annotated[str, StringConstraints(pattern=PATTERN)]
Won = Annotated[int, Field(strict=True, ge=0)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class SourceRow(_Part):
    """Who says so, where and when."""

    title: Text
    url: Annotated[str, StringConstraints(pattern=r"^https?://\S+$", max_length=500)]
    published: date | None = None


class Period(_Part):
    """When the programme takes applications, as far as is known."""

    since: date | None = Field(alias="from")
    until: date | None = Field(alias="to")

    @model_validator(mode="after")
    def _forwards(self) -> "Period":
        if self.since and self.until and self.until < self.since:
            raise PydanticCustomError("period_backwards", "ends before it begins")
        return self


class GrantRowInput(_Part):
    """Share and cap of one year, track and level."""

    year: Annotated[int, Field(strict=True, ge=2000, le=2100)]
    valid_from: date
    valid_to: date
    track: Text
    level: Text
    target_smart_level: str | None = None
    government_share_percent: Percent
    government_cap_won: Won | None
    host_share_percent: Percent | None = None
    host_cap_won: Won | None = None
    company_share_percent: Percent | None = None
    note: Text | None = None
    source: SourceRow


class ProgrammeRow(_Part):
    """One programme. `rule` is what `rules.py` reads; `exclusive_with` names the codes of others."""

    code: Code
    name: Text
    summary: Text
    audience: Annotated[list[Kind], Field(min_length=1)]
    period: Period
    status: Literal["open", "closed"]
    status_basis: Text
    amount: dict[str, Won | Percent | None]
    eligibility: Annotated[list[Text], Field(min_length=1)]
    rule: Rule
    documents: list[Text] | None = None
    exclusive_with: list[Code] = []
    exclusive_basis: Text | None = None
    grant_rows: list[GrantRowInput] = []
    source: SourceRow
    further_sources: list[SourceRow] = []

    @model_validator(mode="after")
    def _amounts_are_known(self) -> "ProgrammeRow":
        """A figure of an unknown name would be shown nowhere."""
        for name in self.amount:
            if name not in AMOUNTS:
                raise PydanticCustomError("programme_amount", "unknown amount", {"value": name[:50]})
        return self

    def programme(self) -> Programme:
        """The row of the table; `terms` holds what was stated and nothing that was not."""
        own = {"code", "name", "summary", "status", "source", "period"}
        stated = self.model_dump(mode="json", by_alias=True, exclude_unset=True)
        return Programme(
            code=self.code,
            name=self.name,
            summary=self.summary,
            status=self.status,
            valid_from=self.period.since,
            valid_to=self.period.until,
            terms={name: value for name, value in stated.items() if name not in own},
            source=stated["source"],
        )


def faults_of(error: ValidationError) -> Iterator[tuple[str, str]]:
    """Each fault with the pointer to its place in the JSON and the sentence that says what to do."""
    for fault in error.errors():
        location: tuple[Any, ...] = fault["loc"]
        if location and location[0] == "rule":
            location = ("rule", *place_in_rule(location[1:]))
        yield pointer(location) or "/", fault_sentence(fault)
