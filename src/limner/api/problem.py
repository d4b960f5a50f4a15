"""Errors as RFC 9457 problem documents, with ``code`` and ``message`` besides. The only place that knows statuses."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import msgspec
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from limner.api.verbs import crash_document, error_document
from limner.errors import LimnerError
from limner.govern.sign_in import LockedOut
from limner.retold import say_error

STATUS = {
    "definition": 422,
    "data": 400,
    "not_found": 404,
    "conflict": 409,
    "stale": 412,
    "unseen": 428,
    "reused": 422,
    "unavailable": 503,
    "missing_extra": 501,
    "unauthorised": 401,
    "too_many": 429,
    "forbidden": 403,
    "csrf": 403,
    "unexpected": 500,
}
"""Error code to HTTP status; codes not named are 400."""

_SHAPE = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "code", "message"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string", "description": "Stable; for programs."},
        "message": {"type": "string", "description": "What is wrong, and what to do; for people."},
        "said": {
            "type": "object",
            "required": ["en"],
            "properties": {"en": {"type": "string"}, "zh": {"type": "string"}},
            "description": "The message by language; in Chinese where its sentences are Limner's own.",
        },
        "problems": {"type": "array", "items": {"type": "object"}, "description": "Each of several."},
    },
}
_CONTENT = {"application/problem+json": {"schema": _SHAPE}}
_LATER = {"Retry-After": {"description": "Seconds.", "schema": {"type": "integer"}}}
ERRORS: dict[int | str, dict[str, Any]] = {
    "4XX": {"description": "What was asked is wrong, or not allowed.", "content": _CONTENT},
    "429": {"description": "More than is allowed.", "content": _CONTENT, "headers": _LATER},
    "503": {"description": "Nothing is wrong with it: it is welcome later.", "content": _CONTENT, "headers": _LATER},
}
"""What any operation may answer, as OpenAPI says it."""


class Unauthorised(LimnerError):
    """Neither signed in nor with an API key, or with one nobody knows."""

    code = "unauthorised"


class Forbidden(LimnerError):
    """A key somebody has, whose role may not do this."""

    code = "forbidden"


class Forged(LimnerError):
    """A write with a cookie and without the session's token: its page may be another site's."""

    code = "csrf"


class TooMany(LimnerError):
    """More than was allowed; the same is welcome later."""

    code = "too_many"

    def __init__(self, message: str, seconds: int) -> None:
        super().__init__(message, hint=f"Send it again in {seconds} seconds.")
        self.seconds = seconds


def problem(
    document: Mapping[str, Any],
    status: int | None = None,
    retry_after: int = 5,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The response for an error's ``code`` and ``message``, which is ``said`` by language too; further members are
    kept. ``retry_after`` in seconds."""
    status = status or STATUS.get(document["code"], 400)
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": document["message"],
        **document,
        "said": say_error(document["message"]),
    }
    later = {"Retry-After": str(retry_after)}
    usual = {401: {"WWW-Authenticate": "Bearer"}, 429: later, 503: later}.get(status, {})
    return Response(msgspec.json.encode(body), status, usual | dict(headers or {}), "application/problem+json")


def answer_with_problems(app: FastAPI) -> None:
    """Make every error of this app a problem document."""
    app.add_exception_handler(LimnerError, _raised)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(Exception, _unexpected)


def _raised(_: Request, error: Exception) -> Response:
    assert isinstance(error, LimnerError)
    if isinstance(error, TooMany | LockedOut):
        return problem(error_document(error), retry_after=error.seconds)
    return problem(error_document(error))


def _malformed(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    problems = [
        {"where": "request", "field": ".".join(map(str, each["loc"])), "message": each["msg"], "hint": None}
        for each in error.errors()
    ]
    message = "\n".join(f"{each['field']}: {each['message']}" for each in problems)
    return problem({"code": "request", "message": message, "problems": problems}, 422)


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    code = "not_found" if error.status_code == 404 else "request"
    message = f"{request.method} {request.url.path}: {error.detail}. The paths are listed in /openapi.json."
    return problem({"code": code, "message": message}, error.status_code, headers=error.headers)


def _unexpected(_: Request, error: Exception) -> Response:
    return problem(crash_document(error))
