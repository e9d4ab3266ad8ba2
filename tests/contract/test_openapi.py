"""What other systems are built against: the paths and members of contract version 1."""

import json
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

COPY = Path(__file__).with_name("openapi.json")

SUPPLIER = {
    "business_number", "company_name", "representative_name", "region", "address", "homepage",
    "employee_count", "founded_on", "summary", "solutions", "service_regions", "certifications",
    "concurrent_project_capacity", "references",
}  # fmt: skip
SOLUTION = {
    "name", "description", "categories", "industries", "processes", "price_min_won", "price_max_won",
    "smart_levels",
}  # fmt: skip
REFERENCE = {"title", "problem", "outcome", "industry", "completed_on"}
MANUFACTURER = {
    "business_number", "company_name", "industry", "region", "employee_count", "annual_revenue_won",
    "smart_level", "existing_systems",
}  # fmt: skip
NEED = {
    "title", "description", "categories", "processes", "budget_won", "start_by", "required_certifications",
    "excluded_supplier_ids", "needs_on_site_support",
}  # fmt: skip
RECOMMENDATION = {
    "run_id", "need_id", "model_version", "generated_at", "inferred_categories", "items", "excluded",
    "considered",
}  # fmt: skip
JOB = {"id", "status", "total", "imported", "rejected"}
TOKEN = {"access_token", "token_type", "expires_in", "refresh_token"}
ACCOUNT = {"id", "email", "name", "phone", "role", "active", "email_confirmed_at"}
SESSION = {"id", "created_at", "last_used_at", "expires_at", "agent", "network", "current"}
API_KEY = {"id", "name", "prefix", "role", "scopes", "last_used_at", "previous_until", "revoked_at"}
PERSON = {"contact", "consents"}
PAGE = {"items", "next_cursor"}

