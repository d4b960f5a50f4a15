"""A language model that speaks OpenAI's protocol: a server of that kind on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.language_model import LanguageModel, language_model

from limner.adapters.chat import ChatWriter
from limner.errors import DataError, Unavailable
from limner.settings import WriterSettings


@pytest.fixture
def model() -> Iterator[LanguageModel]:
    with language_model() as server:
        yield server


def test_it_is_asked_as_openai_says(model: LanguageModel) -> None:
    writer = ChatWriter(WriterSettings(model.url, "qwen3", "secret"))
    assert writer.write("Write.", "figures") == "夜里下单的人"
    ((path, key, body),) = model.asked
    assert (path, key, body["model"]) == ("/v1/chat/completions", "Bearer secret", "qwen3")
    assert [message["role"] for message in body["messages"]] == ["system", "user"]


def test_what_goes_wrong_is_a_sentence_without_the_key(model: LanguageModel) -> None:
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
