"""The console: its own checks, and all of it in a browser against a real server. Skipped where there is no Node."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.e2e.test_served import free_port, served
from tools.describe_api import describe_api

from limner.api.console import DOCUMENTS, PAGE, ROUTES, find_console, find_document
from limner.demo.build import build_demo
from limner.govern import passwords

ROOT = Path(__file__).parents[2]
CONSOLE = ROOT / "console"
CHROMIUM = shutil.which("chromium")
PATIENCE = 600
"""Seconds; the machine may be busy."""
LARGEST = 400_000
"""Bytes."""

pytestmark = [
    pytest.mark.skipif(shutil.which("node") is None, reason="there is no Node here"),
    pytest.mark.skipif(not (CONSOLE / "node_modules").is_dir(), reason="the console is not installed: make console"),
]


def run(*words: str, env: dict[str, str] | None = None) -> None:
    """One of the console's own commands. What it printed is the failure."""
    done = subprocess.run(
        ["npx", "--no-install", *words],
        cwd=CONSOLE,
        env=os.environ | {"CI": "1", "NO_COLOR": "1"} | (env or {}),
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-3000:]


@pytest.mark.parametrize(
    "words", [("tsc", "--noEmit"), ("eslint", ".", "--max-warnings", "0"), ("vitest", "run")], ids=" ".join
)
def test_the_console_is_typed_tidy_and_tested(words: tuple[str, ...]) -> None:
    run(*words)


def test_the_client_is_typed_by_the_api_there_is(tmp_path: Path) -> None:
    """`npm run api` in `console/` writes it anew."""
    (tmp_path / "openapi.json").write_text(json.dumps(describe_api(), indent=1), encoding="utf-8")
    run("openapi-typescript", str(tmp_path / "openapi.json"), "-o", "src/api/schema.ts", "--check")


def test_what_each_page_needs_first_is_small() -> None:
    """Compressed, as every browser takes it: what its document names."""
    built = find_console()
    if built is None:
        pytest.skip("the console is not built: make console")
    sizes = {document.name: sum(measure_scripts(built, document.read_text())) for document in built.glob("*.html")}
    assert min(sizes.values()) > 0
    assert {name: size for name, size in sizes.items() if size > LARGEST} == {}


def measure_scripts(built: Path, document: str) -> list[int]:
    named = re.findall(r'(?:src|href)="/(assets/[^"]+[.]js)"', document)
    files = [packed if (packed := built / f"{name}.gz").exists() else built / name for name in named]
    return [file.stat().st_size for file in files]


def test_paths_have_the_same_page_in_the_browser_and_on_the_server() -> None:
    """`console/tests/pages.test.ts` holds the routes against the same paths."""
    built = find_console()
    if built is None:
        pytest.skip("the console is not built: make console")
    documents = json.loads((built / DOCUMENTS).read_text(encoding="utf-8"))
    assert {pattern.split("/")[1] for pattern in documents} == {"", *ROUTES}
    assert all((built / document).exists() for document in documents.values())
    pages: dict[str, str | None] = json.loads((Path(__file__).parent / "paths.json").read_text(encoding="utf-8"))
    named = {page: PAGE if page in (None, "home") else f"{page}.html" for page in pages.values()}
    assert {path: find_document(documents, path) for path in pages} == {
        path: named[page] for path, page in pages.items()
    }


def test_how_long_a_password_is_the_form_knows_as_the_server_does() -> None:
    form = (CONSOLE / "src" / "app" / "password.tsx").read_text(encoding="utf-8")
    bounds = {name: int(value) for name, value in re.findall(r"^const (SHORTEST|LONGEST) = (\d+);$", form, re.M)}
    assert bounds == {"SHORTEST": passwords.SHORTEST, "LONGEST": passwords.LONGEST}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A small demo shop that is served, and how to get in."""
    if CHROMIUM is None:
        pytest.skip("there is no Chromium here")
    if find_console() is None:
        pytest.skip("the console is not built: make console")
    folder = tmp_path_factory.mktemp("console") / "shop"
    demo = build_demo(folder, lambda *_: None, customers=250)
    port = free_port()
    with served(folder, port):
        yield {
            "LIMNER_URL": f"http://127.0.0.1:{port}",
            "LIMNER_USER": demo.user,
            "LIMNER_PASSWORD": demo.password,
            "LIMNER_KEY": demo.api_key,
            **browser(),
        }


def browser() -> dict[str, str]:
    """What looks, and where what it sees is put: LIMNER_SHOTS names another folder."""
    return {"LIMNER_SHOTS": os.environ.get("LIMNER_SHOTS", str(CONSOLE / "shots")), "CHROMIUM": CHROMIUM or ""}


def look(*filters: str, env: dict[str, str]) -> None:
    run("vitest", "run", "-c", "e2e/vitest.config.ts", *filters, env=env)


def test_a_glance_in_a_browser(shop: dict[str, str]) -> None:
    look("glance", env=shop)


@pytest.mark.slow
@pytest.mark.timeout(2 * PATIENCE)
@pytest.mark.parametrize(
    "what",
    [
        "journeys",
        "meanwhile",
        "keyboard",
        "print",
        "states",
        "pages -t in.zh",
        "pages -t (in.en|phone)",
        "e2e/data",
        "destinations",
        "system",
        "roles -t in.zh",
        "roles -t in.en",
    ],
)
def test_in_a_browser(shop: dict[str, str], what: str) -> None:
    look(*what.split(), env=shop)
