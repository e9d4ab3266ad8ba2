"""Imports: each line stands by itself, and a kill between two batches loses and doubles nothing."""

import csv
import json
import threading
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlmodel import select
from starlette.testclient import TestClient

from service.accounts import passwords
from service.db.session import Database
from service.db.tables import Account, ImportUpload, Job, Manufacturer, Solution, Supplier
from service.imports import files, operations
from service.kit.problems import Problem
from service.kit.turns import Turns
from tests.factories import companies
from tests.factories.answers import problem, row_counts
from tests.factories.numbers import business_number, wrong_check_digit
from tests.factories.people import Headers, admin, stored_supplier

CSV, LINES = "text/csv", "application/x-ndjson"
Jobs = Callable[[], None]


def upload(client: TestClient, content: bytes | str, media_type: str, kind: str = "suppliers") -> Any:
    headers = admin(client) | {"Content-Type": media_type}
    return client.post(f"/v1/imports/{kind}", content=content, headers=headers)


def finished(client: TestClient, run_jobs: Jobs, content: bytes | str, media_type: str, **kind: str) -> Any:
    """The job of an upload after it has run."""
    answer = upload(client, content, media_type, **kind)
    assert answer.status_code == 202, answer.text
    run_jobs()
    return job_at(client, answer.headers["Location"])


def job_at(client: TestClient, location: str) -> Any:
    return client.get(location, headers=admin(client)).json()


