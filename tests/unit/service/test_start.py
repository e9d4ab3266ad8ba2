"""What a process of the service must not load before it is needed: it would start later and be larger."""

import subprocess
import sys
from pathlib import Path

SLOW = ("torch", "transformers", "sklearn", "scipy.stats", "scipy.optimize")


def test_nothing_that_only_fits_or_encodes_is_imported_to_serve() -> None:
    told = f"import sys, service.cli; print(*[name for name in {SLOW} if name in sys.modules])"
    root = Path(__file__).parents[3]
    loaded = subprocess.run(
        [sys.executable, "-c", told], cwd=root, check=True, capture_output=True, text=True
    )
    assert loaded.stdout.split() == []
