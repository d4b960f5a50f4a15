"""Search engines, social networks and advertising networks by the hosts they send visitors from.

No maintained library has such a table with China's sites, so it is our own. A host stands for itself and the same with
www, m, wap and the like before it; one that begins with a dot stands for everything below it as well. The more exact
entry wins: ``tieba.baidu.com`` is a social network, ``www.baidu.com`` a search engine, ``pan.baidu.com`` neither.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

FRONTS = frozenset({"www", "m", "wap", "mobile", "h5", "cn", "3g", "touch"})
"""What stands before a host without making it another site."""
GOOGLE = re.compile(r"(?:(?:m|images|news|cse|maps)\.)?google\.(?:com|[a-z]{2}|(?:com|co)\.[a-z]{2})")


class SiteKind(StrEnum):
    SEARCH = "search"
    SOCIAL = "social"
    AD = "ad"


@dataclass(frozen=True, slots=True)
class Site:
    kind: SiteKind
    name: str
    keywords: tuple[str, ...] = ()
    """Parameters of its result pages that hold what was searched for."""


_SEARCH: Mapping[str, tuple[str, str]] = {
    "baidu": ("baidu.com image.baidu.com news.baidu.com", "wd word kw"),
    "sogou": (".sogou.com", "query keyword"),
    "360": (".so.com haosou.com", "q"),
    "shenma": (".sm.cn", "q keyword"),
    "toutiao": ("so.toutiao.com", "keyword"),
    "quark": ("quark.sm.cn ai.quark.cn", "q"),
    "bing": ("bing.com cn.bing.com global.bing.com", "q"),
    "google": ("com.google.android.googlequicksearchbox", "q"),
    "yahoo": (".search.yahoo.com search.yahoo.co.jp", "p"),
    "yandex": ("yandex.ru yandex.com yandex.kz yandex.by ya.ru", "text"),
    "duckduckgo": (".duckduckgo.com", "q"),
    "naver": ("search.naver.com m.search.naver.com", "query"),
    "daum": ("search.daum.net", "q"),
    "ecosia": ("ecosia.org", "q"),
    "qwant": ("qwant.com", "q"),
    "brave": ("search.brave.com", "q"),
    "startpage": (".startpage.com", "query"),
    "seznam": ("search.seznam.cz", "q"),
    "youdao": ("youdao.com", "q"),
    "chinaso": (".chinaso.com", "q"),
}
"""Name to hosts and keyword parameters."""

_SOCIAL: Mapping[str, str] = {
    "wechat": ".weixin.qq.com .wechat.com .servicewechat.com wx.qq.com com.tencent.mm",
    "wecom": "work.weixin.qq.com",
    "weibo": ".weibo.com .weibo.cn t.cn com.sina.weibo",
    "xiaohongshu": ".xiaohongshu.com .xhslink.com com.xingin.xhs",
    "douyin": ".douyin.com .iesdouyin.com com.ss.android.ugc.aweme",
    "kuaishou": ".kuaishou.com .gifshow.com .chenzhongtech.com",
    "zhihu": ".zhihu.com com.zhihu.android",
    "bilibili": ".bilibili.com b23.tv",
    "douban": ".douban.com",
    "tieba": "tieba.baidu.com",
    "qq": "qzone.qq.com user.qzone.qq.com im.qq.com url.cn",
    "toutiao": ".toutiao.com",
    "dingtalk": ".dingtalk.com",
    "feishu": ".feishu.cn .larksuite.com",
    "maimai": ".maimai.cn",
    "facebook": ".facebook.com fb.com fb.me .messenger.com com.facebook.katana",
    "instagram": ".instagram.com",
    "x": ".twitter.com x.com t.co com.twitter.android",
    "linkedin": ".linkedin.com lnkd.in com.linkedin.android",
    "youtube": ".youtube.com youtu.be",
    "tiktok": ".tiktok.com",
    "reddit": ".reddit.com com.reddit.frontpage",
    "pinterest": ".pinterest.com pin.it",
    "telegram": "t.me .telegram.org org.telegram.messenger",
    "whatsapp": ".whatsapp.com wa.me",
    "line": ".line.me",
    "vk": ".vk.com",
    "quora": ".quora.com",
    "threads": ".threads.net",
    "snapchat": ".snapchat.com",
    "discord": ".discord.com",
    "medium": ".medium.com",
    "kakaotalk": ".kakao.com",
}
"""Name to hosts."""

_AD: Mapping[str, str] = {
    "google": ".doubleclick.net .googleadservices.com .googlesyndication.com",
    "baidu": "cpro.baidu.com pos.baidu.com",
    "tencent": ".e.qq.com .gdt.qq.com ad.qq.com",
    "bytedance": ".oceanengine.com .pangle.cn .chengzijianzhan.com",
    "alibaba": ".tanx.com .alimama.com",
}
"""Name to hosts."""


def _build_table() -> dict[str, tuple[Site, bool]]:
    """Host to its site, and whether all below it is that site too."""
    entries = [(Site(SiteKind.SEARCH, name, tuple(words.split())), hosts) for name, (hosts, words) in _SEARCH.items()]
    entries += [(Site(SiteKind.SOCIAL, name), hosts) for name, hosts in _SOCIAL.items()]
    entries += [(Site(SiteKind.AD, name), hosts) for name, hosts in _AD.items()]
    return {host.removeprefix("."): (site, host[0] == ".") for site, hosts in entries for host in hosts.split()}


_TABLE = _build_table()


def find_site(host: str) -> Site | None:
    """The known site a host belongs to.

    >>> [(site := find_site(host)) and site.name for host in ("m.baidu.com", "pan.baidu.com", "google.com.hk")]
    ['baidu', None, 'google']
    """
    if GOOGLE.fullmatch(host):
        return _TABLE["com.google.android.googlequicksearchbox"][0]
    labels = host.split(".", 20)
    for depth in range(len(labels)):
        found = _TABLE.get(".".join(labels[depth:]))
        if found is not None and (found[1] or FRONTS.issuperset(labels[:depth])):
            return found[0]
    return None
