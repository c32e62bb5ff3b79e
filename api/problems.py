"""Which error becomes which answer? The one table error → status, as RFC 9457 problem details.

An answer names what was wrong, where (`parameter`) and what to do; it never holds SQL, a path of
the machine or a traceback. Pages opened in a browser get the same sentence as a small page.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

import orjson
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match, Mount

from api.problem_page import is_browser_page, page
from geo.errors import (
    Ambiguous,
    BadInput,
    DatabaseProblem,
    DeliveryRefused,
    GeoError,
    NotAllowed,
    NotFound,
    Unavailable,
    both,
)
from geo.queries.filters import swapped_hint

log = logging.getLogger("atlas.api")

PROBLEM = "application/problem+json"
RETRY_AFTER_S = 5
"""What a caller is told to wait when the database is away, in seconds."""

# The first line that fits counts, so the narrower class stands before the wider one.
STATUS_OF: tuple[tuple[type[GeoError], int], ...] = (
    (BadInput, 400),
    (NotFound, 404),
    (Ambiguous, 400),
    (NotAllowed, 403),
    (DeliveryRefused, 400),
    (Unavailable, 503),
    (DatabaseProblem, 503),
)

TITLES = {
    400: ("bad-request", "请求有误 · The request cannot be used"),
    401: ("no-token", "需要令牌 · A valid token is needed"),
    403: ("not-allowed", "无权限 · Not allowed"),
    404: ("not-found", "没有找到 · Not found"),
    405: ("method-not-allowed", "方法不可用 · Method not allowed"),
    406: ("not-acceptable", "没有所要的格式 · Format not available"),
    409: ("conflict", "与现状冲突 · In conflict with what is stored"),
    412: ("changed", "已被他人修改 · Changed meanwhile"),
    413: ("too-large", "请求过大 · The request is too large"),
    415: ("unsupported-type", "不支持的内容类型 · Content type not supported"),
    422: ("refused", "未通过核对 · Refused by the checks"),
    428: ("if-match-needed", "须有 If-Match · If-Match is needed"),
    429: ("too-often", "请求过于频繁 · Too many requests"),
    500: ("internal", "服务出错 · The service has a fault"),
    503: ("unavailable", "暂不可用 · Not available now"),
}
"""Status → (last part of `type`, title); docs/api.md explains each."""

# pydantic's error type → what to tell the caller; {} holds the limits of the rule.
_SENTENCES = {
    "missing": ("缺少此参数。", "it is missing"),
    "greater_than_equal": ("须不小于 {ge}。", "it must be at least {ge}"),
    "less_than_equal": ("须不大于 {le}。", "it must be at most {le}"),
    "finite_number": ("须为有限数字。", "it must be a finite number"),
    "bool_parsing": ("须为 true（是）或 false（否）。", "it must be true or false"),
    "literal_error": ("须为以下之一：{expected}。", "it must be one of: {expected}"),
    "string_too_long": ("最多 {max_length} 个字。", "at most {max_length} characters"),
    "json_invalid": ("不是有效的 JSON。", "it is not valid JSON"),
}
AWAY = both(
    "数据库暂时无法访问，请稍后再试。",
    "the database cannot be reached now; try again in a few seconds",
)
SLOW = both(
    "查询用时过长，已中止；请缩小范围。", "the query took too long and was stopped; ask for less"
)
OFTEN = both(
    "请求过于频繁，请按 Retry-After 的秒数稍后再试。",
    "too many requests; wait for the seconds that Retry-After names",
)
PACKED = both(
    "正文不接受压缩（Content-Encoding），请原样发送。",
    "bodies are taken as they are: send it without Content-Encoding",
)
METHODS = ("DELETE", "GET", "PATCH", "POST", "PUT")
"""Those that some address takes."""
_FAULT = both(
    "服务内部出错，已记入日志；请把请求编号告诉管理员。",
    "an internal fault was logged; tell the administrator the request id",
)


def problem(
    request: Request,
    status: int,
    detail: str,
    *,
    parameter: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Answer a problem document, or a small page for a browser that opened a page."""
    word, title = TITLES.get(status, ("http", HTTPStatus(status).phrase))
    sent = dict(headers or {})
    if status == 503:
        sent.setdefault("Retry-After", str(RETRY_AFTER_S))
    if is_browser_page(request):
        return Response(
            page(request, title, detail), status, sent, media_type="text/html; charset=utf-8"
        )
    body: dict[str, Any] = {
        "type": f"urn:minzheng-atlas:problem:{word}",
        "title": title,
        "status": status,
        "detail": detail,
        "instance": request.url.path,
    }
    if parameter is not None:
        body["parameter"] = parameter
    if request_id := request.scope.get("request_id"):
        body["request_id"] = request_id
    return Response(orjson.dumps(body), status, sent, media_type=PROBLEM)


