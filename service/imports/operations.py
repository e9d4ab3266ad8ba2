"""Imports: an upload becomes a job; the job takes batch after batch and survives a kill."""

from collections.abc import Callable, Iterator, Sequence
from io import BytesIO
from typing import Any, BinaryIO
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import insert
from sqlmodel import Session, col, select

from service.accounts.actor import Actor, Role
from service.business_status.operations import have_numbers_checked
from service.db.session import Database
from service.db.tables import ImportBatch, ImportRejection, ImportUpload, Job, JobStatus, SupplierStatus
from service.imports.files import (
    Batch,
    FileFormat,
    Line,
    check_header,
    cut,
    fault_text,
    read_lines,
    text_lines,
)
from service.job_status.operations import open_job
from service.jobs.names import RUN_IMPORT
from service.kit import clock
from service.kit.problem_handlers import fault_code, fault_sentence, pointer
from service.kit.problems import Problem, field_problem
from service.manufacturers.operations import store_manufacturer
from service.manufacturers.schemas import ManufacturerImportInput
from service.privacy.consents import Consent
from service.privacy.contacts import admit_contact
from service.suppliers.operations import follow_up_suppliers, store_supplier
from service.suppliers.schemas import SupplierImportInput

MOST_REJECTIONS_TOLD = 100
"""By the job itself; the file of refusals holds all."""

SUPPLIERS, MANUFACTURERS = "suppliers", "manufacturers"
REQUIRED_COLUMNS = {
    SUPPLIERS: frozenset({"business_number", "company_name", "region", "summary", "solutions"}),
    MANUFACTURERS: frozenset({"business_number", "company_name", "industry", "region"}),
}


def start_import(session: Session, actor: Actor, kind: str, file_format: FileFormat, file: BinaryIO) -> Job:
    """Keep the lines of the file and enqueue their job, both in this transaction.

    Raises `Problem` 422 for a file that is not UTF-8 or lacks a column.
    """
    header, batches = cut(text_lines(file), file_format)
    if file_format is FileFormat.CSV:
        check_header(header, REQUIRED_COLUMNS[kind])
    nothing = {"total": 0, "done": 0, "imported": 0, "rejected_count": 0, "rejected": []}
    job = open_job(session, actor, f"import_{kind}", RUN_IMPORT, **nothing)
    session.add(ImportUpload(job_id=job.id, kind=kind, file_format=file_format.value, header=header))
    session.flush()
    job.result = nothing | {"total": _keep(session, job.id, batches)}
    session.flush()
    return job


def run_import(database: Database, job_id: UUID, pause: Callable[[], None] = lambda: None) -> None:
    """Import the lines that have not been taken yet, a batch a transaction; safe to start again.

    A batch goes with the transaction that takes its lines, under the lock of the job's row: however often and
    by however many workers this is run, each line is taken once. `pause` is called between two transactions
    and may raise.
    """
    more = True
    while more:
        pause()
        with database.transaction() as session:
            more = _take_batch(session, job_id)


def _take_batch(session: Session, job_id: UUID) -> bool:
    """Take the next lines; False when there are none left, and the job has ended with that."""
    job = session.get(Job, job_id, with_for_update=True)
    upload = session.get(ImportUpload, job_id)
    if job is None or upload is None:
        return False
    if upload.header is None:
        _cut_late(session, upload)
    batch = session.exec(
        select(ImportBatch).where(ImportBatch.job_id == job_id).order_by(col(ImportBatch.first_line)).limit(1)
    ).first()
    if batch is None:
        job.status, job.finished_at = JobStatus.SUCCEEDED.value, clock.now()
        session.delete(upload)
        return False
    _import_batch(session, job, upload, batch)
    session.delete(batch)
    return True


def _cut_late(session: Session, upload: ImportUpload) -> None:
    """Bring an upload that the version before left in one piece to the present form."""
    lines = text_lines(BytesIO(upload.content))
    upload.header, batches = cut(lines, FileFormat(upload.file_format), upload.next_line)
    upload.content = b""
    session.flush()
    _keep(session, upload.job_id, batches)


