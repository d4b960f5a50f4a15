"""Referrers, campaigns and URLs."""

from __future__ import annotations

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limner.collect.enrichment.campaign import read_campaign
from limner.collect.enrichment.referrer import read_referrer
from limner.collect.enrichment.sites import find_site
from limner.collect.enrichment.url import read_host, read_query, site_of


@pytest.mark.parametrize(
    ("referrer", "told"),
    [
        ("", {"traffic_source": "direct"}),
        ("https://www.baidu.com/s?ie=utf-8&wd=%E9%9D%A2%E8%86%9C", ("search", "baidu.com", "baidu", "面膜")),
        ("http://www.baidu.com/s?wd=%C2%D6%CC%A5", ("search", "baidu.com", "baidu", "轮胎")),
        ("https://m.baidu.com/from=844b/s?word=a+b", ("search", "m.baidu.com", "baidu", "a b")),
        ("https://www.baidu.com/link?url=x", ("search", "baidu.com", "baidu", None)),
        ("https://www.sogou.com/web?query=a", ("search", "sogou.com", "sogou", "a")),
        ("https://www.so.com/s?q=a", ("search", "so.com", "360", "a")),
        ("https://m.sm.cn/s?q=a", ("search", "m.sm.cn", "shenma", "a")),
        ("https://so.toutiao.com/search?keyword=a", ("search", "so.toutiao.com", "toutiao", "a")),
        ("https://cn.bing.com/search?q=a", ("search", "cn.bing.com", "bing", "a")),
        ("https://www.google.com.hk/", ("search", "google.com.hk", "google", None)),
        ("android-app://com.google.android.googlequicksearchbox/", ("search", None, "google", None)),
        ("https://mail.google.com/", {"referrer_domain": "mail.google.com", "traffic_source": "link"}),
        ("https://pan.baidu.com/s", {"referrer_domain": "pan.baidu.com", "traffic_source": "link"}),
        ("https://notbaidu.com/", {"referrer_domain": "notbaidu.com", "traffic_source": "link"}),
        ("https://blog.example.cn/a", {"referrer_domain": "blog.example.cn", "traffic_source": "link"}),
        ("https://m.shop.com/p/1", {"referrer_domain": "m.shop.com", "traffic_source": "internal"}),
        ("https://tieba.baidu.com/p/1", ("social", "tieba.baidu.com", "tieba", None)),
        ("https://mp.weixin.qq.com/s/x", ("social", "mp.weixin.qq.com", "wechat", None)),
        ("https://servicewechat.com/wx1/2/page-frame.html", ("social", "servicewechat.com", "wechat", None)),
        ("https://m.weibo.cn/", ("social", "m.weibo.cn", "weibo", None)),
        ("https://www.xiaohongshu.com/explore", ("social", "xiaohongshu.com", "xiaohongshu", None)),
        ("https://v.douyin.com/x", ("social", "v.douyin.com", "douyin", None)),
        ("https://zhuanlan.zhihu.com/p/1", ("social", "zhuanlan.zhihu.com", "zhihu", None)),
        ("https://t.co/x", ("social", "t.co", "x", None)),
        ("url的domain解析失败", {}),
        ("about:blank", {}),
    ],
)
def test_referrers(referrer: str, told: dict[str, str] | tuple[str, str | None, str, str | None]) -> None:
    found = read_referrer(referrer, "www.shop.com", {})
    if isinstance(told, tuple):
        source, domain, name, keyword = told
        who = "search_engine" if source == "search" else "social_network"
        told = {"traffic_source": source, who: name, "referrer_domain": domain or found["referrer_domain"]}
        told |= {"search_keyword": keyword} if keyword else {}
    assert found == told


def test_a_page_that_is_not_known_is_not_direct() -> None:
    assert read_referrer("", "", {}) == {}


@pytest.mark.parametrize(
    ("query", "source"),
    [
        ("?utm_source=baidu&utm_medium=cpc", "ad"),
        ("?utm_medium=paid_social", "ad"),
        ("?utm_medium=信息流", "ad"),
        ("?gclid=x", "ad"),
        ("?clickid=x&adid=1", "ad"),
        ("?utm_source=news&utm_medium=email", "campaign"),
        ("?utm_medium=broadcast", "campaign"),
        ("?clickid=x", "search"),
        ("?fbclid=x", "search"),
        ("", "search"),
    ],
)
def test_campaigns_come_before_referrers(query: str, source: str) -> None:
    found = read_referrer("https://www.baidu.com/s?wd=a", "shop.com", read_campaign(query, {}))
    assert (found["traffic_source"], found["search_engine"]) == (source, "baidu")


def test_networks_of_advertising() -> None:
    assert read_referrer("https://googleads.g.doubleclick.net/x", "shop.com", {}) == {
        "referrer_domain": "googleads.g.doubleclick.net",
        "ad_network": "google",
        "traffic_source": "ad",
    }
    assert read_campaign("?qz_gdt=abc", {}) == {"ad_network": "tencent", "ad_click_id": "abc"}
    assert read_campaign("?clickid=abc&promotionid=1", {}) == {"ad_network": "bytedance", "ad_click_id": "abc"}


def test_the_context_wins_over_the_url() -> None:
    assert read_campaign("?utm_source=a&UTM_Term=t&utm_campaign=", {"source": "b", "name": "c" * 999}) == {
        "utm_source": "b",
        "utm_campaign": "c" * 500,
        "utm_term": "t",
    }


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://[2001:db8::1]:80/x", "2001:db8::1"),
        ("//a.b.:8/", "a.b"),
        ("http://a b/", ""),
        ("http://" + "a" * 300, ""),
        ("http://\x00a/", ""),
        ("http:///x", ""),
        ("http://[", ""),
    ],
)
def test_hosts(url: str, host: str) -> None:
    assert read_host(url) == host


@given(st.text(max_size=80) | st.text(alphabet="\ud800\x00%:/?#[]@&=.a1", max_size=200))
def test_any_text_is_read(text: str) -> None:
    site_of(read_host(text))
    find_site(text)
    told = read_referrer(text, text, read_campaign(text, {"source": text}))
    for value in (*told.values(), *read_query(text).values()):
        assert value
        assert len(value.encode()) <= 2_000  # no half of a surrogate pair


@pytest.mark.parametrize("piece", ["?", "&a=b", "%", "%E9", "a.", "//", "@", "-ad_paid", "\ud800"])
def test_long_texts_take_no_longer(piece: str) -> None:
    text = "https://a?utm_medium=" + piece * 100_000
    started = process_time()
    read_referrer(text, text, read_campaign(text, {"medium": text}))
    assert process_time() - started < 0.5