def json_lines(rows: Sequence[Any]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def csv_of(*rows: Sequence[str], header: str = "business_number,company_name,industry,region") -> str:
    return "\n".join([header, *(",".join(row) for row in rows)]) + "\n"


def stored(database: Database, table: Any) -> list[Any]:
    with database.transaction() as session:
        return list(session.exec(select(table).order_by(table.id)))


def test_an_accepted_import_says_where_its_job_is_and_what_it_found(client: TestClient) -> None:
    answer = upload(client, json_lines([companies.supplier_profile()] * 3), LINES)
    job = answer.json()
    assert answer.status_code == 202
    assert answer.headers["Location"] == f"/v1/jobs/{job['id']}"
    assert (job["status"], job["total"], job["imported"], job["rejected"]) == ("queued", 3, 0, [])


def test_imported_suppliers_are_approved_and_get_embedded(
    client: TestClient, database: Database, run_jobs: Jobs
) -> None:
    rows = [companies.supplier_profile() for _ in range(3)]
    job = finished(client, run_jobs, json_lines(rows), LINES)
    assert (job["status"], job["imported"], job["rejected"]) == ("succeeded", 3, [])
    assert job["finished_at"]
    assert {supplier.status for supplier in stored(database, Supplier)} == {"approved"}
    with database.transaction() as session:
        owners = session.execute(text("SELECT count(DISTINCT owner_id) FROM embedding")).scalar_one()
    assert owners == 3
    assert row_counts(database)["import_upload"] == 0, "the upload is not kept longer than needed"


def test_each_refused_line_is_told_with_its_number_and_reason(
    client: TestClient, database: Database, run_jobs: Jobs
) -> None:
    taken = business_number()
    stored_supplier(client, business_number=taken)
    good = companies.supplier_profile()
    content = "\n".join(
        [
            json.dumps(good),
            "",
            json.dumps(companies.supplier_profile(business_number=wrong_check_digit())),
            "{broken",
            "[1, 2]",
            json.dumps(companies.supplier_profile(business_number=taken)),
            json.dumps(companies.supplier_profile(region="99")),
            json.dumps(good),
            json.dumps(companies.supplier_profile(colour="blue")),
            json.dumps(companies.supplier_profile(contact=companies.contact(password="short"))),
            json.dumps(companies.supplier_profile(company_name="한빛\ud83d")),
        ]
    )
    job = finished(client, run_jobs, content, LINES)
    told = {rejection["line"]: rejection["code"] for rejection in job["rejected"]}
    assert told == {
        3: "business_number_check_digit",
        4: "import_line_json",
        5: "import_line_json",
        6: "business_number_taken",
        7: "unknown_code",
        8: "business_number_taken",
        9: "extra_forbidden",
        10: "string_too_short",
        11: "broken_text",
    }
    assert (job["status"], job["total"], job["imported"]) == ("succeeded", 10, 1)
    assert all(rejection["message"] for rejection in job["rejected"])
    assert "/region" in next(one["message"] for one in job["rejected"] if one["line"] == 7)
    assert len(stored(database, Supplier)) == 2


def test_a_line_that_is_refused_late_leaves_nothing_behind(
    client: TestClient, database: Database, run_jobs: Jobs
) -> None:
    """The address of the contact is checked when the company has been written already."""
    contact = companies.contact(email="a@b.example")
    rows = [companies.supplier_profile(contact=contact, consents=companies.consents()) for _ in range(2)]
    job = finished(client, run_jobs, json_lines(rows), LINES)
    assert [(one["line"], one["code"]) for one in job["rejected"]] == [(2, "email_taken")]
    assert (
        len(stored(database, Supplier))
        == len(stored(database, Solution))
        == len([account for account in stored(database, Account) if account.role == "supplier"])
        == 1
    )


def test_a_csv_of_suppliers_may_name_parts_in_either_way(
    client: TestClient, database: Database, run_jobs: Jobs
) -> None:
    header = "business_number,company_name,region,summary,solution_name,solutions.0.description,"
    header += "solution_categories,solution_price_min_won,employee_count"
    row = [business_number(), '"가람, 주식회사"', "41", '"첫 줄\n둘째 줄 ""따옴표"""', "수집기"]
    row += ["실적을 모읍니다", "MES;WMS", '"30,000,000"', "35"]
    job = finished(client, run_jobs, csv_of(row, header=header), CSV)
    assert (job["total"], job["imported"], job["rejected"]) == (1, 1, [])
    supplier, solution = stored(database, Supplier)[0], stored(database, Solution)[0]
    assert supplier.company_name == "가람, 주식회사"
    assert supplier.summary == '첫 줄\n둘째 줄 "따옴표"'
    assert supplier.employee_count == 35
    assert (solution.name, solution.categories, solution.price_min_won) == (
        "수집기",
        ["MES", "WMS"],
        30_000_000,
    )


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_csv_of_excel_with_its_mark_and_line_ends_is_read(
    client: TestClient, database: Database, run_jobs: Jobs, mark: str, ends: str
) -> None:
    rows = [[business_number(), f"회사{number}", "25", "41"] for number in range(2)]
    content = (mark + csv_of(*rows).replace("\n", ends)).encode()
    job = finished(client, run_jobs, content, CSV, kind="manufacturers")
    assert (job["imported"], job["rejected"]) == (2, [])
    assert [one.company_name for one in stored(database, Manufacturer)] == ["회사0", "회사1"]


def test_json_lines_with_windows_ends_and_a_mark_are_read(client: TestClient, run_jobs: Jobs) -> None:
    rows = [companies.manufacturer_profile() for _ in range(2)]
    content = ("\ufeff" + json_lines(rows).replace("\n", "\r\n")).encode()
    job = finished(client, run_jobs, content, LINES, kind="manufacturers")
    assert (job["total"], job["imported"]) == (2, 2)


def test_line_numbers_of_a_csv_count_lines_of_the_file(client: TestClient, run_jobs: Jobs) -> None:
    content = csv_of(
        [business_number(), '"두 줄\n이름"', "25", "41"],
        ["", "", "", ""],
        [wrong_check_digit(), "틀린번호", "25", "41"],
        [business_number(), "칸이", "모자람"],
    )
    job = finished(client, run_jobs, content, CSV, kind="manufacturers")
    told = [(one["line"], one["code"]) for one in job["rejected"]]
    assert told == [(5, "business_number_check_digit"), (6, "import_line_csv")]
    assert (job["total"], job["imported"]) == (3, 1)


REFUSED_FILES = {
    "nothing": (b"", CSV, 422, "import_empty"),
    "only spaces": (b" \n\t\n", CSV, 422, "import_empty"),
    "only a mark": (b"\xef\xbb\xbf", CSV, 422, "import_empty"),
    "CP949": (csv_of(["1", "가람시스템", "25", "41"]).encode("cp949"), CSV, 422, "encoding_cp949"),
    "a picture": (b"\x89PNG\r\n\x1a\n\x00\xff\xfe", CSV, 422, "encoding_not_utf8"),
    "a missing column": (b"company_name,region\na,41\n", CSV, 422, "import_header_missing"),
    "a JSON array": (b"[{}]", "application/json", 415, "import_format_unknown"),
    "a workbook": (
        b"PK",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        415,
        "import_format_unknown",
    ),
}


@pytest.mark.parametrize("case", REFUSED_FILES)
def test_a_file_is_refused_that_is(case: str, client: TestClient, database: Database) -> None:
    content, media_type, status, code = REFUSED_FILES[case]
    headers = admin(client) | {"Content-Type": media_type}
    before = row_counts(database)
    answer = client.post("/v1/imports/manufacturers", content=content, headers=headers)
    problem(answer, status, code)
    assert row_counts(database) == before


def test_a_file_may_come_in_a_form(client: TestClient, run_jobs: Jobs) -> None:
    content = csv_of([business_number(), "가람", "25", "41"]).encode()
    headers = admin(client)
    answer = client.post(
        "/v1/imports/manufacturers", files={"file": ("a.csv", content, "text/csv")}, headers=headers
    )
    assert answer.status_code == 202, answer.text
    run_jobs()
    assert job_at(client, answer.headers["Location"])["imported"] == 1
    empty = client.post("/v1/imports/manufacturers", files={"x": (None, b"text")}, headers=headers)
    problem(empty, 422, "import_empty")


def test_a_nul_character_in_a_file_is_no_failure_of_the_job(client: TestClient, run_jobs: Jobs) -> None:
    content = csv_of([business_number(), "가\x00람", "25", "41"], [business_number(), "나래", "25", "41"])
    job = finished(client, run_jobs, content, CSV, kind="manufacturers")
    assert job["status"] == "succeeded"
    assert job["imported"] + len(job["rejected"]) == job["total"] == 2


def test_a_field_longer_than_a_csv_may_hold_refuses_its_line_only(client: TestClient, run_jobs: Jobs) -> None:
    rows = [[business_number(), "가" * 200_000, "25", "41"], [business_number(), "나래", "25", "41"]]
    job = finished(client, run_jobs, csv_of(*rows), CSV, kind="manufacturers")
    assert [one["line"] for one in job["rejected"]] == [2]
    assert job["imported"] == 1


class KilledError(BaseException):
    """Stands for a kill: nothing in the service catches it."""


def test_an_import_killed_between_batches_goes_on_where_it_was(
    client: TestClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "LINES_A_BATCH", 2)
    rows: list[Any] = [companies.manufacturer_profile() for _ in range(6)]
    rows[1] = {"company_name": "번호 없음"}
    answer = upload(client, json_lines(rows), LINES, kind="manufacturers")
    job_id = answer.json()["id"]
    _kill_in_batch(monkeypatch, 2)
    with pytest.raises(KilledError):
        operations.run_import(database, job_id)
    halfway = job_at(client, answer.headers["Location"])
    assert (halfway["status"], halfway["imported"], len(halfway["rejected"])) == ("running", 1, 1)
    monkeypatch.undo()
    operations.run_import(database, job_id)
    done = job_at(client, answer.headers["Location"])
    assert (done["status"], done["imported"], len(done["rejected"])) == ("succeeded", 5, 1)
    assert len(stored(database, Manufacturer)) == 5
    operations.run_import(database, job_id)
    assert job_at(client, answer.headers["Location"]) == done


def test_an_import_that_a_version_before_has_begun_goes_on_where_it_was(
    client: TestClient, database: Database
) -> None:
    """It kept the file in one piece and counted the lines it had taken."""
    rows = [companies.manufacturer_profile() for _ in range(3)]
    upload_as_it_was = "\n" + json_lines(rows[:1]) + "\n" + json_lines(rows[1:]) + "{broken"
    with database.transaction() as session:
        result = {"total": 4, "done": 1, "imported": 1, "rejected": []}
        job = Job(kind="import_manufacturers", status="running", result=result)
        session.add(job)
        session.flush()
        kept: dict[str, Any] = {"kind": "manufacturers", "file_format": "jsonl", "next_line": 1}
        session.add(ImportUpload(job_id=job.id, content=upload_as_it_was.encode(), **kept))
    operations.run_import(database, job.id)
    done = job_at(client, f"/v1/jobs/{job.id}")
    assert (done["status"], done["imported"], done["done"]) == ("succeeded", 3, 4)
    assert [one["line"] for one in done["rejected"]] == [6]
    assert len(stored(database, Manufacturer)) == 2


def test_all_refusals_are_in_the_file_and_the_first_hundred_in_the_job(
    client: TestClient, run_jobs: Jobs
) -> None:
    job = finished(client, run_jobs, "{broken\n" * 205, LINES, kind="manufacturers")
    assert (job["rejected_count"], len(job["rejected"]), job["done"]) == (205, 100, 205)
    answer = client.get(job["rejected_url"], headers=admin(client))
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    told = list(csv.reader(answer.content.decode("utf-8-sig").splitlines()))
    assert told[0] == ["줄", "까닭"]
    assert [int(line) for line, _ in told[1:]] == list(range(1, 206))


def test_two_workers_at_one_import_take_each_line_once(
    client: TestClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "LINES_A_BATCH", 5)
    rows = [companies.manufacturer_profile() for _ in range(40)]
    answer = upload(client, json_lines(rows), LINES, kind="manufacturers")
    job_id = UUID(answer.json()["id"])
    together = [threading.Thread(target=operations.run_import, args=(database, job_id)) for _ in range(3)]
    for each in together:
        each.start()
    for each in together:
        each.join()
    done = job_at(client, answer.headers["Location"])
    assert (done["status"], done["imported"], done["rejected_count"]) == ("succeeded", 40, 0)
    assert len(stored(database, Manufacturer)) == 40


def test_a_file_of_many_batches_is_embedded_in_few_jobs(client: TestClient, database: Database) -> None:
    rows = [companies.supplier_profile() for _ in range(70)]
    answer = upload(client, json_lines(rows), LINES)
    operations.run_import(database, UUID(answer.json()["id"]))
    with database.transaction() as session:
        waiting = "SELECT task_name FROM procrastinate_jobs ORDER BY task_name"
        assert session.execute(text(waiting)).scalars().all() == [
            "check_business_numbers",
            *["embed_suppliers"] * 3,
            "run_import",
        ]


def _kill_in_batch(monkeypatch: pytest.MonkeyPatch, which: int) -> None:
    """Die inside a batch, after its lines were taken and before its commit."""
    real, begun = operations._import_batch, []

    def import_batch(*arguments: Any) -> None:
        begun.append(True)
        real(*arguments)
        if len(begun) == which:
            raise KilledError

    monkeypatch.setattr(operations, "_import_batch", import_batch)


def test_an_import_of_many_lines_takes_them_all(
    client: TestClient, database: Database, run_jobs: Jobs
) -> None:
    rows = [companies.manufacturer_profile() for _ in range(450)]
    job = finished(client, run_jobs, json_lines(rows), LINES, kind="manufacturers")
    assert (job["total"], job["imported"]) == (450, 450)
    assert len(stored(database, Manufacturer)) == 450


def test_the_person_who_asked_sees_the_job(client: TestClient) -> None:
    headers: Headers = admin(client)
    answer = client.post(
        "/v1/imports/suppliers",
        content=json_lines([companies.supplier_profile()]),
        headers=headers | {"Content-Type": LINES},
    )
    assert client.get(answer.headers["Location"], headers=headers).json() == answer.json()


def test_an_import_that_cannot_be_brought_to_its_end_says_what_to_do(
    client: TestClient, run_jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: object) -> None:
        raise RuntimeError("the disk is on fire")

    monkeypatch.setattr("service.imports.jobs.run_import", breaks)
    monkeypatch.setattr("service.jobs.worker.RETRY", False)
    monkeypatch.setattr("service.jobs.worker.MOST_ATTEMPTS", 0)
    job = finished(client, run_jobs, json_lines([companies.supplier_profile()]), LINES)
    assert (job["status"], job["imported"]) == ("failed", 0)
    assert "다시 보내 주세요" in job["detail"]
    assert job["finished_at"] is not None


def test_a_contact_is_imported_only_with_its_consent(
    client: TestClient, database: Database, run_jobs: Jobs
) -> None:
    without = companies.supplier_profile(contact=companies.contact())
    agreed = companies.supplier_profile(contact=companies.contact(), consents=companies.consents())
    job = finished(client, run_jobs, json_lines([without, agreed]), LINES)
    assert [(one["line"], one["code"]) for one in job["rejected"]] == [(1, "registration_consent_required")]
    assert [each.business_number for each in stored(database, Supplier)] == [
        agreed["business_number"].replace("-", "")
    ]
    emails = {each.email for each in stored(database, Account)}
    assert agreed["contact"]["email"] in emails
    assert without["contact"]["email"] not in emails


def test_a_line_is_not_refused_because_the_service_was_busy(
    client: TestClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = companies.supplier_profile(contact=companies.contact(), consents=companies.consents())
    job_id = UUID(upload(client, json_lines([line]), LINES).json()["id"])
    with monkeypatch.context() as flooded:
        flooded.setattr(passwords, "_turns", Turns(0, waiting=0, seconds=0))
        with pytest.raises(Problem, match="passwords_busy"):  # the queue tries again
            operations.run_import(database, job_id)
    operations.run_import(database, job_id)
    job = job_at(client, f"/v1/jobs/{job_id}")
    assert (job["imported"], job["rejected"]) == (1, [])
