"""The console's files: found once, sent compressed, kept by browsers for as long as they hold."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from mimetypes import guess_type
from pathlib import Path

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import FileResponse

PAGE = "index.html"
ROUTES = ("customers", "tags", "audiences", "models", "personas", "data", "system")
"""Paths of the console, besides `/`, which its page reads itself, with all below them."""
ENCODINGS = {"br": ".br", "gzip": ".gz"}
"""Best first, and how the files that were compressed while it was built end."""
YEAR = "public, max-age=31536000, immutable"
"""Names under `assets/` tell their contents."""
ASK = "no-cache"
POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "font-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; "
    "frame-ancestors 'none'"
)
"""Styles are written into the page by its components; scripts never are."""
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


@dataclass(frozen=True, slots=True)
class Kept:
    """One file, and its compressed copies."""

    path: Path
    etag: str
    encoded: Mapping[str, Path]


def find_console() -> Path | None:
    """Where the console was built to; None where it was not."""
    folder = Path(str(files("limner"))) / "console"
    return folder if (folder / PAGE).exists() else None


def make_router(folder: Path) -> APIRouter:
    """What answers for the files of a folder. Only what is in it now is ever sent."""
    kept = {path.relative_to(folder).as_posix(): _keep(path) for path in sorted(folder.rglob("*")) if _is_own(path)}
    router = APIRouter(include_in_schema=False)

    def show_page(request: Request) -> Response:
        return _send(request, kept.get(name_document(request.url.path), kept[PAGE]), ASK)

    def send_asset(request: Request, name: str) -> Response:
        found = kept.get(f"assets/{name}")
        if found is None:
            raise HTTPException(404, "There is no such file")
        return _send(request, found, YEAR)

    router.add_api_route("/", show_page, methods=["GET", "HEAD"])
    for route in ROUTES:
        router.add_api_route(f"/{route}", show_page, methods=["GET", "HEAD"])
        router.add_api_route(f"/{route}/{{below:path}}", show_page, methods=["GET", "HEAD"])
    router.add_api_route("/assets/{name:path}", send_asset, methods=["GET", "HEAD"])
    return router


def name_document(path: str) -> str:
    """Each page has a document, which names the scripts it needs.

    >>> [name_document(path) for path in ("/", "/tags/spend_90d", "/customers", "/customers/c1")]
    ['index.html', 'tags.html', 'customers.html', 'customer.html']
    """
    room, _, below = path.strip("/").partition("/")
    return f"{'customer' if room == 'customers' and below else room or 'index'}.html"


def _is_own(path: Path) -> bool:
    return path.is_file() and path.suffix not in ENCODINGS.values() and path.name != "sources.sha256"


def _keep(path: Path) -> Kept:
    etag = hashlib.sha256(path.read_bytes()).hexdigest()[:24]
    copies = {name: path.with_name(path.name + ending) for name, ending in ENCODINGS.items()}
    return Kept(path, etag, {name: copy for name, copy in copies.items() if copy.exists()})


def _send(request: Request, kept: Kept, caching: str) -> Response:
    encoding = next((name for name in kept.encoded if name in accepted(request.headers)), None)
    etag = f'"{kept.etag}{"" if encoding is None else f"-{encoding}"}"'
    headers = {**HEADERS, "ETag": etag, "Cache-Control": caching, "Vary": "Accept-Encoding"}
    if etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    if encoding is not None:
        headers["Content-Encoding"] = encoding
    path = kept.path if encoding is None else kept.encoded[encoding]
    type = guess_type(kept.path.name)[0] or "application/octet-stream"
    return FileResponse(path, headers=headers, media_type=type)


def accepted(headers: Mapping[str, str]) -> set[str]:
    """The encodings a browser takes.

    >>> sorted(accepted({"accept-encoding": "gzip, br;q=1.0, zstd;q=0"}))
    ['br', 'gzip']
    """
    parts = (part.replace(" ", "").partition(";q=") for part in headers.get("accept-encoding", "").split(","))
    return {name for name, _, weight in parts if name and (not weight or weight.strip("0."))}
