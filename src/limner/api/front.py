"""The front page: one self-contained HTML file that talks to the API with the reader's own key."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

router = APIRouter(include_in_schema=False)

POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; img-src data:"


@cache
def _page() -> str:
    return files("limner.api").joinpath("front.html").read_text(encoding="utf-8")


@router.get("/")
def show_front() -> HTMLResponse:
    return HTMLResponse(_page(), headers={"Content-Security-Policy": POLICY, "Cache-Control": "no-cache"})
