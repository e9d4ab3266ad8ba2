"""Korean sentences for reasons, cautions, notes and exclusions of a recommendation, from codes and facts.

Similarities are never shown as numbers: a raw cosine of 0.88 means little and reads like a percentage.
"""

from collections.abc import Callable, Mapping, Sequence

from matching.domain import Caution, Fact, Note, Reason
from matching.eligibility import BUDGET_TOLERANCE
from matching.taxonomy import (
    category_name,
    certification_name,
    current_region,
    division_of,
    industry_name,
    region_name,
)
from service.messages.amounts import won_reading
from service.messages.particles import with_particle

Facts = Mapping[str, Fact]

MOST_LISTED = 4
LIKELY = 0.4
"""From this probability on a kind of solution seems needed; below it may be."""


def reason_text(reason: Reason) -> str:
    """One sentence for a reason. Raises KeyError for a code that has none."""
    return _REASONS[reason.code](reason.facts)


def caution_text(caution: Caution) -> str:
    """One sentence for a caution. Raises KeyError for a code that has none."""
    return _CAUTIONS[caution.code](caution.facts)


def note_text(note: Note) -> str:
    """Why a supplier is shown although others scored higher. Raises KeyError for a code that has none."""
    return _NOTES[note.code](note.facts)


def held_back_text(code: str, count: int) -> str:
    """Whom a supplier yielded its place to, and how many did. Raises KeyError for an unknown rule."""
    return _HELD_BACK[code].format(count=f"{count:,}")


def exclusion_text(code: str, count: int) -> str:
    """One sentence for a rule and how many suppliers it ruled out. Raises KeyError for an unknown rule."""
    tolerance = round((BUDGET_TOLERANCE - 1) * 100)
    return _EXCLUSIONS[code].format(count=f"{count:,}", tolerance=tolerance)


def _category_fit(facts: Facts) -> str:
    kind = category_name(_word(facts, "category"))
    seems = "필요해 보이며" if _real(facts, "probability") >= LIKELY else "필요할 수 있으며"
    return f"{kind} 분야가 {seems}, 이 회사는 {_solution(facts, '을')} 그 분야로 등록했습니다."


def _declared_category(facts: Facts) -> str:
    kinds = _listed([category_name(code) for code in _words(facts, "categories")])
    return f"수요에서 직접 고른 {kinds} 분야에 {_solution(facts, '이')} 해당합니다."


def _text_fit(facts: Facts) -> str:
    return f"{_solution(facts, '을')} 소개한 글이 적힌 문제와 내용이 가깝습니다."


def _similar_problem(facts: Facts) -> str:
    details = [f"{_whole(facts, 'year')}년"] if "year" in facts else []
    details += [_industry(_word(facts, "industry"))] if "industry" in facts else []
    reference = f"'{_word(facts, 'reference')}'" + (f"({', '.join(details)})" if details else "")
    return f"비슷한 문제를 해결한 구축 실적 {with_particle(reference, '이')} 있습니다."


def _industry_fit(facts: Facts) -> str:
    offered = _industry(_word(facts, "offered")) if "offered" in facts else ""
    references = _whole(facts, "references") if "references" in facts else 0
    # References are counted over the whole division, so that is what they may be said to be of.
    division = _industry(division_of(_word(facts, "industry")))
    if not offered:
        return f"{division} 구축 실적이 {references:,}건 있습니다."
    aimed = f"{with_particle(offered, '을')} 대상으로 하는 솔루션"
    same = "같은 업종" if offered == division else division
    return f"{aimed}이고, {same} 구축 실적이 {references:,}건 있습니다." if references else f"{aimed}입니다."


def _process_fit(facts: Facts) -> str:
    return f"{_listed(_words(facts, 'processes'))} 공정을 다루는 솔루션입니다."


def _region_fit(facts: Facts) -> str:
    home, asked = _word(facts, "region"), _word(facts, "need_region")
    near = "같은 지역" if current_region(home) == current_region(asked) else "이웃한 지역"
    wish = "현장 지원을 원하는 수요인데, " if _whole(facts, "on_site") else ""
    return f"{wish}공급기업이 {near}인 {region_name(home)}에 있어 오가기 쉽습니다."


