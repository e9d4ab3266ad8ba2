"""The pages of a calculator whose answer is a schedule: the form, the paper, the files."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlmodel import Session

from service.db.session import DbSession
from service.financing.forms import in_form
from service.financing.rows import Schedule
from service.financing.schemas import ContractInput
from service.kit import clock
from service.kit.file_forms import FileForm
from service.web.calculators.comparison import starting_from
from service.web.calculators.reading import address, computing, opened, pairs_of, whole_address
from service.web.calculators.schedule_view import Answered, ScheduleView, view_of
from service.web.forms import Asked, Form, Pairs
from service.web.rendering import page
from service.web.visitor import AnyVisitor

Terms = TypeVar("Terms", bound=ContractInput)


@dataclass(frozen=True)
class ScheduleCalculator(Generic[Terms]):
    """What differs between them. `kind` names it as a way to pay; `beside` is what its page shows besides."""

    kind: str
    path: str
    template: str
    model: type[Terms]
    first: Callable[[], Mapping[str, str]]
    compute: Callable[[Request, Terms], tuple[Schedule, Answered]]
    beside: Callable[[Session], Mapping[str, Any]] = lambda _session: {}

    def computed(self, request: Request, form: Form) -> ScheduleView | None:
        """What comes of the form; None where it is refused."""
        with computing(form):
            return view_of(*self.compute(request, form.read(self.model)))
        return None

    def pairs(self, form: Form) -> Pairs:
        """The fields of its shortest address."""
        return pairs_of(form, self.model, self.first())

    def links(self, request: Request, pairs: Pairs) -> dict[str, str]:
        """Where this calculation is found again: by its whole address, as files, on paper."""
        return {
            "page": address(self.path, pairs),
            "whole": whole_address(request, self.path, pairs),
            "csv": address(f"{self.path}.csv", pairs),
            "xlsx": address(f"{self.path}.xlsx", pairs),
            "print": address(f"{self.path}/print", pairs),
        }


def pages_of(calculator: ScheduleCalculator[Any]) -> APIRouter:
    """The addresses of that calculator."""
    router = APIRouter()

    @router.get(calculator.path)
    def show(
        request: Request, visitor: AnyVisitor, asked: Asked, session: DbSession, rows_from: str = "1"
    ) -> HTMLResponse:
        form = opened(asked, calculator.first())
        view = calculator.computed(request, form)
        pairs = calculator.pairs(form)
        return page(
            visitor,
            calculator.template,
            status=200 if view else 422,
            form=form,
            view=view,
            rows=view.rows_from(int(rows_from) if rows_from.isdecimal() else 1) if view else None,
            changed={name for name, _ in pairs} | set(form.errors),
            links=calculator.links(request, pairs),
            compare=starting_from(calculator.kind, view.schedule.terms, pairs) if view else "",
            **calculator.beside(session),
        )

    @router.get(f"{calculator.path}/print")
    def show_on_paper(request: Request, visitor: AnyVisitor, asked: Asked) -> Response:
        form = opened(asked, calculator.first())
        view = calculator.computed(request, form)
        if view is None:
            return _back(request, calculator)
        links = calculator.links(request, calculator.pairs(form))
        return page(visitor, "calculators/print.html", view=view, links=links, today=clock.today())

    @router.get(f"{calculator.path}.csv")
    def download_rows(request: Request, asked: Asked) -> Response:
        return _file(request, calculator, asked, FileForm.CSV)

    @router.get(f"{calculator.path}.xlsx")
    def download_workbook(request: Request, asked: Asked) -> Response:
        return _file(request, calculator, asked, FileForm.XLSX)

    return router


def _file(request: Request, calculator: ScheduleCalculator[Any], asked: Form, form: FileForm) -> Response:
    view = calculator.computed(request, opened(asked, calculator.first()))
    return in_form(form, view.schedule) if view else _back(request, calculator)


def _back(request: Request, calculator: ScheduleCalculator[Any]) -> RedirectResponse:
    """Where there is nothing to print or load: to the page that says beside its fields what is wrong."""
    return RedirectResponse(f"{calculator.path}?{request.url.query}", 303)
