"""Pages: one template, what is shown in it, and the frame around it."""

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlencode

from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from service.messages import sentence
from service.web import wording
from service.web.navigation import place_of, places
from service.web.visitor import HOMES, Visitor

STATIC = Path(__file__).parent / "static"

# Nothing from elsewhere, no inline script, no inline style: what an attacker writes into a page cannot run.
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "same-origin",
}

_environment = Environment(
    loader=PackageLoader("service.web"),
    autoescape=True,
    undefined=StrictUndefined,
    auto_reload=False,
    trim_blocks=True,
    lstrip_blocks=True,
)
_environment.filters.update(wording.FILTERS)


def page(visitor: Visitor, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """That template for this visitor. A page shown again because of what was typed has status 422."""
    frame = {"visitor": visitor, "home": HOMES[visitor.actor.role], "notice": _notice(visitor.query)}
    return HTMLResponse(_environment.get_template(template).render(**frame, **values), status, HEADERS)


def go_to(path: str, *, done: str | None = None) -> RedirectResponse:
    """Send the browser on after a form (303); `done` names the sentence that the next page opens with."""
    joined = "&" if "?" in path else "?"
    return RedirectResponse(f"{path}{joined}{urlencode({'done': done})}" if done else path, 303)


def same_site_path(path: str, otherwise: str = "/") -> str:
    """`path` when it is one of this site, so that no link can send a person elsewhere after signing in."""
    inside = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if inside else otherwise


@cache
def static_address(name: str) -> str:
    """The address of a static file, with a mark of its content: browsers may keep it for ever."""
    mark = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:10]
    return f"/static/{name}?v={mark}"


def _notice(query: str) -> str:
    """The sentence that an address asks for with `done=`, if it is one that may be asked for."""
    code = parse_qs(query).get("done", [""])[0]
    return sentence(f"done_{code}") if code in wording.NOTICES else ""


def _with(query: Mapping[str, Any], **changes: Any) -> str:
    """A query with some of its values changed; None leaves one out."""
    kept = {**query, **changes}
    return urlencode({name: value for name, value in kept.items() if value not in (None, "")})


_environment.globals.update(
    static=static_address, places=places, place_of=place_of, sentence=sentence, with_query=_with, quoted=quote
)