def _budget_fit(facts: Facts) -> str:
    budget = won_reading(_whole(facts, "budget_won"))
    low = _whole(facts, "price_min_won") if "price_min_won" in facts else None
    high = _whole(facts, "price_max_won") if "price_max_won" in facts else None
    if high is not None and high <= _whole(facts, "budget_won"):
        prices = won_reading(high) if low in (None, high) else f"{won_reading(low or 0)}~{won_reading(high)}"
        return f"등록한 가격 {with_particle(prices, '이')} 예산 {budget} 안에 들어옵니다."
    return f"등록한 최저 가격 {with_particle(won_reading(low or 0), '이')} 예산 {budget} 안에 들어옵니다."


def _smart_level_fit(facts: Facts) -> str:
    levels = _listed(_words(facts, "offered"))
    own = _word(facts, "smart_level")
    if own in _words(facts, "offered"):
        return f"지금 {own} 수준인 공장에 맞는 솔루션입니다."
    return f"지금 {own} 수준인 공장이 다음 수준으로 올라갈 때 맞는 솔루션입니다(등록한 수준: {levels})."


def _supplier_size(facts: Facts) -> str:
    return f"임직원 {_whole(facts, 'employee_count'):,}명 규모의 회사입니다."


def _certification(facts: Facts) -> str:
    names = [certification_name(code) for code in _words(facts, "certifications")]
    return f"{with_particle(_listed(names), '을')} 갖추었습니다."


def _existing_systems(facts: Facts) -> str:
    systems = with_particle(_listed(_words(facts, "systems")), "을")
    return f"이미 쓰고 있는 {systems} 소개 글에서 언급했습니다."


def _track_record(facts: Facts) -> str:
    introduced, contracted = _whole(facts, "introduced"), _whole(facts, "contracted")
    if contracted:
        return f"담당자가 {introduced:,}번 소개했고 그 가운데 {contracted:,}건이 계약되었습니다."
    return f"담당자가 이미 {introduced:,}번 소개한 회사입니다."


_REASONS: dict[str, Callable[[Facts], str]] = {
    "category_fit": _category_fit,
    "declared_category": _declared_category,
    "text_fit": _text_fit,
    "similar_problem": _similar_problem,
    "industry_fit": _industry_fit,
    "process_fit": _process_fit,
    "region_fit": _region_fit,
    "budget_fit": _budget_fit,
    "smart_level_fit": _smart_level_fit,
    "supplier_size": _supplier_size,
    "certification": _certification,
    "existing_systems": _existing_systems,
    "track_record": _track_record,
    "other": lambda facts: "그 밖의 항목을 모두 더한 값입니다.",
    "base": lambda facts: "어느 공급기업에나 똑같이 적용되는 기본값입니다.",
}


def _intent_uncertain(facts: Facts) -> str:
    kinds = _listed([category_name(code) for code in _words(facts, "categories")])
    return f"적힌 문제만으로는 {kinds} 분야가 필요한지 확실하지 않습니다. 먼저 확인해 주세요."


def _over_budget(facts: Facts) -> str:
    floor = with_particle(won_reading(_whole(facts, "price_min_won")), "이")
    return f"등록한 최저 가격 {floor} 예산보다 {_whole(facts, 'percent')}% 높습니다."


def _may_exceed_budget(facts: Facts) -> str:
    budget = with_particle(won_reading(_whole(facts, "budget_won")), "을")
    return f"사양에 따라 예산 {budget} 넘을 수 있습니다(등록한 최고 가격 {won_reading(_whole(facts, 'price_max_won'))})."


def _no_reference_in_industry(facts: Facts) -> str:
    return f"{_industry(_word(facts, 'industry'))} 구축 실적은 등록하지 않았습니다."


def _busy(facts: Facts) -> str:
    active, capacity = _whole(facts, "active_projects"), _whole(facts, "capacity")
    return f"동시에 맡을 수 있는 과제 {capacity}건 가운데 {active}건을 이미 진행하고 있습니다."


def _far_region(facts: Facts) -> str:
    home = region_name(_word(facts, "region"))
    return f"현장 지원을 원하는 수요인데 공급기업은 {home}에 있어 거리가 멉니다."


def _young_company(facts: Facts) -> str:
    return f"{_whole(facts, 'year')}년 {_whole(facts, 'month')}월에 세운 회사여서 업력이 3년이 되지 않습니다."


