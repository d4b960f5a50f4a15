"""The port Writer over ``POST {url}/chat/completions``: OpenAI's own, vLLM, Ollama, llama.cpp, most gateways."""

from __future__ import annotations

import http.client
import json
from typing import Any
from urllib.parse import urlsplit

from limner.errors import DataError, Unavailable
from limner.settings import WriterSettings

LONGEST = 1 << 20
"""Bytes of an answer."""


class ChatWriter:
    def __init__(self, settings: WriterSettings) -> None:
        self._settings = settings

    def write(self, instruction: str, material: str) -> str:
        asked = {
            "model": self._settings.model,
            "messages": [{"role": "system", "content": instruction}, {"role": "user", "content": material}],
            "temperature": 0.3,
        }
        status, body = self._post(json.dumps(asked, ensure_ascii=False).encode())
        if status != 200:
            said = f"The language model at {self._settings.url} answered {status}."
            raise Unavailable(said) if status in (408, 429) or status >= 500 else DataError(said)
        return read_answer(body)

    def _post(self, body: bytes) -> tuple[int, bytes]:
        place = urlsplit(self._settings.url)
        assert place.hostname is not None, "settings were checked"
        kind = http.client.HTTPSConnection if place.scheme == "https" else http.client.HTTPConnection
        connection = kind(place.hostname, place.port, timeout=self._settings.seconds)
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self._settings.key:
            headers["Authorization"] = f"Bearer {self._settings.key}"
        try:
            connection.request("POST", f"{place.path}/chat/completions", body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read(LONGEST)
        except (OSError, http.client.HTTPException) as error:
            raise Unavailable(f"The language model at {self._settings.url} cannot be reached: {error}.") from None
        finally:
            connection.close()


def read_answer(body: bytes) -> str:
    """The text of the first choice."""
    try:
        document: Any = json.loads(body)
        text = document["choices"][0]["message"]["content"]
    except (ValueError, KeyError, IndexError, TypeError):
        text = None
    if not isinstance(text, str) or not text.strip():
        raise DataError("The language model's answer has no text.")
    return text
