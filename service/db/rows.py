"""Reading the one row that a request is about."""

from typing import TypeVar

from sqlmodel import Session
from sqlmodel.sql.expression import SelectOfScalar

from service.kit.problems import Problem

Row = TypeVar("Row")


def one_row(session: Session, statement: SelectOfScalar[Row], *, lock: bool = False) -> Row:
    """The row, as it is now; with `lock` held against other writers to the commit.

    Who may see it is part of the statement: what the actor may not see is not there. Raises `Problem` 404.
    """
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    found = session.exec(statement).first()
    if found is None:
        raise Problem(404, "not_found")
    return found
