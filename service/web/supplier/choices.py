"""What can be chosen in the forms of a profile: codes and their names."""

from collections.abc import Sequence

from matching import taxonomy
from service.web import wording

Options = Sequence[tuple[str, str]]

_MANUFACTURING = [str(division) for division in range(10, 35)]

CATEGORIES: Options = [(code, taxonomy.category_name(code)) for code in taxonomy.category_codes()]
REGIONS: Options = [(each.code, each.name) for each in taxonomy.regions()]
CERTIFICATIONS: Options = [
    (each.code, wording.certification(each.code)) for each in taxonomy.certifications()
]
LEVELS: Options = [(each.name, each.name) for each in taxonomy.smart_levels()]


def industry_options(chosen: Sequence[str]) -> Options:
    """The divisions of manufacturing, and whatever narrower industry was chosen by another way."""
    codes = _MANUFACTURING + [code for code in chosen if code not in _MANUFACTURING]
    return [(code, _short(taxonomy.industry_name(code))) for code in codes]


def _short(name: str) -> str:
    """Without what it leaves out (섬유제품 제조업; 의복 제외) and the word that all share."""
    return name.split(";", maxsplit=1)[0].strip().removesuffix(" 제조업")


CHOICES = {
    "categories": CATEGORIES,
    "regions": REGIONS,
    "certifications": CERTIFICATIONS,
    "levels": LEVELS,
    "industries": industry_options,
}
"""All of them, for the templates."""
