"""The npm packages that clients are driven from, installed once into a folder of the user's cache.

Nothing of it is in the repository. Where node, npm or its registry is absent, there is a reason instead.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import cache
from hashlib import blake2b
from pathlib import Path

PACKAGES = {
    "@segment/analytics-node": "3.1.0",
    "@rudderstack/rudder-sdk-node": "3.0.13",
    "@segment/analytics-next": "1.84.3",
    "sa-sdk-javascript": "1.27.11",
}
CACHE = "XDG_CACHE_HOME"


class Absent(Exception):
    """Why there is no such client here."""


@cache
def node_modules() -> Path:
    """The folder with `PACKAGES` in it."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        raise Absent("node and npm are not installed")
    wanted = [f"{name}@{version}" for name, version in PACKAGES.items()]
    cache = Path(os.environ.get(CACHE) or Path.home() / ".cache")
    folder = cache / "limner-clients" / blake2b(" ".join(wanted).encode(), digest_size=8).hexdigest()
    modules, done = folder / "node_modules", folder / "installed"
    if not done.exists():
        folder.mkdir(parents=True, exist_ok=True)
        words = ["npm", "install", "--prefix", str(folder), "--no-package-lock", "--ignore-scripts", "--no-audit"]
        try:
            subprocess.run([*words, "--no-fund", *wanted], check=True, capture_output=True, text=True, timeout=240)
        except subprocess.CalledProcessError as error:
            raise Absent(f"npm cannot install the packages: {error.stderr.strip()[-300:]}") from error
        except subprocess.TimeoutExpired as error:
            raise Absent("npm did not install the packages in 240 s") from error
        done.touch()
    return modules


def find_chromium() -> str:
    """The browser's program."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        found = shutil.which(name)
        if found is not None:
            return found
    raise Absent("Chromium is not installed")