def _keep(session: Session, job_id: UUID, batches: Iterator[Batch]) -> int:
    """Store the batches one by one; returns how many lines they hold."""
    total = 0
    for batch in batches:
        row = {"job_id": job_id, "first_line": batch.first_line, "lines": batch.text.encode("utf-8")}
        session.execute(insert(ImportBatch), row)
        total += batch.counted
    return total


def _import_batch(session: Session, job: Job, upload: ImportUpload, batch: ImportBatch) -> None:
    actor = Actor(Role.ADMIN, account_id=job.requested_by)
    importer, follow_up = IMPORTERS[upload.kind]
    taken, refused = [], []
    text = batch.lines.decode("utf-8")
    for line in read_lines(upload.header or "", batch.first_line, text, FileFormat(upload.file_format)):
        try:
            taken.append(_import_line(session, actor, importer, line))
        except LineRefusedError as refusal:
            row = ImportRejection(job_id=job.id, line=line.number, code=refusal.code, message=refusal.text)
            refused.append(row)
    if taken:
        follow_up(session, taken)
    session.add_all(refused)
    job.status = JobStatus.RUNNING.value
    job.result = _progress(job.result, len(taken), refused)


def _progress(before: dict[str, Any], taken: int, refused: Sequence[ImportRejection]) -> dict[str, Any]:
    """Of the refusals it holds the first only: it is written anew with each batch."""
    told = [{"line": one.line, "code": one.code, "message": one.message} for one in refused]
    known = before["rejected"]
    return before | {
        "imported": before["imported"] + taken,
        "done": before["done"] + taken + len(refused),
        "rejected_count": before.get("rejected_count", len(known)) + len(refused),
        "rejected": [*known, *told][: max(len(known), MOST_REJECTIONS_TOLD)],
    }


class LineRefusedError(ValueError):
    """A line that is not taken, with the code and the sentence of the reason."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(code)
        self.code = code
        self.text = text


Importer = Callable[[Session, Actor, dict[str, Any]], UUID]
"""Stores what a line holds and returns its id; what follows from it is left to the follow-up."""
FollowUp = Callable[[Session, Sequence[UUID]], None]
"""Has done what follows, for all lines of a batch at once."""


def _import_line(session: Session, actor: Actor, importer: Importer, line: Line) -> UUID:
    """The id of what was stored. Raises `LineRefusedError`; nothing of the line is kept then."""
    if line.values is None:
        code = line.fault or "bad_request"
        raise LineRefusedError(code, fault_text(code))
    try:
        with session.begin_nested():
            return importer(session, actor, line.values)
    except ValidationError as error:
        fault = error.errors()[0]
        message = f"{pointer(('body', *fault['loc']))}: {fault_sentence(fault)}"
        raise LineRefusedError(fault_code(fault), message) from error
    except Problem as problem:
        if problem.status >= 500:  # nothing is wrong with the line: the queue tries again
            raise
        raise LineRefusedError(problem.code, problem.detail) from problem


def _import_supplier(session: Session, actor: Actor, values: dict[str, Any]) -> UUID:
    data = SupplierImportInput.model_validate(values)
    supplier = store_supplier(session, actor, data, SupplierStatus.APPROVED)
    if data.contact is not None:
        admit_contact(session, data.contact, _agreed(data.consents), supplier_id=supplier.id)
    return supplier.id


def _import_manufacturer(session: Session, actor: Actor, values: dict[str, Any]) -> UUID:
    data = ManufacturerImportInput.model_validate(values)
    manufacturer = store_manufacturer(session, actor, data)
    if data.contact is not None:
        admit_contact(session, data.contact, _agreed(data.consents), manufacturer_id=manufacturer.id)
    return manufacturer.id


def _agreed(consents: list[Consent] | None) -> list[Consent]:
    """A person's data may only be taken with that person's consent, in an import too."""
    if consents is None:
        raise field_problem("/consents", "registration_consent_required")
    return consents


IMPORTERS: dict[str, tuple[Importer, FollowUp]] = {
    SUPPLIERS: (_import_supplier, follow_up_suppliers),
    MANUFACTURERS: (_import_manufacturer, lambda session, _ids: have_numbers_checked(session)),
}
