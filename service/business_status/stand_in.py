"""A stand-in for the tax service, for machines without a key: the published formats, invented companies.

What it says of a number follows from its serial digits (the sixth to the ninth), so that a demo shows every
case and a test knows what to expect. Its answers are marked `demo` wherever they are shown.
"""

import json
from typing import Any

import httpx

MOST_AT_ONCE = 100

_UNREGISTERED = "국세청에 등록되지 않은 사업자등록번호입니다"
_ACTIVE = {"b_stt": "계속사업자", "b_stt_cd": "01"}
_BY_SERIAL: dict[int, dict[str, str]] = {
    0: {"b_stt": "폐업자", "b_stt_cd": "03", "end_dt": "20240630"},
    1: {"b_stt": "휴업자", "b_stt_cd": "02"},
    2: {"tax_type": _UNREGISTERED, "tax_type_cd": ""},
}
"""By the serial's remainder of 50: of fifty companies one is closed, one suspended, one not registered."""
_EMPTY = {
    "b_stt": "", "b_stt_cd": "", "tax_type": "부가가치세 일반과세자", "tax_type_cd": "01", "end_dt": "",
    "utcc_yn": "N", "tax_type_change_dt": "", "invoice_apply_dt": "",
    "rbf_tax_type": "", "rbf_tax_type_cd": "",
}  # fmt: skip


class StandInTransport(httpx.BaseTransport):
    """Answers a client in its own process, without a socket."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """What `respond` says, as an HTTP answer."""
        status, document = respond(request.method, request.url.path, dict(request.url.params), request.read())
        return httpx.Response(status, json=document)


def respond(method: str, path: str, parameters: dict[str, str], body: bytes) -> tuple[int, dict[str, Any]]:
    """The status and the document that the published API answers to such a request."""
    if method != "POST" or not path.endswith("/status"):
        return 404, {"status_code": "HTTP_ERROR"}
    if not parameters.get("serviceKey"):
        return 401, {"code": -401, "msg": "유효하지 않은 인증키 입니다."}
    if "returnType" in parameters:
        return 400, {"code": -999, "msg": "UNKNOWN_ERROR"}
    return _answer(body)


def row_of(number: str) -> dict[str, str]:
    """What the invented register holds of a number."""
    serial = number[5:9]
    known = _BY_SERIAL.get(int(serial) % 50, _ACTIVE) if serial.isdigit() else _BY_SERIAL[2]
    return {"b_no": number} | _EMPTY | known


def _answer(body: bytes) -> tuple[int, dict[str, Any]]:
    try:
        document = json.loads(body)
    except ValueError:
        return 400, {"status_code": "BAD_JSON_REQUEST"}
    numbers = document.get("b_no") if isinstance(document, dict) else None
    if not isinstance(numbers, list) or not numbers:
        return 411, {"status_code": "REQUEST_DATA_MALFORMED"}
    if len(numbers) > MOST_AT_ONCE:
        return 413, {"status_code": "TOO_LARGE_REQUEST"}
    rows = [row_of(str(number)) for number in numbers]
    found = sum(bool(row["b_stt_cd"]) for row in rows)
    return 200, {"status_code": "OK", "request_cnt": len(rows), "match_cnt": found, "data": rows}
