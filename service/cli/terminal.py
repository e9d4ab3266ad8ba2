"""What the command line says, and how it fails."""

import sys


class CommandError(Exception):
    """An expected failure of a command: one Korean line, exit code 1."""


def say(line: str) -> None:
    """A line of progress or of a result."""
    print(line, flush=True)


def say_aside(line: str) -> None:
    """Progress beside a result that is printed on standard output."""
    print(line, file=sys.stderr, flush=True)


def words_of(error: Exception) -> str:
    """The driver's first line about a database that does not answer: it names the address, no password."""
    return (str(getattr(error, "orig", error)).splitlines() or ["-"])[0][:300]
