"""A server that is told to stop stops, and has nothing to complain of."""

from __future__ import annotations

import base64
import json
import urllib.request
from pathlib import Path

from tests.clients.server import Server

from limner.cli.workspaces import NO_CONSOLE

TAGS = "tags:\n  views: {layer: fact, fold: {count: '*', of: view}}\n  skus: {layer: fact, fold: {list: sku}}\n"
ROUNDS = 8
"""After some appends the log keeps its keys in memory."""


def test_a_server_that_stored_and_read_events_leaves_in_silence(tmp_path: Path) -> None:
    server = Server(tmp_path / "shop")
    (server.folder / "tags" / "shop.yaml").write_text(TAGS)
    url = f"http://127.0.0.1:{server.port}"
    sender = "Basic " + base64.b64encode(f"{server.write_key}:".encode()).decode()
    with server:
        for n in range(ROUNDS):
            message = {"type": "track", "event": "view", "userId": "u1", "anonymousId": f"a{n}", "messageId": str(n)}
            body = json.dumps({"batch": [{**message, "properties": {"sku": f"s{n}"}}]}).encode()
            sent = urllib.request.Request(f"{url}/v1/batch", body, {"Authorization": sender})
            reader = {"Authorization": f"Bearer {server.api_key}"}
            asked = urllib.request.Request(f"{url}/api/v1/profiles/user_id:u1", headers=reader)
            for request in (sent, sent, asked):
                with urllib.request.urlopen(request) as answer:
                    assert answer.status == 200
        server.stop()
    serving, *more = server.said.splitlines()
    assert serving.startswith("Serving ")
    assert more in ([], [NO_CONSOLE])