# Method and path: the members of the body that is sent, the status, the members of the answer.
OPERATIONS: dict[str, tuple[set[str], str, set[str]]] = {
    "post /v1/auth/token": ({"username", "password"}, "200", TOKEN),
    "post /v1/auth/refresh": ({"refresh_token"}, "200", {"access_token", "refresh_token", "expires_in"}),
    "post /v1/auth/sign-out": (set(), "204", set()),
    "post /v1/auth/password-resets": ({"email"}, "200", {"message"}),
    "post /v1/auth/password-resets/completion": ({"token", "password"}, "204", set()),
    "post /v1/auth/email-confirmations": ({"email"}, "200", {"message"}),
    "post /v1/auth/email-confirmations/completion": ({"token"}, "204", set()),
    "post /v1/auth/invitations": ({"token", "password", "consents"}, "200", ACCOUNT),
    "get /v1/me": (set(), "200", ACCOUNT),
    "patch /v1/me": ({"name", "phone", "password", "present_password"}, "200", ACCOUNT),
    "get /v1/me/sessions": (set(), "200", PAGE),
    "get /v1/me/sessions/{session_id}": (set(), "200", SESSION),
    "delete /v1/me/sessions/{session_id}": (set(), "204", set()),
    "post /v1/me/sessions/revocation": (set(), "204", set()),
    "get /v1/me/colleagues": (set(), "200", PAGE),
    "post /v1/me/colleagues": ({"name", "email"}, "201", {"id", "active"}),
    "get /v1/me/colleagues/{account_id}": (set(), "200", {"id", "active"}),
    "delete /v1/me/colleagues/{account_id}": (set(), "204", set()),
    "get /v1/accounts": (set(), "200", PAGE),
    "post /v1/accounts": ({"email", "name", "role", "password"}, "201", ACCOUNT),
    "get /v1/accounts/{account_id}": (set(), "200", ACCOUNT | {"stake_supplier_id"}),
    "patch /v1/accounts/{account_id}": ({"role", "active", "stake_supplier_id"}, "200", ACCOUNT),
    "get /v1/api-keys": (set(), "200", PAGE),
    "post /v1/api-keys": ({"name", "role", "scopes"}, "201", API_KEY | {"key"}),
    "get /v1/api-keys/{key_id}": (set(), "200", API_KEY),
    "post /v1/api-keys/{key_id}/rotation": ({"overlap_hours"}, "200", API_KEY | {"key"}),
    "delete /v1/api-keys/{key_id}": (set(), "204", set()),
    "post /v1/suppliers": (SUPPLIER | PERSON, "201", SUPPLIER | {"id", "status"}),
    "get /v1/suppliers": (set(), "200", PAGE),
    "get /v1/suppliers/{supplier_id}": (set(), "200", {"id", "company_name", "solutions"}),
    "patch /v1/suppliers/{supplier_id}": (SUPPLIER - {"business_number"}, "200", SUPPLIER | {"id"}),
    "post /v1/suppliers/{supplier_id}/approval": (set(), "200", {"id", "status"}),
    "post /v1/suppliers/{supplier_id}/rejection": ({"reason"}, "200", {"id", "status"}),
    "post /v1/suppliers/{supplier_id}/suspension": ({"reason"}, "200", {"id", "status"}),
    "get /v1/suppliers/{supplier_id}/leads": (set(), "200", PAGE),
    "get /v1/suppliers/{supplier_id}/history": (set(), "200", PAGE),
    "get /v1/manufacturers/{manufacturer_id}/history": (set(), "200", PAGE),
    "get /v1/consent-texts": (set(), "200", PAGE),
    "get /v1/me/consents": (set(), "200", PAGE),
    "post /v1/me/consents": ({"purpose", "accepted"}, "201", {"purpose", "accepted", "text_version"}),
    "get /v1/me/export": (set(), "200", set()),
    "post /v1/me/closure": (set(), "200", {"requested_at", "erased_by"}),
    "get /v1/exports/suppliers": (set(), "200", set()),
    "post /v1/business-numbers/check": (
        {"business_number"},
        "200",
        {"valid_checksum", "status", "checked_at", "source"},
    ),
    "post /v1/imports/suppliers": (set(), "202", JOB),
    "post /v1/imports/manufacturers": (set(), "202", JOB),
    "get /v1/jobs/{job_id}": (set(), "200", JOB),
    "post /v1/manufacturers": (MANUFACTURER | PERSON, "201", MANUFACTURER | {"id"}),
    "get /v1/manufacturers/{manufacturer_id}": (set(), "200", MANUFACTURER | {"id"}),
    "patch /v1/manufacturers/{manufacturer_id}": (MANUFACTURER - {"business_number"}, "200", MANUFACTURER),
    "post /v1/manufacturers/{manufacturer_id}/needs": (NEED, "201", NEED | {"id", "status"}),
    "get /v1/needs": (set(), "200", PAGE),
    "get /v1/needs/{need_id}": (set(), "200", NEED | {"id", "status"}),
    "patch /v1/needs/{need_id}": (NEED, "200", NEED | {"id", "status"}),
    "get /v1/needs/{need_id}/recommendations": (set(), "200", RECOMMENDATION),
    "post /v1/recommendations/preview": (NEED | {"industry", "region"}, "200", RECOMMENDATION),
    "post /v1/recommendations/{run_id}/feedback": (
        {"supplier_id", "verdict", "reason_code", "comment"},
        "201",
        {"id"},
    ),
    "post /v1/assignments": ({"need_ids", "suppliers_per_need", "floor", "day"}, "202", JOB),
    "get /v1/assignments/{job_id}": (
        set(),
        "200",
        {"id", "day", "needs", "unserved", "suppliers", "totals", "floor", "suppliers_per_need"},
    ),
    "get /v1/clusters": (set(), "200", PAGE),
    "get /v1/clusters/{cluster_id}": (set(), "200", {"id", "name"}),
    "post /v1/clusters/refresh": (set(), "202", JOB),
    "get /v1/programmes": (set(), "200", PAGE),
    "get /v1/programmes/{code}": (set(), "200", {"code"}),
    "post /v1/financing/installment-schedules": (
        {"price_won", "principal_won", "months", "annual_rate_percent", "method", "grace_months"},
        "200",
        {"terms", "rows", "totals", "level_payment_won", "conventions", "calendar_version", "warnings"},
    ),
    "post /v1/financing/fund-loan-schedules": (
        {"principal_won", "bank_rate_percent", "rate_reduction_percent", "floor_rate_percent"},
        "200",
        {"rows", "totals", "customer_rate_percent", "market_total_interest_won", "interest_saved_won"},
    ),
    **{
        f"get /v1/codes/{codes}": (set(), "200", {"items"})
        for codes in (
            "solution-categories", "industries", "regions", "processes", "smart-levels", "certifications",
        )
    },
    "get /healthz": (set(), "200", set()),
    "get /readyz": (set(), "200", set()),
    "get /metrics": (set(), "200", set()),
}  # fmt: skip

NESTED = {
    "SolutionInput": SOLUTION,
    "ReferenceInput": REFERENCE,
    "Contact": {"name", "email", "phone", "password"},
    "Consent": {"purpose", "accepted"},
    "CandidateAnswer": {"rank", "supplier", "solution", "score", "reasons", "evidence", "cautions"},
    "SupplierSummary": {"id", "company_name", "region"},
    "SolutionSummary": {"id", "name", "categories"},
    "ReasonAnswer": {"code", "contribution", "text"},
    "EvidenceAnswer": {"need_text", "supplier_text", "similarity"},
    "CautionAnswer": {"code", "text"},
    "ExcludedAnswer": {"code", "count", "text"},
    "InferredCategoryAnswer": {"category", "name", "probability"},
    "AssignedNeed": {"id", "title", "manufacturer", "run_id", "suppliers", "shortage"},
    "AssignedSupplier": {"rank", "supplier", "solution", "score", "reasons", "cautions"},
    "UnservedNeed": {"id", "title", "manufacturer", "code", "text"},
    "SupplierLoad": {"id", "company_name", "assigned", "capacity", "wanted"},
    "PlanTotals": {"plan", "greedy", "own_choices"},
    "HistoryItem": {"id", "occurred_at", "action", "text", "by", "before", "after"},
    "Rejection": {"line", "code", "message"},
    "Problem": {"type", "title", "status", "detail", "code", "errors", "request_id"},
}


