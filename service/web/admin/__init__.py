"""The pages of administrators: people, keys, webhooks, weights, jobs, imports, records."""

from service.web.admin import (
    access_log,
    audit,
    imports,
    jobs,
    keys,
    overview,
    ranking,
    users,
    webhook_deliveries,
    webhooks,
)

AREAS = (overview, users, keys, ranking, jobs, imports, access_log, audit, webhooks, webhook_deliveries)
"""Each has a `router` of its own."""
