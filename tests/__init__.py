"""The tests of the alliance."""

import os

# Before numpy is imported: one thread a process, as several test processes share the cores.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
