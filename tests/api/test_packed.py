"""Large answers are compressed for those who take them so, and say the same."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from limner.api.packed import WORTH_IT, PackedAnswers

LARGE = {"tags": [{"name": f"t{number:05}", "title": {"zh": "订单"}} for number in range(1000)]}
WRITTEN = json.dumps(LARGE).encode()


def ask(app: ASGIApp, path: str = "/api/v1/tags", **headers: str) -> Response:
    return TestClient(PackedAnswers(app)).get(path, headers={"Accept-Encoding": "gzip, br"} | headers)


def test_a_large_answer_is_small_on_its_way(anybody: TestClient, shop: tuple[Path, str]) -> None:
    def look_up(encoding: str) -> Response:
        keys = {"keys": [f"user_id:U{number}" for number in range(1, 41)]}
        headers = {"Accept-Encoding": encoding, "Authorization": f"Bearer {shop[1]}"}
        return anybody.post("/api/v1/profiles:lookup", json=keys, headers=headers)

    packed, plain = look_up("gzip, deflate"), look_up("identity")
    assert packed.headers["content-encoding"] == "gzip"
    assert "accept-encoding" in packed.headers["vary"].lower()
    assert int(packed.headers["content-length"]) * 5 < int(plain.headers["content-length"])
    assert [each["key"] for each in packed.json()["profiles"]] == [each["key"] for each in plain.json()["profiles"]]
    assert "content-encoding" not in plain.headers


def test_other_doors_are_as_they_were() -> None:
    assert "content-encoding" not in ask(JSONResponse(LARGE), "/v1/batch").headers


def test_what_else_it_says_stays() -> None:
    answer = ask(JSONResponse(LARGE, 201, {"ETag": '"7"', "Vary": "Origin"}))
    assert (answer.status_code, answer.headers["etag"], answer.headers["vary"]) == (
        201,
        '"7"',
        "Origin, Accept-Encoding",
    )
    assert answer.json() == LARGE


async def send_in_parts(scope: Scope, receive: Receive, send: Send) -> None:
    await StreamingResponse(iter([WRITTEN, WRITTEN]), media_type="application/json")(scope, receive, send)


@pytest.mark.parametrize(
    "app",
    [
        JSONResponse({"small": "x" * (WORTH_IT - 20)}),
        Response(WRITTEN, media_type="image/png"),
        Response(gzip.compress(WRITTEN * 20, 0), media_type="application/json", headers={"Content-Encoding": "gzip"}),
        send_in_parts,
    ],
    ids=["small", "no JSON", "packed already", "in parts"],
)
def test_what_goes_as_it_is(app: ASGIApp) -> None:
    bare = TestClient(app).get("/")
    answer = ask(app)
    assert answer.content == bare.content
    assert answer.headers == bare.headers


def test_whoever_takes_none_gets_none() -> None:
    assert ask(JSONResponse(LARGE), **{"Accept-Encoding": "gzip;q=0"}).headers["content-length"] == str(
        len(JSONResponse(LARGE).body)
    )
