"""The console's files: found once, sent compressed, kept by browsers for as long as they hold."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from mimetypes import guess_type
from pathlib import Path

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import FileResponse

PAGE = "index.html"
DOCUMENTS = "documents.json"
"""Which document lies at which path, as the build of the console wrote it down."""
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
    return folder if (folder / DOCUMENTS).exists() else None


def make_router(folder: Path) -> APIRouter:
    """What answers for the files of a folder. Only what is in it now is ever sent."""
    kept = {path.relative_to(folder).as_posix(): _keep(path) for path in sorted(folder.rglob("*")) if _is_own(path)}
    documents = json.loads((folder / DOCUMENTS).read_text(encoding="utf-8"))
    router = APIRouter(include_in_schema=False)

    def show_page(request: Request) -> Response:
        path = request.scope.get("raw_path", b"").decode("ascii", "replace")
        return _send(request, kept[find_document(documents, path)], ASK)

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


def find_document(documents: Mapping[str, str], path: str) -> str:
    """Each page has a document, which names the scripts it needs; a path of no page gets the first. Paths are as they
    stand in the address, and read as the console reads them.

    >>> documents = {"/": "index.html", "/customers/:key": "customer.html", "/tags/*": "tags.html"}
    >>> [find_document(documents, path) for path in ("/", "/customers/a%2Fb", "/tags/", "/tags/a/b", "/customers/a/b")]
    ['index.html', 'customer.html', 'tags.html', 'tags.html', 'index.html']
    """
    asked = path.rstrip("/") or "/"
    return next((document for pattern, document in documents.items() if _is_at(pattern, asked)), PAGE)


def _is_at(pattern: str, path: str) -> bool:
    """``:key`` is one part of a path, ``/*`` is all below, or nothing."""
    written = re.escape(pattern).replace(r"/\*", "(/.*)?")
    return re.fullmatch(re.sub(":[a-z]+", "[^/]+", written), path) is not None


def _is_own(path: Path) -> bool:
    return path.is_file() and path.suffix not in ENCODINGS.values() and path.name not in (DOCUMENTS, "sources.sha256")


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
