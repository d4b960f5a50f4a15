"""The campaign that brought a visitor: UTM parameters and the click ids advertising networks add to URLs."""

from __future__ import annotations

import re
from collections.abc import Mapping

from limner.collect.enrichment.url import clean, read_query

UTM = {
    "utm_source": "source",
    "utm_medium": "medium",
    "utm_campaign": "name",
    "utm_content": "content",
    "utm_term": "term",
}
"""Property (and parameter of the URL) to the member of Segment's ``context.campaign``."""

CLICK_IDS = {
    "gclid": "google",
    "gbraid": "google",
    "wbraid": "google",
    "dclid": "google",
    "msclkid": "microsoft",
    "yclid": "yandex",
    "ttclid": "tiktok",
    "twclid": "x",
    "li_fat_id": "linkedin",
    "bd_vid": "baidu",
    "qz_gdt": "tencent",
    "gdt_vid": "tencent",
    "weixinadinfo": "tencent",
    "qhclickid": "360",
    "sg_vid": "sogou",
    "uctrackid": "shenma",
}
"""Parameter to the network that adds it. Facebook's fbclid is not here: links nobody paid for have it as well."""

LANDING_SIGNS = re.compile("utm_|clid|braid|li_fat_id|_vid=|qz_gdt|weixinadinfo|clickid|uctrackid", re.IGNORECASE)
"""A query in which none of these occurs says nothing of a campaign."""

_PAID = re.compile(
    r"cp[acmv]|ppc|sem|display|banner|retargeting|feeds?|信息流|.*付费.*|(.*[-_ ])?(paid|ads?)([-_ ].*)?|paid.*"
)


def read_campaign(query: str, campaign: Mapping[str, str]) -> dict[str, str]:
    """``query``: the landing URL, or its query with the question mark. ``campaign``: members of ``context.campaign``,
    which win.

    >>> read_campaign("?utm_source=Baidu&bd_vid=7a", {"name": "双11"})
    {'utm_source': 'Baidu', 'utm_campaign': '双11', 'ad_network': 'baidu', 'ad_click_id': '7a'}
    """
    parameters = read_query(query) if query else {}
    found = {
        name: value
        for name, member in UTM.items()
        if (value := clean(campaign.get(member, "")) or parameters.get(name, ""))
    }
    for parameter, network in CLICK_IDS.items():
        if parameter in parameters:
            return found | {"ad_network": network, "ad_click_id": parameters[parameter]}
    if "clickid" in parameters and {"adid", "projectid", "promotionid"} & parameters.keys():
        return found | {"ad_network": "bytedance", "ad_click_id": parameters["clickid"]}
    return found


def is_paid(campaign: Mapping[str, str]) -> bool:
    """Did somebody pay for the click?"""
    medium = campaign.get("utm_medium", "").lower()
    return "ad_click_id" in campaign or _PAID.fullmatch(medium) is not None
