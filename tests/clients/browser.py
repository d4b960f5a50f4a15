"""The guide's pages for browsers, opened in a real Chromium: their snippet as it is printed, then a story.

The page is served from here, so that events go to another origin, as on a real site. It posts what it sent to
``/told``; the browser is closed once nothing more is on its way.
"""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any

from tests.clients.npm import find_chromium, node_modules
from tests.clients.proxy import Proxy

GUIDE = Path(__file__).parents[2] / "docs" / "guide" / "en" / "gateway.md"
STORIES = Path(__file__).parent / "programs"
ADDRESS, KEY = "https://limner.example.com", "WRITE_KEY"
"""What the guide's snippets have in the places of one's own."""
QUIET = 8.0
"""Seconds without a request after which all has been sent, where the server was always there."""
LONGER = 3.0
"""That many times as long as the server was away: a client that doubles its pauses waits no longer for its next try."""
PATIENCE = 90.0


def read_snippets(language: str, page: Path = GUIDE) -> list[str]:
    """The fenced blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def browse(number: int, mode: str, proxy: Proxy, key: str) -> dict[str, Any]:
    """Open the page with the guide's ``number``-th snippet. ``mode``: the way sa-sdk-javascript sends."""
    snippet = read_snippets("html")[number].replace(ADDRESS, proxy.url).replace(KEY, key)
    if mode:
        assert "batch_send: true" in snippet
        snippet = snippet.replace("batch_send: true", f'send_type: "{mode}"')
    story = ("segment_browser.js", "sensors_browser.js")[number]
    html = f"<!doctype html><meta charset=utf-8><title>商品页</title>\n{snippet}<script src=/{story}></script>"
    with serve_page(html) as (url, told), opened(url):
        assert told.wait(PATIENCE), "the page did not tell what it sent"
        wait_until_quiet(proxy)
    document: dict[str, Any] = told.document  # type: ignore[attr-defined]
    return document


def wait_until_quiet(proxy: Proxy) -> None:
    seen, since = len(proxy.seen), time.monotonic()
    began = since
    while time.monotonic() - since < max(QUIET, LONGER * proxy.away):
        if time.monotonic() - began > PATIENCE + 2 * LONGER * proxy.away:
            return
        time.sleep(0.1)
        if len(proxy.seen) != seen or proxy.busy:
            seen, since = len(proxy.seen), time.monotonic()


@contextmanager
def serve_page(html: str) -> Iterator[tuple[str, Event]]:
    """The page's address, and what is set when it has told what it sent (its ``document``)."""
    told = Event()
    modules = node_modules()
    folders = (STORIES, modules / "@segment/analytics-next/dist/umd", modules / "sa-sdk-javascript")

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = self.path.partition("?")[0].rsplit("/", 1)[-1]
            found = [folder / name for folder in folders if name and (folder / name).is_file()]
            body = found[0].read_bytes() if found else html.encode() if not name else b""
            self._answer(200 if body else 404, body, "text/javascript" if found else "text/html")

        def do_POST(self) -> None:
            told.document = json.loads(self.rfile.read(int(self.headers["content-length"])))  # type: ignore[attr-defined]
            self._answer(200, b"{}", "application/json")
            told.set()

        def _answer(self, status: int, body: bytes, kind: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/", told
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def opened(url: str) -> Iterator[None]:
    """Chromium with this page, without a window."""
    program = find_chromium()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        words = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--no-proxy-server",
        ]
        words += ["--disable-background-networking", "--disable-component-update", f"--user-data-dir={profile}"]
        said = Path(profile) / "said.log"
        with said.open("wb") as out:
            browser = subprocess.Popen([program, *words, url], stdout=out, stderr=out)
        try:
            yield
        finally:
            browser.terminate()
            try:
                browser.wait(timeout=15)
            except subprocess.TimeoutExpired:
                browser.kill()
                browser.wait(timeout=15)
