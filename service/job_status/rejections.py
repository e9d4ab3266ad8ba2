"""The lines that an import refused, as a file to mend them by."""

import csv
from collections.abc import Iterable
from io import StringIO

from sqlmodel import Session, col, select

from service.db.tables import ImportRejection, Job
from service.kit.csv_cells import harmless

COLUMNS = ("줄", "까닭")


def rejections_of(session: Session, job: Job) -> Iterable[tuple[int, str]]:
    """Number and reason of each, in the order of the file; those of an older version are kept in the job."""
    statement = select(ImportRejection.line, ImportRejection.message).where(ImportRejection.job_id == job.id)
    found = session.exec(statement.order_by(col(ImportRejection.line))).all()
    return found or [(one["line"], one["message"]) for one in job.result.get("rejected", ())]


def rejections_file(rejections: Iterable[tuple[int, str]]) -> bytes:
    """CSV in UTF-8 with a byte order mark, so that Excel shows it rightly."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows([line, harmless(message)] for line, message in rejections)
    return out.getvalue().encode("utf-8-sig")
