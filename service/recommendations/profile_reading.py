"""How a profile will be read: the kinds its texts seem to be of, its processes, and what is missing.

The intent model learned from problems, not from offers. A description speaks of the problems that it
solves, so what the model makes of it is a hint for the writer and decides nothing.
"""

from dataclasses import dataclass

from matching.domain import CapabilityProfile, InferredCategory, Solution
from matching.profile_gaps import Gap, profile_gaps
from matching.text import processes_of_solution
from service.recommendations.matching_engine import MatchingEngine

LEAST_PROBABILITY = 0.15
MOST_KINDS = 3


@dataclass(frozen=True, slots=True)
class SolutionReading:
    """A solution's name, the kinds its text seems to be of, and the processes it names."""

    name: str
    kinds: tuple[InferredCategory, ...]
    processes: tuple[str, ...]
    agrees: bool
    """Whether a chosen category is among the kinds, or none was chosen or read."""


@dataclass(frozen=True, slots=True)
class ProfileReading:
    """What is read out of a profile, and what could be added to it."""

    solutions: tuple[SolutionReading, ...]
    gaps: tuple[Gap, ...]


def read_profile(engine: MatchingEngine, profile: CapabilityProfile, most_solutions: int) -> ProfileReading:
    """Read a profile that may be unfinished; of its solutions so many, as each is encoded for it.

    Raises `Problem` 503 while the model loads or is slow.
    """
    weights = engine.recommender().ranker.weights
    described = [each for each in profile.solutions if each.description][:most_solutions]
    inferred = engine.infer([f"{each.name}\n{each.description}" for each in described])
    readings = [_reading(each, kinds) for each, kinds in zip(described, inferred, strict=True)]
    return ProfileReading(tuple(readings), profile_gaps(profile, weights))


def _reading(solution: Solution, inferred: tuple[InferredCategory, ...]) -> SolutionReading:
    kinds = tuple(each for each in inferred if each.probability >= LEAST_PROBABILITY)[:MOST_KINDS]
    read = {each.category for each in kinds}
    return SolutionReading(
        name=solution.name,
        kinds=kinds,
        processes=tuple(sorted(processes_of_solution(solution))),
        agrees=not read or not solution.categories or bool(read & set(solution.categories)),
    )
