"""How the real clients take the answers that Limner itself gives."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from tests.clients.clients import PYTHON, run_python
from tests.clients.faults import NONE
from tests.clients.proxy import Proxy
from tests.clients.server import Server
from tests.clients.trial import read_log

import limner

SEGMENT, RUDDER, SENSORS, *_ = PYTHON


@pytest.mark.slow
def test_answers(tmp_path: Path) -> None:
    """One server for all: a wrong key is final, a fast sender is slowed down and loses nothing, large is welcome."""
    server = Server(tmp_path / "shop")
    with limner.open(server.folder) as workspace:
        slow = {client: str(workspace.keys_create(client.package, rate=40.0).secret) for client in (SEGMENT, RUDDER)}
    with server:
        for client in (SEGMENT, RUDDER):
            with Proxy(server, NONE) as proxy:
                told = client.run(proxy, "wrong")
            assert [seen.status for seen in proxy.seen] == [401, 401], "two batches, neither sent again"
            assert len(told["heard"]) == 2
        sent: Counter[str] = Counter()
        for client, key in slow.items():
            with Proxy(server, NONE) as proxy:
                told = client.run(proxy, key)
            assert {seen.status for seen in proxy.seen} == {200, 429}
            assert told["heard"] == []
            sent += Counter(name for name, _ in told["events"])
        with Proxy(server, NONE) as proxy:
            told = run_python("large_python.py")(proxy, server.write_key)
        assert {seen.status for seen in proxy.seen} == {200}
        server.stop()
    rows = read_log(server.folder)
    large = {row.number: row.properties["text"] for row in rows if row.name == "large"}
    assert large == {0: "胎" * 600_000} | dict.fromkeys(range(1, 21), "胎" * 5_000)
    assert Counter(row.name for row in rows if row.name != "large") == sent
