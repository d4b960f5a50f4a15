"""Where a visitor came from: the page that led here, and the campaign."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from limner.collect.enrichment.campaign import is_paid
from limner.collect.enrichment.sites import SiteKind, find_site
from limner.collect.enrichment.url import read_host, read_query, site_of


class TrafficSource(StrEnum):
    """The first that fits, in this order."""

    AD = "ad"
    """A click id, a paid medium, or an advertising network's page."""
    CAMPAIGN = "campaign"
    """UTM parameters of another kind, such as a newsletter's."""
    INTERNAL = "internal"
    """A page of the same site."""
    SEARCH = "search"
    SOCIAL = "social"
    LINK = "link"
    """A page of any other site."""
    DIRECT = "direct"
    """The page is known, and none led to it."""


def read_referrer(referrer: str, host: str, campaign: Mapping[str, str]) -> dict[str, str]:
    """``host``: of the page itself, empty when it is not known. ``campaign``: as `campaign.read_campaign` has it.

    >>> read_referrer("https://www.baidu.com/s?wd=%E9%9D%A2%E8%86%9C", "shop.cn", {})
    {'referrer_domain': 'baidu.com', 'search_engine': 'baidu', 'search_keyword': '面膜', 'traffic_source': 'search'}
    >>> read_referrer("", "shop.cn", {})
    {'traffic_source': 'direct'}
    """
    origin = read_host(referrer)
    found = {"referrer_domain": origin} if origin else {}
    internal = bool(origin and host and site_of(origin) == site_of(host))
    site = find_site(origin) if origin and not internal else None
    if site is not None and site.kind is SiteKind.SEARCH:
        found["search_engine"] = site.name
        parameters = read_query(referrer)
        if keyword := next((parameters[name] for name in site.keywords if name in parameters), None):
            found["search_keyword"] = keyword
    elif site is not None and site.kind is SiteKind.SOCIAL:
        found["social_network"] = site.name
    if is_paid(campaign) or (site is not None and site.kind is SiteKind.AD):
        source = TrafficSource.AD
        if site is not None and site.kind is SiteKind.AD and "ad_network" not in campaign:
            found["ad_network"] = site.name
    elif campaign:
        source = TrafficSource.CAMPAIGN
    elif internal:
        source = TrafficSource.INTERNAL
    elif origin:
        source = TrafficSource(site.kind.value) if site is not None else TrafficSource.LINK
    elif host and not referrer.strip():
        source = TrafficSource.DIRECT
    else:
        return found  # something stands there that is not a URL, or the page itself is not known
    return found | {"traffic_source": source.value}
