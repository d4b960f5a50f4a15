"""The real clients: how each is run, and what of its story is one person's."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tests.clients.browser import browse
from tests.clients.faults import Act, Fault
from tests.clients.npm import PACKAGES, node_modules
from tests.clients.proxy import Proxy

PROGRAMS = Path(__file__).parent / "programs"
LONGEST = 120
"""Seconds a client may take to send all it has."""


@dataclass(frozen=True, slots=True)
class Client:
    package: str
    version: str
    how: str
    """The mode it is run in."""
    run: Callable[[Proxy, str], dict[str, Any]]
    """Proxy and write key to what it says that it sent."""
    joined: tuple[str, ...] = ()
    """Identifiers that must be one customer in the end."""
    apart: tuple[str, ...] = ()
    """Identifiers that were bound to the customer and unbound again."""
    loses: tuple[Act, ...] = ()
    """Faults under which the client itself drops events: it does not send them again."""

    @property
    def title(self) -> str:
        return f"{self.package} {self.version}" + (f", {self.how}" if self.how else "")

    def keeps(self, fault: Fault) -> bool:
        return not set(fault.acts) & set(self.loses)


def run_python(program: str, mode: str = "") -> Callable[[Proxy, str], dict[str, Any]]:
    def run(proxy: Proxy, key: str) -> dict[str, Any]:
        return _tell([sys.executable, str(PROGRAMS / program), proxy.url, key, mode])

    return run


def run_node(program: str) -> Callable[[Proxy, str], dict[str, Any]]:
    def run(proxy: Proxy, key: str) -> dict[str, Any]:
        return _tell(["node", str(PROGRAMS / program), proxy.url, key, str(node_modules())])

    return run


def run_browser(page: int, mode: str = "") -> Callable[[Proxy, str], dict[str, Any]]:
    return lambda proxy, key: browse(page, mode, proxy, key)


def _tell(words: list[str]) -> dict[str, Any]:
    environment = {**os.environ, "TZ": "Asia/Shanghai", "NO_PROXY": "127.0.0.1"}
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=LONGEST, env=environment)
    assert done.returncode == 0, done.stderr[-3000:]
    document: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return document


def _sensors(how: str, mode: str, loses: tuple[Act, ...]) -> Client:
    keys = ("user_id:张三", "anonymous_id:匿名-1", "phone:13800000000")
    run = run_python("sensors_python.py", mode)
    apart = ("email:zhangsan@example.com",)
    return Client("SensorsAnalyticsSDK", version("SensorsAnalyticsSDK"), how, run, keys, apart, loses)


_SEGMENT = ("user_id:张三", "user_id:老张", "anonymous_id:匿名-1")
_BROKEN = (Act.ANSWER, Act.CUT_BEFORE, Act.KILL_READING)
_ONCE = (*_BROKEN, Act.KILL_ANSWERING)
"""It sends on while the server starts again."""
_ANY = (*_BROKEN, Act.CUT_AFTER, Act.KILL_ANSWERING)

PYTHON = (
    Client(
        "segment-analytics-python",
        version("segment-analytics-python"),
        "",
        run_python("segment_python.py"),
        _SEGMENT,
    ),
    Client("rudder-sdk-python", version("rudder-sdk-python"), "", run_python("rudder_python.py"), _SEGMENT),
    _sensors("BatchConsumer, flushed again", "batch", ()),
    _sensors("DefaultConsumer, patient", "patient-default", ()),
    _sensors("AsyncBatchConsumer, patient", "patient-async", ()),
    _sensors("DefaultConsumer", "default", _ONCE),
    _sensors("DebugConsumer", "debug", _ONCE),
    _sensors("AsyncBatchConsumer", "async", _ANY),
)
NODE = (
    Client("@segment/analytics-node", PACKAGES["@segment/analytics-node"], "", run_node("segment_node.mjs"), _SEGMENT),
    Client(
        "@rudderstack/rudder-sdk-node",
        PACKAGES["@rudderstack/rudder-sdk-node"],
        "retryCount 10",
        run_node("rudder_node.mjs"),
        _SEGMENT,
    ),
)
_NEXT, _SA = PACKAGES["@segment/analytics-next"], PACKAGES["sa-sdk-javascript"]
BROWSER = (
    Client("@segment/analytics-next", _NEXT, "", run_browser(0), ("user_id:张三", "user_id:老张")),
    Client("sa-sdk-javascript", _SA, "batch_send", run_browser(1), ("user_id:张三", "phone:13800000000")),
    Client("sa-sdk-javascript", _SA, "image", run_browser(1, "image"), ("user_id:张三",), loses=_ONCE),
    Client("sa-sdk-javascript", _SA, "ajax", run_browser(1, "ajax"), ("user_id:张三",), loses=_ONCE),
    Client("sa-sdk-javascript", _SA, "beacon", run_browser(1, "beacon"), ("user_id:张三",), loses=_ONCE),
)
CLIENTS = (*PYTHON, *NODE, *BROWSER)