@pytest.fixture(scope="module")
def document(shared_app: FastAPI) -> Any:
    """/openapi.json as it is served."""
    return json.loads(json.dumps(shared_app.openapi()))


def members(document: Any, schema: Any) -> set[str]:
    """The names of an object's members, through references, choices and combinations."""
    if "$ref" in schema:
        return members(document, document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]])
    found = set(schema.get("properties", {}))
    for part in ("allOf", "anyOf", "oneOf"):
        for each in schema.get(part, []):
            found |= members(document, each)
    return found


def content_members(document: Any, holder: Any) -> set[str]:
    found: set[str] = set()
    for content in holder.get("content", {}).values():
        found |= members(document, content.get("schema", {}))
    return found


@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_contract_is_kept_by(operation: str, document: Any) -> None:
    method, path = operation.split()
    sent, status, answered = OPERATIONS[operation]
    there = document["paths"][path][method]
    assert sent <= content_members(document, there.get("requestBody", {}))
    assert answered <= content_members(document, there["responses"][status])


@pytest.mark.parametrize("name", NESTED)
def test_the_contract_is_kept_inside(name: str, document: Any) -> None:
    assert NESTED[name] <= members(document, document["components"]["schemas"][name])


def test_lists_take_a_limit_and_a_cursor(document: Any) -> None:
    for path in ("/v1/suppliers", "/v1/manufacturers", "/v1/needs", "/v1/clusters"):
        named = {parameter["name"] for parameter in document["paths"][path]["get"]["parameters"]}
        assert {"limit", "cursor"} <= named


def test_the_directory_takes_its_filters(document: Any) -> None:
    named = {parameter["name"] for parameter in document["paths"]["/v1/suppliers"]["get"]["parameters"]}
    assert {"category", "industry", "region", "q"} <= named


def test_every_post_that_creates_takes_an_idempotency_key(document: Any) -> None:
    for path, operations in document["paths"].items():
        responses = operations.get("post", {}).get("responses", {})
        if path.startswith("/v1/") and {"201", "202"} & responses.keys():
            named = {parameter["name"] for parameter in operations["post"]["parameters"]}
            assert "Idempotency-Key" in named, path


@pytest.mark.parametrize("method", ["patch", "delete"])
def test_every_change_of_what_is_there_takes_if_match(document: Any, method: str) -> None:
    changing = [operations[method] for operations in document["paths"].values() if method in operations]
    assert changing
    for operation in changing:
        assert "If-Match" in {one["name"] for one in operation["parameters"]}


def test_every_operation_says_that_its_errors_are_problem_documents(document: Any) -> None:
    for operations in document["paths"].values():
        for operation in operations.values():
            for status in ("4XX", "5XX"):
                assert operation["responses"][status]["content"].keys() == {"application/problem+json"}
            assert "422" not in operation["responses"]
    assert "HTTPValidationError" not in document["components"]["schemas"]


def test_every_operation_is_described_in_korean(document: Any) -> None:
    for path, operations in document["paths"].items():
        for operation in operations.values():
            assert any("가" <= char <= "힣" for char in operation["summary"] + operation["description"]), path


def test_money_is_always_an_integer_and_rates_are_never_floats(document: Any) -> None:
    def walk(name: str, node: Any) -> None:
        if isinstance(node, dict):
            if name.endswith(("_won", "_percent")):
                assert "number" not in json.dumps(node.get("type", "")), name
                assert not any(choice.get("type") == "number" for choice in node.get("anyOf", [])), name
            for key, value in node.items():
                walk(key, value)
        elif isinstance(node, list):
            for value in node:
                walk(name, value)

    walk("", document["components"]["schemas"])


def test_the_committed_copy_is_what_the_service_says(document: Any) -> None:
    kept = json.loads(COPY.read_text(encoding="utf-8"))
    different = sorted(
        [path for path in document["paths"].keys() | kept["paths"].keys()
         if document["paths"].get(path) != kept["paths"].get(path)]
        + [name for name in document["components"]["schemas"].keys() | kept["components"]["schemas"].keys()
           if document["components"]["schemas"].get(name) != kept["components"]["schemas"].get(name)]
    )  # fmt: skip
    assert document == kept, (
        f"the API has changed: {different}. Other systems are built against it. When the change is meant, "
        "write the copy anew with: alliance openapi > tests/contract/openapi.json"
    )
