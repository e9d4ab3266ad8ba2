"""What manufacturers said their needs call for, as examples to learn from."""

from sqlmodel import Session, col, select

from matching.problem_examples import ProblemExample
from service.db.tables import Manufacturer
from service.needs.queries import confirmed_needs
from service.recommendations.anonymity import without_names
from service.recommendations.profiles import need_profile


def confirmed_examples(session: Session) -> list[ProblemExample]:
    """Every confirmed need as its text, without the company's name and without addresses and telephones."""
    needs = confirmed_needs(session)
    ids = {need.manufacturer_id for need in needs}
    found = session.exec(select(Manufacturer).where(col(Manufacturer.id).in_(ids))).all()
    by_id = {manufacturer.id: manufacturer for manufacturer in found}
    examples = []
    for need in needs:
        manufacturer = by_id[need.manufacturer_id]
        text = without_names(need_profile(need, manufacturer).text, manufacturer.company_name)
        examples.append(ProblemExample(text, tuple(need.categories), manufacturer.industry, recorded=True))
    return examples
