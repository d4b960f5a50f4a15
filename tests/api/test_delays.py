"""How long events take to each station, as /metrics tells."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.api.test_export import Shop

from limner.govern.roles import Role


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Shop]:
    made = Shop(tmp_path / "shop")
    with made.workspace:
        made.workspace.follow()
        made.workspace.intake.start()
        yield made


def test_an_event_is_counted_at_every_station(own: Shop) -> None:
    sender, client = own.client(Role.WRITE), own.client(Role.OPERATOR)
    key = sender.headers.pop("Authorization").removeprefix("Bearer ")
    event = {"event": "order_paid", "userId": "long-user-id", "messageId": "2", "properties": {"amount": 7}}
    assert sender.post("/v1/track", json=event, auth=(key, "")).status_code == 200
    assert client.get("/api/v1/profiles/user_id:long-user-id").json()["tags"]["spend"]["value"] == 12
    text = client.get("/metrics").text
    for station in ("log", "state", "outbox"):  # the journal's is noted after the answer
        assert f'limner_event_seconds_bucket{{le="+Inf",to="{station}"}} 1.0' in text
        assert f'limner_event_seconds_count{{to="{station}"}} 1.0' in text
    assert 'limner_event_seconds_sum{to="journal"}' in text
