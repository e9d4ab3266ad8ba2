"""The calculators: public pages whose addresses repeat a calculation, over the calculations of the API."""

from service.web.calculators import comparison, fund_loan, installment, overview, small

AREAS = (overview, installment, fund_loan, comparison, small)
"""Each has a `router` of its own."""