_CAUTIONS: dict[str, Callable[[Facts], str]] = {
    "intent_uncertain": _intent_uncertain,
    "over_budget": _over_budget,
    "may_exceed_budget": _may_exceed_budget,
    "price_unknown": lambda facts: "가격을 등록하지 않았으니 견적을 먼저 받아 보세요.",
    "no_reference": lambda facts: "등록한 구축 실적이 없습니다.",
    "no_reference_in_industry": _no_reference_in_industry,
    "busy": _busy,
    "far_region": _far_region,
    "young_company": _young_company,
    "unattended": lambda facts: (
        "이 회사에서 연락을 받던 사람이 모두 계정을 닫았으니 대표 번호로 먼저 연락해 보세요."
    ),
}


def _kind_cover(facts: Facts) -> str:
    kinds = _listed([category_name(code) for code in _words(facts, "categories")])
    return f"어떤 솔루션이 필요한지 확실하지 않아 {kinds} 분야의 공급기업도 함께 보여 드립니다."


_NOTES: dict[str, Callable[[Facts], str]] = {
    "kind_cover": _kind_cover,
    "newcomer": lambda facts: "최근 추천이 적었던 공급기업이라 함께 보여 드립니다.",
    "exposure_bound": lambda facts: "최근 추천 목록에 많이 나온 공급기업이 자리를 내주어 함께 보여 드립니다.",
}

_HELD_BACK = {
    "kind_cover": "점수는 더 높지만 가능성 있는 다른 분야의 공급기업에 자리를 내준 곳이 {count}곳 있습니다. 소개할 수 있는 공급기업입니다.",
    "newcomer": "점수는 더 높지만 최근 추천이 적었던 공급기업에 자리를 내준 곳이 {count}곳 있습니다. 소개할 수 있는 공급기업입니다.",
    "exposure_bound": "최근 추천 목록에 많이 나와 점수가 비슷한 공급기업에 자리를 내준 곳이 {count}곳 있습니다. 소개할 수 있는 공급기업입니다.",
}

_EXCLUSIONS = {
    "not_approved": "아직 승인되지 않은 공급기업 {count}곳을 제외했습니다.",
    "suspended": "활동이 정지된 공급기업 {count}곳을 제외했습니다.",
    "same_business_number": "수요기업과 사업자등록번호가 같은 공급기업 {count}곳을 제외했습니다.",
    "excluded_by_manufacturer": "수요기업이 제외해 달라고 한 공급기업 {count}곳을 제외했습니다.",
    "region_not_served": "수요기업이 있는 지역을 맡지 않는 공급기업 {count}곳을 제외했습니다.",
    "missing_certification": "필요한 인증을 갖추지 못한 공급기업 {count}곳을 제외했습니다.",
    "over_budget": "최저 가격이 예산을 {tolerance}% 넘게 웃도는 공급기업 {count}곳을 제외했습니다.",
    "no_capacity": "새 과제를 맡을 여력이 없는 공급기업 {count}곳을 제외했습니다.",
}


def _solution(facts: Facts, particle: str) -> str:
    """The solution's name in quotes with its particle; a solution without a name is called 솔루션."""
    name = _word(facts, "solution").strip()
    return with_particle(name, particle, quoted=True) if name else with_particle("등록한 솔루션", particle)


def _industry(code: str) -> str:
    """The industry's name without what it leaves out (섬유제품 제조업; 의복 제외)."""
    return industry_name(code).split(";")[0].strip()


def _listed(words: Sequence[str]) -> str:
    """The words parted by commas; of many only the first few, with how many there are."""
    if len(words) <= MOST_LISTED:
        return ", ".join(words)
    return f"{', '.join(words[:MOST_LISTED])} 등 {len(words)}가지"


def _word(facts: Facts, name: str) -> str:
    return str(facts[name])


def _words(facts: Facts, name: str) -> tuple[str, ...]:
    value = facts[name]
    return value if isinstance(value, tuple) else (str(value),)


def _whole(facts: Facts, name: str) -> int:
    return int(_real(facts, name))


def _real(facts: Facts, name: str) -> float:
    value = facts[name]
    if isinstance(value, tuple):
        raise TypeError(f"{name} is not a number")
    return float(value)
