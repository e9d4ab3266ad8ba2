"""The pages of administrators: people, keys, weights, jobs, imports, records."""

from service.web.admin import (
    access_log,
    audit,
    challenge_decision,
    challenges,
    imports,
    jobs,
    keys,
    overview,
    ranking,
    users,
)

AREAS = (overview, users, keys, ranking, jobs, imports, access_log, audit, challenges, challenge_decision)
"""Each has a `router` of its own."""
