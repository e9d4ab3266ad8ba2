"""The pages of administrators: people, keys, weights, jobs, imports, records."""

from service.web.admin import access_log, audit, imports, jobs, keys, overview, ranking, users

AREAS = (overview, users, keys, ranking, jobs, imports, access_log, audit)
"""Each has a `router` of its own."""
