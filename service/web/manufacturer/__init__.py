"""The manufacturer's pages: registering, the own company, needs, what they would cost, programmes."""

from service.web.manufacturer import company, costs, need_page, needs, programmes, registration

AREAS = (registration, company, needs, need_page, costs, programmes)
