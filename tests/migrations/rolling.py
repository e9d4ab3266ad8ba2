"""Which statements of a migration the version that is still running could not live with.

The rules and their reasons stand in `service/db/migrations/README.md`. What is read are the statements that a
migration really sends, so that it makes no difference how it was written.
"""

import re
from collections.abc import Iterable, Iterator

_CREATED = re.compile(r'CREATE TABLE (?:IF NOT EXISTS )?"?(\w+)"?', re.IGNORECASE)
_ALTERED = re.compile(r'ALTER TABLE (?:ONLY |IF EXISTS )*"?(\w+)"?', re.IGNORECASE)
_INDEXED = re.compile(r'CREATE (?:UNIQUE )?INDEX .*? ON (?:ONLY )?"?(\w+)"?', re.IGNORECASE | re.DOTALL)

# On a table that the migration did not make itself.
_RULES = {
    "drop_table": r"\bDROP TABLE\b",
    "drop_column": r"\bALTER TABLE\b.*\bDROP COLUMN\b",
    "rename": r"\bALTER TABLE\b.*\bRENAME\b",
    "column_type": r"\bALTER COLUMN\b.*\bTYPE\b",
    "not_null": r"\bSET NOT NULL\b|\bADD COLUMN\b(?!.*\b(?:DEFAULT|GENERATED)\b).*\bNOT NULL\b",
    "rewrites_table": r"\bADD COLUMN\b.*(?:\bSTORED\b|\bDEFAULT (?:gen_random|clock_time|random))",
    "constraint_checked_at_once": r"\bADD CONSTRAINT\b(?!.*\bNOT VALID\b)",
    "index_not_concurrent": r"\bCREATE (?:UNIQUE )?INDEX (?!CONCURRENTLY)",
    "truncate": r"\bTRUNCATE\b(?! ON\b|.*\bFOR EACH STATEMENT\b)",
}
RULES = {name: re.compile(pattern, re.IGNORECASE | re.DOTALL) for name, pattern in _RULES.items()}


def faults(statements: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Each broken rule with its statement."""
    made: set[str] = set()
    for statement in statements:
        made.update(name.lower() for name in _CREATED.findall(statement))
        if _table_of(statement) in made:
            continue
        yield from ((rule, statement) for rule, broken in RULES.items() if broken.search(statement))


def _table_of(statement: str) -> str | None:
    found = _ALTERED.search(statement) or _INDEXED.search(statement)
    return found.group(1).lower() if found else None
