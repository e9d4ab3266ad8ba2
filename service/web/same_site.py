"""Forms are taken from our own pages only: the guard against requests forged by other sites (CSRF).

Every browser of today tells with a POST where it comes from, in `Sec-Fetch-Site` and in `Origin`; scripts
cannot change either. A POST to a page that tells neither is refused too. (OWASP CSRF Prevention Cheat Sheet,
"Fetch Metadata"; W3C Fetch Metadata Request Headers.)
"""

from urllib.parse import urlsplit

from fastapi import Request

from service.kit.problems import Problem

_SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
_OWN = ("same-origin", "none")


def refuse_other_sites(request: Request) -> None:
    """Raises `Problem` 403 `form_from_elsewhere`."""
    if request.method not in _SAFE_METHODS and not _comes_from_us(request):
        raise Problem(403, "form_from_elsewhere")


def _comes_from_us(request: Request) -> bool:
    fetched_from = request.headers.get("Sec-Fetch-Site")
    if fetched_from is not None:
        return fetched_from in _OWN
    origin = request.headers.get("Origin")
    if not origin or origin == "null":
        return False
    hosts = {request.headers.get("Host"), urlsplit(request.app.state.settings.public_url).netloc}
    return urlsplit(origin).netloc in hosts
