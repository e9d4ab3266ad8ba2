"""Forms read by the schemas of the API."""

import pytest
from pydantic import ValidationError

from service.needs.schemas import NeedInput, NeedPatch
from service.suppliers.schemas import SupplierInput, SupplierPatch
from service.web.forms import Form, Pairs

COMPANY: Pairs = [
    ("business_number", "120-81-47521"),
    ("company_name", "가나다비전"),
    ("region", "41"),
    ("summary", "외관 검사기를 만듭니다."),
    ("employee_count", ""),
    ("contact.name", "김가나"),
    ("contact.email", "kim@ganada.example"),
    ("contact.password", "choose-your-own"),
    ("consents.0.purpose", "registration"),
    ("consents.0.accepted", ""),
    ("consents.0.accepted", "true"),
]
SOLUTION: Pairs = [
    ("solutions.0.name", "사출 외관 검사기"),
    ("solutions.0.description", "흑점과 미성형을 가려냅니다."),
    ("solutions.0.categories", ""),
    ("solutions.0.categories", "VISION"),
    ("solutions.0.processes", "사출, 도금"),
    ("solutions.0.price_min_won", "3천만원"),
]
NEED: Pairs = [("title", "도금 두께"), ("description", "도금 두께를 손으로 재고 적습니다.")]


def _with(*groups: Pairs) -> Form:
    return Form([pair for group in groups for pair in group])


def _refused(form: Form, model: type) -> Form:
    with pytest.raises(ValidationError) as refusal:
        form.read(model)
    form.note(refusal.value)
    return form


def test_a_registration_is_read_from_its_fields() -> None:
    read = _with(COMPANY, SOLUTION).read(SupplierInput)
    assert read.business_number == "1208147521"
    assert read.employee_count is None
    assert read.consents[0].accepted
    assert read.solutions[0].processes == ["사출", "도금"]
    assert read.solutions[0].price_min_won == 30_000_000


def test_an_empty_row_is_no_row_and_a_refusal_still_finds_its_field() -> None:
    empty: Pairs = [("solutions.0.name", ""), ("solutions.0.categories", "")]
    unnamed = [
        (name.replace(".0.", ".3."), "" if name.endswith(".name") else value) for name, value in SOLUTION
    ]
    form = _refused(_with(COMPANY, empty, unnamed), SupplierInput)
    assert form.rows("solutions") == [0]
    assert form.text("solutions.0.description") == "흑점과 미성형을 가려냅니다."
    assert list(form.errors) == ["solutions.0.name"]


def test_a_box_that_was_left_empty_means_no_and_one_that_was_not_asked_means_nothing() -> None:
    assert Form([("needs_on_site_support", "")]).read(NeedPatch).needs_on_site_support is False
    assert Form([]).read(NeedPatch).model_fields_set == set()


def test_groups_of_boxes_can_be_emptied() -> None:
    assert Form([("certifications", "")]).read(SupplierPatch).certifications == []


def test_an_emptied_field_is_taken_away_and_one_that_is_needed_is_asked_for() -> None:
    emptied = Form([("homepage", ""), ("employee_count", " ")]).read(SupplierPatch)
    assert emptied.homepage is None
    assert emptied.model_fields_set == {"homepage", "employee_count"}
    assert _refused(Form([("company_name", "")]), SupplierPatch).error("company_name") == (
        "비어 있습니다. 내용을 적거나 골라 주세요."
    )


@pytest.mark.parametrize(
    ("typed", "said"),
    [("많이", "숫자로 적어 주세요"), ("0", "1 이상"), ("99조", "10000000000000 이하")],
)
def test_an_amount_that_cannot_be_taken_says_so_beside_the_field(typed: str, said: str) -> None:
    form = Form(
        [("title", "도금 두께"), ("description", "도금 두께를 손으로 재고 적습니다."), ("budget_won", typed)]
    )
    assert said in str(_refused(form, NeedInput).error("budget_won"))


def test_a_refused_value_of_a_group_stands_at_the_group() -> None:
    form = _with(NEED, [("categories", "NOTHING")])
    assert "NOTHING" in str(_refused(form, NeedInput).error("categories"))


def test_what_is_there_fills_a_form_that_reads_back_the_same() -> None:
    need = NeedInput(
        title="도금 두께",
        description="도금 두께를 손으로 재고 적습니다.",
        budget_won=5,
        processes=["도금", "세척"],
    )
    assert Form.holding(need).read(NeedInput) == need


def test_more_rows_can_be_shown_than_are_filled() -> None:
    assert Form([]).rows("references", at_least=2) == [0, 1]
    assert _with(SOLUTION).rows("solutions", at_least=2) == [0, 1]
