"""The win-win fund for staff: its use and what is to do, loans, arrears, statements, terms."""

from service.web.fund import application, change, loan, loans, overview, statements, terms

AREAS = (overview, application, loans, loan, change, statements, terms)
"""Each has a `router` of its own; `application` before `loan`, whose address takes any last part."""
