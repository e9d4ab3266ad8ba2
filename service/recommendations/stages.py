"""How long each stage of a recommendation takes: the library's, and reading and keeping around them."""

from prometheus_client import Histogram

from matching.stages import STAGES
from service.kit.measuring import Timed

STAGE_SECONDS = Histogram(
    "alliance_recommendation_stage_seconds",
    "Time of each stage of a recommendation",
    ["stage"],
    buckets=(0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
SERVICE_STAGES = ("load", "encode", "save")
_SECONDS = {name: STAGE_SECONDS.labels(name) for name in (*SERVICE_STAGES, *STAGES)}


def stage(name: str) -> Timed:
    """To be entered around the stage of that name."""
    return Timed(_SECONDS[name], f"recommendation.{name}")
