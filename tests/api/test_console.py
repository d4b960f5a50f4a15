"""The console's files over HTTP: its routes, how long browsers keep what, how it is compressed, what it may load."""

from __future__ import annotations

import gzip
from threading import Event

import pytest
from fastapi.testclient import TestClient

from limner.api.app import create_app
from limner.api.console import ROUTES

SCRIPT = "export const n = 1;" * 200


@pytest.fixture(scope="module")
def page(anybody: TestClient, tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    folder = tmp_path_factory.mktemp("console")
    (folder / "index.html").write_text("<!doctype html><title>Limner</title>", encoding="utf-8")
    (folder / "tags.html").write_text("<!doctype html><title>Tags</title>", encoding="utf-8")
    (folder / "documents.json").write_text('{"/": "index.html", "/tags/*": "tags.html"}', encoding="utf-8")
    (folder / "sources.sha256").write_text("x", encoding="utf-8")
    assets = folder / "assets"
    assets.mkdir()
    (assets / "index-abc.js").write_text(SCRIPT, encoding="utf-8")
    (assets / "index-abc.js.gz").write_bytes(gzip.compress(SCRIPT.encode()))
    (assets / "index-abc.js.br").write_bytes(b"as brotli")
    (folder.parent / "secret").write_text("secret", encoding="utf-8")
    return TestClient(create_app(anybody.app.state.workspace, Event(), console=folder))  # type: ignore[attr-defined]


@pytest.mark.parametrize("path", ["/", *(f"/{route}" for route in ROUTES), "/customers/phone:138", "/tags/a/b?x=1"])
def test_every_route_is_its_page_or_else_the_first(page: TestClient, path: str) -> None:
    answer = page.get(path)
    assert answer.text == f"<!doctype html><title>{'Tags' if path.startswith('/tags') else 'Limner'}</title>"
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.headers["cache-control"] == "no-cache"
    policy = answer.headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    again = page.get(path, headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert page.head(path).status_code == 200


@pytest.mark.parametrize(
    ("accept", "encoding"),
    [("gzip, deflate", "gzip"), ("identity", None), ("gzip, br;q=0.5", "br"), ("br;q=0, gzip", "gzip"), ("", None)],
)
def test_files_come_as_the_browser_takes_them(page: TestClient, accept: str, encoding: str | None) -> None:
    with page.stream("GET", "/assets/index-abc.js", headers={"Accept-Encoding": accept}) as answer:
        body = b"".join(answer.iter_raw())
    assert answer.headers.get("content-encoding") == encoding
    assert answer.headers["cache-control"].endswith("immutable")
    assert answer.headers["vary"] == "Accept-Encoding"
    assert answer.headers["content-type"].split(";")[0] == "text/javascript"
    assert {"gzip": gzip.compress, None: bytes, "br": lambda _: b"as brotli"}[encoding](SCRIPT.encode())[:2] == body[:2]


@pytest.mark.parametrize(
    "path",
    [
        "/assets/nothing.js",
        "/assets/../../secret",
        "/assets/%2e%2e/%2e%2e/secret",
        "/sources.sha256",
        "/documents.json",
        "/tag",
    ],
)
def test_nothing_else_is_sent(page: TestClient, path: str) -> None:
    answer = page.get(path)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_the_api_is_as_it_was(page: TestClient) -> None:
    assert page.get("/healthz").json() == {"status": "ok"}
    assert page.get("/api/v1/nothing").status_code == 404
