"""Browser, system and device by the user agent."""

from __future__ import annotations

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limner.collect.enrichment.user_agent import read_user_agent

IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
ANDROID = "Mozilla/5.0 (Linux; Android 13; {} wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/116.0.0.0"


@pytest.mark.parametrize(
    ("agent", "told"),
    [
        (
            f"{IPHONE} Mobile/15E148 MicroMessenger/8.0.42(0x18002a2a) NetType/WIFI Language/zh_CN",
            "WeChat 8.0.42 | iOS 17.0 | phone Apple iPhone",
        ),
        (f"{IPHONE} Version/17.0 Mobile/15E148 Safari/604.1", "Safari 17.0 | iOS 17.0 | phone Apple iPhone"),
        (
            ANDROID.format("V2183A Build/TP1A;") + " Mobile Safari/537.36 XWEB/116 MicroMessenger/8.0.43",
            "WeChat 8.0.43 | Android 13 | phone vivo V2183A",
        ),
        (
            ANDROID.format("PFTM20 Build/SP1A;") + " Mobile Safari/537.36 aweme/27.1",
            "Douyin 27.1 | Android 13 | phone OPPO PFTM20",
        ),
        (
            "Mozilla/5.0 (Linux; U; Android 10; zh-cn; Redmi Note 8 Build/Q) AppleWebKit/537.36 Mobile Quark/6.0",
            "Quark 6.0 | Android 10 | phone Xiaomi Redmi Note 8",
        ),
        (
            "Mozilla/5.0 (Phone; OpenHarmony 5.0) AppleWebKit/537.36 Chrome/114.0.0.0 Safari/537.36 ArkWeb/4.1 Mobile",
            "ArkWeb 4.1 | HarmonyOS 5.0 | phone",
        ),
        (
            "Mozilla/5.0 (Linux; Android 12; SM-T870) AppleWebKit/537.36 Chrome/119.0.0.0 Safari/537.36",
            "Chrome 119.0.0 | Android 12 | tablet Samsung SM-T870",
        ),
        (
            "Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) AppleWebKit/605.1.15 Version/16.6 Mobile Safari/604.1",
            "Safari 16.6 | iOS 16.6 | tablet Apple iPad",
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/17.1 Safari/605.1.15",
            "Safari 17.1 | macOS 10.15.7 | desktop Apple Mac",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/120.0.0.0 Safari/537.36 Edg/120.0.1.2",
            "Edge 120.0.1 | Windows 10 | desktop",
        ),
        (
            "Mozilla/5.0 (SMART-TV; Linux; Tizen 6.0) AppleWebKit/537.36 SamsungBrowser/4.0 TV Safari/537.36",
            "Samsung Internet 4.0 | Tizen 6.0 | tv Samsung SMART-TV",
        ),
        (
            "Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)",
            "Baiduspider 2.0 |  | bot",
        ),
        (
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/120.0.0.0 Safari/537.36",
            "HeadlessChrome 120.0.0 | Linux | bot",
        ),
        ("analytics-python/2.4.0", " |  | "),
        ("", " |  | "),
    ],
)
def test_what_is_told(agent: str, told: str) -> None:
    found = read_user_agent(agent)
    parts = (("browser", "browser_version"), ("os_name", "os_version"), ("device_type", "device_brand", "device_model"))
    assert " | ".join(" ".join(found[name] for name in names if name in found) for names in parts) == told


@given(st.text(max_size=300) | st.text(alphabet="\ud800\x00(;)/ .1aA", max_size=300))
def test_any_text_is_read(agent: str) -> None:
    for value in read_user_agent(agent).values():
        assert value
        assert value == value.strip()
        assert value.isprintable()


@pytest.mark.parametrize("piece", ["a", "Android ", "; Build/", "\x00", "\ud800", "Mozilla/5.0 (", "Lark 1.", "((((/"])
def test_long_texts_take_no_longer(piece: str) -> None:
    read_user_agent("warm")
    started = process_time()
    read_user_agent(piece * 10_000)
    assert process_time() - started < 0.5
