from __future__ import annotations

from pathlib import Path

import pytest

from limner.errors import DataError
from limner.settings import KNOWN, HeavySettings, LogSettings, PublicUrl, ServerSettings


def test_defaults_listen_on_this_machine_only() -> None:
    assert ServerSettings.read({}) == ServerSettings("127.0.0.1", 8300)


def test_the_environment_decides() -> None:
    read = ServerSettings.read({"PORT": "9000", "LIMNER_HOST": "0.0.0.0"})
    assert read.url == "http://0.0.0.0:9000"


@pytest.mark.parametrize("port", ["http", "0", "65536", "-1", "8300.0"])
def test_an_unreadable_port_is_a_sentence(port: str) -> None:
    with pytest.raises(DataError, match="is not a port"):
        ServerSettings.read({"PORT": port})


@pytest.mark.parametrize(
    ("text", "scheme", "place"),
    [
        ("https://limner.example.com", "https", "limner.example.com"),
        ("http://10.0.0.7:8300/", "http", "10.0.0.7:8300"),
        ("https://example.com/limner/", "https", "example.com/limner"),
    ],
)
def test_a_public_address_has_a_scheme_and_a_place(text: str, scheme: str, place: str) -> None:
    assert PublicUrl.parse(text, "here") == PublicUrl(scheme, place)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "limner.example.com",
        "ftp://a.example",
        "https://",
        "https://a:b@c",
        "https://a?b",
        "http://a:99999",
        "http://a b",
    ],
)
def test_an_odd_public_address_is_a_sentence(text: str) -> None:
    with pytest.raises(DataError, match=r"^--public-url is .* https://limner.example.com$"):
        PublicUrl.parse(text, "--public-url")


def test_a_workspace_may_have_a_public_address(tmp_path: Path) -> None:
    assert PublicUrl.of_workspace(tmp_path) is None
    (tmp_path / "limner.toml").write_text('public_url = "https://a.example"\n')
    assert PublicUrl.of_workspace(tmp_path) == PublicUrl("https", "a.example")
    (tmp_path / "limner.toml").write_text("public_url = 7\n")
    with pytest.raises(DataError, match=r"public_url in .*limner.toml"):
        PublicUrl.of_workspace(tmp_path)


def test_a_workspace_may_say_who_is_heavy(tmp_path: Path) -> None:
    (tmp_path / "limner.toml").write_text("format = 1\n")
    assert HeavySettings.of_workspace(tmp_path) == HeavySettings(100_000, 60)
    (tmp_path / "limner.toml").write_text("heavy_events = 5_000\nheavy_every = 300\n")
    assert HeavySettings.of_workspace(tmp_path) == HeavySettings(5_000, 300)


@pytest.mark.parametrize(
    "line", ["heavy_events = 0", "heavy_every = 0.5", 'heavy_events = "many"', "heavy_every = true"]
)
def test_odd_bounds_are_a_sentence(tmp_path: Path, line: str) -> None:
    (tmp_path / "limner.toml").write_text(line + "\n")
    with pytest.raises(DataError, match=rf"^{line.split(maxsplit=1)[0]} in .*limner.toml is .*, which is no number of"):
        HeavySettings.of_workspace(tmp_path)


def test_a_workspace_may_say_what_its_log_keeps_in_memory(tmp_path: Path) -> None:
    (tmp_path / "limner.toml").write_text("format = 1\n")
    assert LogSettings.of_workspace(tmp_path) == LogSettings("16MB")
    (tmp_path / "limner.toml").write_text('log_cache = "1GB"\n')
    assert LogSettings.of_workspace(tmp_path) == LogSettings("1GB")


@pytest.mark.parametrize("cache", ['"15MB"', '"4GB"', "128", '"128 MB"', '"all"', "true"])
def test_what_is_no_amount_of_memory_is_a_sentence(cache: str, tmp_path: Path) -> None:
    (tmp_path / "limner.toml").write_text(f"log_cache = {cache}\n")
    with pytest.raises(DataError, match="which is no amount of memory"):
        LogSettings.of_workspace(tmp_path)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_guide_names_all_that_may_be_set(language: str) -> None:
    guide = Path(__file__).parents[1] / "docs" / "guide" / language / "operating.md"
    (row,) = (line for line in guide.read_text(encoding="utf-8").splitlines() if line.startswith("| `limner.toml`"))
    tables = {"oidc", "writer"}
    missing = [name for name in KNOWN if f"`[{name}]`" not in row and (name in tables or f"`{name}`" not in row)]
    assert missing == ["timezone"], "which is spelt out"
