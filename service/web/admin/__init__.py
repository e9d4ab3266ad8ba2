"""The pages of administrators: people, keys, webhooks, weights, jobs, imports, records."""

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
    webhook_deliveries,
    webhooks,
)

AREAS = (
    overview,
    users,
    keys,
    webhooks,
    webhook_deliveries,
    ranking,
    challenges,
    challenge_decision,
    jobs,
    imports,
    access_log,
    audit,
)
"""Each has a `router` of its own."""
