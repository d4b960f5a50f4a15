"""A language model that speaks OpenAI's protocol: a server of that kind on this machine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from limner.adapters.chat import ChatWriter
from limner.errors import DataError, Unavailable
from limner.settings import WriterSettings


class Model(HTTPServer):
    status, answer = 200, "夜里下单的人"

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[tuple[str, str | None, Any]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"


class Handler(BaseHTTPRequestHandler):
    server: Model

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append((self.path, self.headers["Authorization"], body))
        text = json.dumps({"choices": [{"message": {"role": "assistant", "content": self.server.answer}}]}).encode()
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def model() -> Iterator[Model]:
    server = Model()
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def test_it_is_asked_as_openai_says(model: Model) -> None:
    writer = ChatWriter(WriterSettings(model.url, "qwen3", "secret"))
    assert writer.write("Write.", "figures") == "夜里下单的人"
    ((path, key, body),) = model.asked
    assert (path, key, body["model"]) == ("/v1/chat/completions", "Bearer secret", "qwen3")
    assert [message["role"] for message in body["messages"]] == ["system", "user"]


def test_what_goes_wrong_is_a_sentence_without_the_key(model: Model) -> None:
    writer = ChatWriter(WriterSettings(model.url, "qwen3", "secret", 5))
    for status, kind in ((500, Unavailable), (429, Unavailable), (401, DataError)):
        model.status = status
        with pytest.raises(kind) as caught:
            writer.write("Write.", "figures")
        assert "secret" not in str(caught.value)
    model.status, model.answer = 200, ""
    with pytest.raises(DataError, match="no text"):
        writer.write("Write.", "figures")
    with pytest.raises(Unavailable, match="cannot be reached"):
        ChatWriter(WriterSettings("http://127.0.0.1:9/v1", "qwen3", "", 2)).write("Write.", "figures")


def test_settings_say_what_is_missing(tmp_path: Path) -> None:
    path = tmp_path / "limner.toml"
    for text, said in (
        ("", "No language model"),
        ('[writer]\nurl = "ftp://x"\nmodel = "m"', "no address"),
        ('[writer]\nurl = "http://x/v1"', "model"),
        ('[writer]\nurl = "http://x/v1"\nmodel = "m"\nkey_env = "NO_SUCH"', "NO_SUCH"),
        ('[writer]\nurl = "http://x/v1"\nmodel = "m"\nseconds = 0', "seconds"),
    ):
        path.write_text(text)
        with pytest.raises(DataError, match=said):
            WriterSettings.of_workspace(tmp_path, {})
    path.write_text('[writer]\nurl = "http://x/v1/"\nmodel = "m"\nkey_env = "KEY"')
    assert WriterSettings.of_workspace(tmp_path, {"KEY": "k"}) == WriterSettings("http://x/v1", "m", "k", 60)
