"""Installment contracts: the desk's lists, quotes and the whole of each, and those of the two companies."""

from service.web.contracts import contract, lists, own, quoting

AREAS = (lists, quoting, contract, own)
"""Each has a `router` of its own; `lists` before `contract`, whose address takes any last part."""
