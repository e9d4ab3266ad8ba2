"""Folders that may not be there yet."""

from pathlib import Path


def nearest_existing(folder: Path) -> Path:
    """The folder, or the nearest one above it that is there."""
    wanted = folder.absolute()
    return next(path for path in (wanted, *wanted.parents) if path.exists())
