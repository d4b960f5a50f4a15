"""Browser, system and device by the user agent: ua-parser's expressions, and before them the apps, systems and codes of
China that it does not know. Its engine is the linear one, so no text makes it slow."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING

from limner.collect.enrichment.url import clean

if TYPE_CHECKING:
    from ua_parser.core import OS, Device, PartialResult, UserAgent

LONGEST_USER_AGENT = 1_000
"""Characters that are looked at; real ones have up to about 400."""

_APPS: Mapping[str, str] = {
    "wxwork": "WeCom",
    "MicroMessenger": "WeChat",
    "AlipayClient": "Alipay",
    "DingTalk": "DingTalk",
    "Lark": "Feishu",
    "XHSDiscover": "Xiaohongshu",
    "xhsdiscover": "Xiaohongshu",
    "aweme": "Douyin",
    "NewsArticle": "Toutiao",
    "Weibo": "Weibo",
    "baiduboxapp": "Baidu",
    "ZhihuHybrid": "Zhihu",
    "BiliApp": "Bilibili",
    "Kwai": "Kuaishou",
    "TaobaoApp": "Taobao",
    "AliApp": "Taobao",
    "jdapp": "JD",
    "MQQBrowser": "QQ Browser",
    "QQBrowser": "QQ Browser",
    "Quark": "Quark",
    "UCBrowser": "UC Browser",
    "MiuiBrowser": "Xiaomi Browser",
    "HuaweiBrowser": "Huawei Browser",
    "HeyTapBrowser": "OPPO Browser",
    "VivoBrowser": "Vivo Browser",
    "ArkWeb": "ArkWeb",
}
"""Token to the app whose window shows the page; the first that occurs counts."""
_APP = re.compile(rf"\b({'|'.join(_APPS)})(?:\([A-Za-z]+)?[/ _]?(\d{{1,6}}(?:\.\d{{1,6}}){{0,2}})?")

_BROWSERS: Mapping[str, str] = {
    "Chrome Mobile": "Chrome",
    "Chrome Mobile iOS": "Chrome",
    "Chrome Mobile WebView": "Android WebView",
    "Mobile Safari": "Safari",
    "Mobile Safari UI/WKWebView": "iOS WebView",
    "Firefox Mobile": "Firefox",
    "Firefox iOS": "Firefox",
    "Edge Mobile": "Edge",
    "Opera Mobile": "Opera",
    "WeChat Browser": "WeChat",
    "Android": "Android Browser",
}
"""ua-parser's name to ours: that a device is mobile, ``device_type`` says."""

_HARMONY = re.compile(r"(?:OpenHarmony|HarmonyOS)[ /]?(\d{1,4}(?:\.\d{1,4}){0,2})?")
_CODES = (
    ("vivo", re.compile(r"V\d{4}[A-Z]{0,2}")),
    ("OPPO", re.compile(r"P[A-Z]{3}\d0")),
    ("Xiaomi", re.compile(r"2\d{3,4}[0-9A-Z]{5,7}C?")),
    ("Samsung", re.compile(r"SM-[A-Z]\d{3,4}[A-Z0-9]{0,3}")),
)
"""Brands by the codes of their models, where ua-parser only knows the code."""
_BRANDS = {"XiaoMi": "Xiaomi", "Vivo": "vivo", "Oppo": "OPPO"}
_TV = re.compile(r"\b(SMART-TV|SmartTV|Android ?TV|AppleTV|Apple TV|GoogleTV|HbbTV|BRAVIA|MiTV|NetCast|Web0S)\b")
_TABLET = re.compile(r"\b(iPad|Tablet|PlayBook|Kindle|Silk)\b")
_DESKTOPS = ("Windows", "macOS", "Linux", "Ubuntu", "Fedora", "Debian", "Chrome OS", "FreeBSD", "UOS", "Kylin")


@cache
def _parser() -> Callable[[str], PartialResult]:
    """A quarter of a second, the first time a user agent is met: nothing of it is loaded before."""
    from ua_parser import Domain
    from ua_parser.loaders import load_lazy_builtins
    from ua_parser.regex import Resolver

    resolve = Resolver(load_lazy_builtins())  # the eager ones are compiled for Python's engine too
    return lambda text: resolve(text, Domain.ALL)


def read_user_agent(text: str) -> Mapping[str, str]:
    """Names: browser, browser_version, os_name, os_version, device_type, device_brand, device_model; what is not known
    is absent.

    >>> read_user_agent("Mozilla/5.0 (X11; Linux x86_64) Gecko Firefox/133.0")
    {'browser': 'Firefox', 'browser_version': '133.0', 'os_name': 'Linux', 'device_type': 'desktop'}
    """
    text = text[:LONGEST_USER_AGENT].encode("utf-8", "ignore").decode()
    parsed = _parser()(text)
    browser = _read_browser(text, parsed.user_agent)
    system = _read_system(text, parsed.os)
    bot = "Headless" in text or (parsed.device is not None and parsed.device.brand == "Spider")
    found = {**browser, **system, "device_type": "bot" if bot else _device_type(text, system.get("os_name", ""))}
    if parsed.device is not None and not bot:
        found |= _read_device(parsed.device)
    return {name: known for name, value in found.items() if (known := clean(value))}


def _read_browser(text: str, parsed: UserAgent | None) -> dict[str, str]:
    if app := _APP.search(text):
        return {"browser": _APPS[app[1]], "browser_version": app[2] or ""}
    if parsed is None:
        return {}
    version = _join(parsed.major, parsed.minor, parsed.patch)
    return {"browser": _BROWSERS.get(parsed.family, parsed.family), "browser_version": version}


def _read_system(text: str, parsed: OS | None) -> dict[str, str]:
    if harmony := _HARMONY.search(text):
        return {"os_name": "HarmonyOS", "os_version": harmony[1] or ""}
    if parsed is None:
        return {}
    name = "macOS" if parsed.family == "Mac OS X" else parsed.family
    return {"os_name": name, "os_version": _join(parsed.major, parsed.minor, parsed.patch)}


def _join(*parts: str | None) -> str:
    """A version, as far as it is known."""
    known = parts[: parts.index(None)] if None in parts else parts
    return ".".join(part for part in known if part)


def _device_type(text: str, system: str) -> str:
    if _TV.search(text):
        return "tv"
    if _TABLET.search(text):
        return "tablet"
    if "Mobile" in text or "iPhone" in text or "iPod" in text or "(Phone" in text:
        return "phone"
    if system in ("Android", "HarmonyOS"):
        return "tablet" if "Mozilla/" in text else "phone"  # browsers of phones say Mobile; apps say nothing
    return "desktop" if system in _DESKTOPS else ""


def _read_device(device: Device) -> dict[str, str]:
    brand, model = device.brand or "", device.model or ""
    if model in ("Smartphone", "Feature Phone", "Tablet", "Browser"):
        model = ""
    if brand.startswith("Generic"):
        brand = next((name for name, code in _CODES if code.fullmatch(model)), "")
    return {"device_brand": _BRANDS.get(brand, brand), "device_model": model}
