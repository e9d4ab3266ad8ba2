"""Every Korean sentence that a person reads, by code, one module a subject."""

from service.messages import (
    accounts,
    assignments,
    business_status,
    challenges,
    clusters,
    common,
    contracts,
    dashboard,
    deals,
    desk,
    evaluation,
    financing,
    fund,
    maintenance,
    notifications,
    privacy,
    programmes,
    ranking,
    suppliers,
    validation,
    web,
    webhooks,
)

SENTENCES: dict[str, str] = {
    **common.SENTENCES,
    **validation.SENTENCES,
    **financing.SENTENCES,
    **fund.SENTENCES,
    **ranking.SENTENCES,
    **evaluation.SENTENCES,
    **assignments.SENTENCES,
    **clusters.SENTENCES,
    **dashboard.SENTENCES,
    **accounts.SENTENCES,
    **business_status.SENTENCES,
    **privacy.SENTENCES,
    **notifications.SENTENCES,
    **suppliers.SENTENCES,
    **maintenance.SENTENCES,
    **deals.SENTENCES,
    **programmes.SENTENCES,
    **contracts.SENTENCES,
    **challenges.SENTENCES,
    **web.SENTENCES,
    **webhooks.SENTENCES,
    **desk.SENTENCES,
}


def sentence(code: str, **values: object) -> str:
    """The sentence of that code with its values filled in. Raises KeyError for an unknown code."""
    return SENTENCES[code].format(**values)


def title_of_status(status: int) -> str:
    """The short title that every problem of an HTTP status shares."""
    return common.TITLES.get(status, common.TITLES[500])
