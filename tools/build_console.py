"""Build the console into the package, where the server finds it: `npm ci`, `vite build`, and each file compressed.

Called by the build hook inside `pip install`, and by the Makefile, where its words are seen. Without Node there is no
console and everything else works: that is said, and is no failure. LIMNER_CONSOLE=off builds none, =required insists.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ROOT / "console"
BUILT = ROOT / "src" / "limner" / "console"
STAMP = "sources.sha256"
OLDEST = (20, 19)
NOT_SOURCES = {"node_modules", "dist", "shots", "tests", "e2e"}
PATIENCE = 300
"""Seconds for each of npm's two steps."""


class NoConsole(Exception):
    """It cannot be built here, and why."""


def build_console() -> bool:
    """True when the console is there afterwards, built now or before."""
    wish = os.environ.get("LIMNER_CONSOLE", "")
    if wish == "off" or not SOURCES.is_dir():
        return False
    try:
        build()
    except NoConsole as reason:
        if wish == "required":
            raise
        say(f"{reason} The API works without the console; to have it, see to that and install again.")
        return False
    return True


def build() -> None:
    digest = digest_sources()
    stamp = BUILT / STAMP
    if stamp.exists() and stamp.read_text() == digest:
        say("the console is up to date")
        return
    node = find_node()
    say(f"building the console with Node {node} (a minute or two the first time)")
    if not is_installed():
        say("fetching the console's libraries")
        run("npm", "ci", "--no-audit", "--no-fund", "--loglevel=error")
    fresh = BUILT.with_name(f".console-{os.getpid()}")
    try:
        say("bundling")
        run("npx", "--no-install", "vite", "build", "--logLevel", "warn", "--emptyOutDir", "--outDir", str(fresh))
        run("node", str(ROOT / "tools" / "compress.mjs"), str(fresh))
        (fresh / STAMP).write_text(digest)
        shutil.rmtree(BUILT, ignore_errors=True)
        fresh.rename(BUILT)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    say("the console is built")


def find_node() -> str:
    """Its version. NoConsole where there is none, or one that is too old."""
    try:
        told = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True, timeout=30).stdout
    except (OSError, subprocess.SubprocessError):
        raise NoConsole("there is no Node here, so the console is not built.") from None
    found = re.match(r"v(\d+)\.(\d+)", told)
    if found is None or (int(found[1]), int(found[2])) < OLDEST:
        wanted = ".".join(map(str, OLDEST))
        raise NoConsole(f"Node {told.strip()} is older than {wanted}, so the console is not built.")
    return told.strip().lstrip("v")


def is_installed() -> bool:
    """Are the libraries those of the lock file? npm notes there what it put."""
    kept = SOURCES / "node_modules" / ".package-lock.json"
    lock = SOURCES / "package-lock.json"
    return kept.exists() and kept.stat().st_mtime >= lock.stat().st_mtime


def run(*words: str) -> None:
    """Raises NoConsole with what it said last."""
    try:
        done = subprocess.run(words, cwd=SOURCES, capture_output=True, text=True, check=False, timeout=PATIENCE)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NoConsole(f"{words[0]} did not work ({error}), so the console is not built.") from None
    if done.returncode:
        last = "\n".join((done.stdout + done.stderr).strip().splitlines()[-15:])
        raise NoConsole(f"{' '.join(words[:3])} failed, so the console is not built:\n{last}\n")


def digest_sources() -> str:
    """Of all that decides what is built."""
    digest = hashlib.sha256()
    for path in sorted(list_sources()):
        digest.update(path.relative_to(SOURCES).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def list_sources() -> Iterator[Path]:
    for path in SOURCES.iterdir():
        if path.is_file():
            yield path
        elif path.name not in NOT_SOURCES:
            yield from (file for file in path.rglob("*") if file.is_file())


def say(text: str) -> None:
    print(f"limner: {text}", file=sys.stderr, flush=True)  # noqa: T201


if __name__ == "__main__":
    build_console()
