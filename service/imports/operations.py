"""Imports: an upload becomes a job; the job takes line after line and survives a kill."""

from collections.abc import Callable
from itertools import islice
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from sqlmodel import Session

from service.accounts.actor import Actor, Role
from service.db.session import Database
from service.db.tables import ImportUpload, Job, JobStatus, SupplierStatus
from service.imports.files import FileFormat, Line, fault_text, read_lines
from service.job_status.operations import open_job
from service.jobs.names import RUN_IMPORT
from service.kit import clock
from service.kit.problem_handlers import fault_code, fault_sentence, pointer
from service.kit.problems import Problem, field_problem
from service.manufacturers.operations import add_manufacturer
from service.manufacturers.schemas import ManufacturerImportInput
from service.privacy.consents import Consent
from service.privacy.contacts import admit_contact
from service.suppliers.operations import add_supplier
from service.suppliers.schemas import SupplierImportInput

LINES_A_TRANSACTION = 100

SUPPLIERS, MANUFACTURERS = "suppliers", "manufacturers"
REQUIRED_COLUMNS = {
    SUPPLIERS: frozenset({"business_number", "company_name", "region", "summary", "solutions"}),
    MANUFACTURERS: frozenset({"business_number", "company_name", "industry", "region"}),
}


def start_import(session: Session, actor: Actor, kind: str, file_format: FileFormat, text: str) -> Job:
    """Keep the upload and enqueue its job, both in this transaction."""
    total = sum(1 for _ in read_lines(text, file_format))
    job = open_job(session, actor, f"import_{kind}", RUN_IMPORT, total=total, done=0, imported=0, rejected=[])
    session.add(
        ImportUpload(job_id=job.id, kind=kind, file_format=file_format.value, content=text.encode("utf-8"))
    )
    session.flush()
    return job


def run_import(database: Database, job_id: UUID) -> None:
    """Import the lines that have not been taken yet, a batch a transaction; safe to start again."""
    lines = None
    while True:
        with database.transaction() as session:
            job = session.get(Job, job_id, with_for_update=True)
            upload = session.get(ImportUpload, job_id)
            if job is None or upload is None:
                return
            if lines is None:
                lines = read_lines(upload.content.decode("utf-8"), FileFormat(upload.file_format))
                lines = islice(lines, upload.next_line, None)
            batch = list(islice(lines, LINES_A_TRANSACTION))
            if not batch:
                job.status, job.finished_at = JobStatus.SUCCEEDED.value, clock.now()
                session.delete(upload)
                return
            actor = Actor(Role.ADMIN, account_id=job.requested_by)
            _import_batch(session, actor, job, upload, batch)


def _import_batch(session: Session, actor: Actor, job: Job, upload: ImportUpload, batch: list[Line]) -> None:
    rejected = []
    for line in batch:
        refusal = _import_line(session, actor, IMPORTERS[upload.kind], line)
        if refusal is not None:
            rejected.append({"line": line.number} | refusal)
    result = dict(job.result)
    result["imported"] += len(batch) - len(rejected)
    result["done"] = result["imported"] + len(result["rejected"]) + len(rejected)
    result["rejected"] = [*result["rejected"], *rejected]
    job.result = result
    job.status = JobStatus.RUNNING.value
    upload.next_line += len(batch)


Importer = Callable[[Session, Actor, dict[str, Any]], None]


def _import_line(session: Session, actor: Actor, importer: Importer, line: Line) -> dict[str, str] | None:
    """None when the line was taken, else the code and sentence of the refusal; nothing of it is kept then."""
    if line.values is None:
        code = line.fault or "bad_request"
        return {"code": code, "message": fault_text(code)}
    try:
        with session.begin_nested():
            importer(session, actor, line.values)
    except ValidationError as error:
        fault = error.errors()[0]
        message = f"{pointer(('body', *fault['loc']))}: {fault_sentence(fault)}"
        return {"code": fault_code(fault), "message": message}
    except Problem as problem:
        if problem.status >= 500:  # nothing is wrong with the line: the queue tries again
            raise
        return {"code": problem.code, "message": problem.detail}
    return None


def _import_supplier(session: Session, actor: Actor, values: dict[str, Any]) -> None:
    data = SupplierImportInput.model_validate(values)
    supplier = add_supplier(session, actor, data, SupplierStatus.APPROVED)
    if data.contact is not None:
        admit_contact(session, data.contact, _agreed(data.consents), supplier_id=supplier.id)


def _import_manufacturer(session: Session, actor: Actor, values: dict[str, Any]) -> None:
    data = ManufacturerImportInput.model_validate(values)
    manufacturer = add_manufacturer(session, actor, data)
    if data.contact is not None:
        admit_contact(session, data.contact, _agreed(data.consents), manufacturer_id=manufacturer.id)


def _agreed(consents: list[Consent] | None) -> list[Consent]:
    """A person's data may only be taken with that person's consent, in an import too."""
    if consents is None:
        raise field_problem("/consents", "registration_consent_required")
    return consents


IMPORTERS: dict[str, Importer] = {SUPPLIERS: _import_supplier, MANUFACTURERS: _import_manufacturer}