def install(app: FastAPI) -> None:
    """Give every kind of failure its handler; what is left over, `api/envelope.py` catches."""
    for kind, handler in _HANDLERS:
        app.add_exception_handler(kind, handler)


def answer_to(request: Request, error: Exception) -> Response:
    """The answer to a failure that happened elsewhere, before this request."""
    for kind, handler in _HANDLERS:
        if isinstance(error, kind):
            return handler(request, error)
    return fault(request, error)


def _geo_error(request: Request, error: Exception) -> Response:
    """A failure that the domain explains itself."""
    status = next((code for kind, code in STATUS_OF if isinstance(error, kind)), 500)
    if status == 500:
        return fault(request, error)
    return problem(request, status, str(error), parameter=getattr(error, "parameter", None))


def _invalid(request: Request, error: Exception) -> Response:
    """A parameter or body that its type refuses: always 400, and the first one is named."""
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    where = [str(part) for part in first["loc"]]
    name = ".".join(where if where[0] == "body" else where[1:])
    zh, en = _sentences(first)
    zh_hint, en_hint = _swapped(request) if name in ("lon", "lat") else ("", "")
    detail = both(f"参数 {name}：{zh}{zh_hint}", f"parameter {name!r}: {en}{en_hint}")
    return problem(request, 400, detail, parameter=name)


def _sentences(error: Mapping[str, Any]) -> tuple[str, str]:
    """What a validation error says, in Chinese and in English."""
    context = error.get("ctx") or {}
    if isinstance(cause := context.get("error"), BadInput):
        zh, _, en = str(cause).partition("\n")
        return zh, en or zh
    if (known := _SENTENCES.get(str(error["type"]))) is None:
        return "取值不合要求。", str(error["msg"])  # as it is: a pattern in it may hold braces
    zh, en = known
    return zh.format_map(context), en.format_map(context)


def _swapped(request: Request) -> tuple[str, str]:
    """The hint for someone who sent latitude as longitude; nothing where that is not clear."""
    try:
        lon, lat = (float(request.query_params[name]) for name in ("lon", "lat"))
    except (KeyError, ValueError):
        return "", ""
    return swapped_hint(lon, lat)


def _http_error(request: Request, error: Exception) -> Response:
    """What the framework refuses itself: unknown address, wrong method, too large."""
    assert isinstance(error, HTTPException)
    detail, headers = str(error.detail), dict(error.headers or {})
    if error.status_code == 404:
        path = request.url.path
        detail = both(f"没有这个地址：{path}", f"there is no such address: {path}")
    if error.status_code == 405:
        allowed = methods_at(request)
        headers["Allow"] = ", ".join(allowed)
        listed = ", ".join(allowed)
        detail = both(f"此地址只接受：{listed}。", f"this address takes only: {listed}")
    return problem(request, error.status_code, detail, headers=headers)


def methods_at(request: Request) -> list[str]:
    """Every method that some route takes at the address asked for; HEAD comes with GET."""
    routes = [one for one in request.app.router.routes if not isinstance(one, Mount)]
    found = {
        method
        for method in METHODS
        if any(one.matches({**request.scope, "method": method})[0] is Match.FULL for one in routes)
    }
    return sorted(found | {"GET", "HEAD"} if "GET" in found or not found else found)


def _database_error(request: Request, error: Exception) -> Response:
    """The database is away, restarting or too slow: 503. Anything else is a fault of ours."""
    if isinstance(error, PoolTimeout):
        return problem(request, 503, AWAY)
    assert isinstance(error, DBAPIError)
    state = getattr(error.orig, "sqlstate", None)
    if state == "57014":  # query_canceled: the statement timeout
        return problem(request, 503, SLOW)
    # No SQLSTATE: no connection. 08: connection, 57P: shutting down, 53: out of resources,
    # 40: serialisation or deadlock, 55P03: lock not available.
    lost = state is None and isinstance(error, OperationalError | InterfaceError)
    if lost or (state or "").startswith(("08", "57P", "53", "40", "55P03")):
        log.warning("database away: %s", type(error.orig).__name__)
        return problem(request, 503, AWAY)
    return fault(request, error)


def fault(request: Request, error: Exception) -> Response:
    """A fault of ours: the log gets the traceback, the caller the request id."""
    log.error("fault while answering %s", request.url.path, exc_info=error)
    return problem(request, 500, _FAULT)


_HANDLERS: tuple[tuple[type[Exception], Callable[[Request, Exception], Response]], ...] = (
    (GeoError, _geo_error),
    (RequestValidationError, _invalid),
    (HTTPException, _http_error),
    (DBAPIError, _database_error),
    (PoolTimeout, _database_error),
)
