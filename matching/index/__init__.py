"""Exact in-memory index of embedded supplier profiles.

One writer adds, replaces and removes; any number of readers work on immutable snapshots meanwhile.
"""

from matching.index.profile_index import EmbeddedProfile, ProfileIndex
from matching.index.snapshot import Hit, IndexSnapshot
from matching.index.storage import IndexFileError, SavedIndex, load_index, save_index

__all__ = [
    "EmbeddedProfile",
    "Hit",
    "IndexFileError",
    "IndexSnapshot",
    "ProfileIndex",
    "SavedIndex",
    "load_index",
    "save_index",
]
