from __future__ import annotations

import pytest

from limner.errors import DataError
from limner.settings import ServerSettings


def test_defaults_listen_on_this_machine_only() -> None:
    assert ServerSettings.read({}) == ServerSettings("127.0.0.1", 8300)


def test_the_environment_decides() -> None:
    read = ServerSettings.read({"PORT": "9000", "LIMNER_HOST": "0.0.0.0"})
    assert read.url == "http://0.0.0.0:9000"


@pytest.mark.parametrize("port", ["http", "0", "65536", "-1", "8300.0"])
def test_an_unreadable_port_is_a_sentence(port: str) -> None:
    with pytest.raises(DataError, match="is not a port"):
        ServerSettings.read({"PORT": port})
