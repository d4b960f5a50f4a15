"""Optimistic locking over HTTP: ``ETag`` says in which state a thing was read, ``If-Match`` which state is changed."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Header, Response

from limner.api.door import reply
from limner.errors import DataError

IfMatch = Annotated[
    str | None,
    Header(
        description="The `ETag` of what you read; 412 when it is another by now. `*`: whatever it is.", max_length=1000
    ),
]
TAGGED: dict[str, Any] = {"ETag": {"description": "Its state, for `If-Match`.", "schema": {"type": "string"}}}
SHOWN: dict[int | str, dict[str, Any]] = {200: {"headers": TAGGED}}
MADE: dict[int | str, dict[str, Any]] = {201: {"headers": TAGGED}}


def read_match(header: str | None, missing: str | None = None) -> str | None:
    """The state that is expected; None = any. ``missing``: what no header stands for. Raises `DataError`.

    >>> read_match('"a1b2"'), read_match("*"), read_match(None, "new")
    ('a1b2', None, 'new')
    """
    if header is None:
        return missing
    tag = header.strip().removeprefix("W/")
    if tag == "*":
        return None
    if len(tag) < 2 or tag[0] != '"' or tag[-1] != '"' or '"' in tag[1:-1]:
        raise DataError("If-Match is no entity tag.", hint='Send the ETag of what you read, such as "a1b2", or *.')
    return tag[1:-1]


def reply_tagged(answer: Any, state: str, status: int = 200, secret: bool = False) -> Response:
    """A verb's answer as JSON, with its state in the head. ``secret``: nobody on the way is to keep it."""
    response = reply(answer, status)
    response.headers["ETag"] = f'"{state}"'
    if secret:
        response.headers["Cache-Control"] = "no-store"
    return response
