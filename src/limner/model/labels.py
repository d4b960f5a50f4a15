"""What things are called in sentences: titles given in events.yaml and by tags, else words everybody uses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from limner.model.fold import Scalar
from limner.model.tag import Tag
from limner.model.tracking import Titles, Tracking

COMMON_EVENTS: Mapping[str, tuple[str, str]] = {
    "page": ("页面浏览", "page views"),
    "screen": ("屏幕浏览", "screen views"),
    "identify": ("资料更新", "profile updates"),
    "register": ("注册", "registrations"),
    "login": ("登录", "logins"),
    "search": ("搜索", "searches"),
    "view_item": ("商品浏览", "item views"),
    "add_to_cart": ("加购", "additions to the cart"),
    "remove_from_cart": ("移出购物车", "removals from the cart"),
    "checkout_started": ("开始结算", "checkouts begun"),
    "add_to_favourites": ("收藏", "favourites"),
    "add_favourite": ("收藏", "favourites"),
    "share": ("分享", "shares"),
    "order_created": ("下单", "orders"),
    "order_paid": ("订单支付", "paid orders"),
    "order_cancelled": ("取消订单", "cancelled orders"),
    "order_refunded": ("退款", "refunds"),
    "order_line": ("订单明细", "order lines"),
    "coupon_received": ("领券", "coupons received"),
    "coupon_used": ("用券", "coupons used"),
    "review_posted": ("发表评价", "reviews"),
    "push_opened": ("打开推送", "pushes opened"),
    "campaign_assigned": ("营销活动分组", "campaign assignments"),
    "questionnaire_answered": ("问卷回答", "questionnaire answers"),
}
"""Event name to (zh, en)."""

COMMON_PROPERTIES: Mapping[str, tuple[str, str]] = {
    "time": ("时间", "time"),
    "amount": ("金额", "amount"),
    "price": ("单价", "price"),
    "quantity": ("数量", "quantity"),
    "discount": ("优惠金额", "discount"),
    "order_id": ("订单", "order"),
    "sku": ("商品", "item"),
    "category": ("品类", "category"),
    "brand": ("品牌", "brand"),
    "channel": ("渠道", "channel"),
    "platform": ("平台", "platform"),
    "device": ("设备", "device"),
    "city": ("城市", "city"),
    "province": ("省份", "province"),
    "gender": ("性别", "gender"),
    "birthday": ("生日", "birthday"),
    "age": ("年龄", "age"),
    "name": ("名称", "name"),
    "keyword": ("搜索词", "search word"),
    "coupon": ("优惠券", "coupon"),
    "score": ("评分", "score"),
    "path": ("页面", "page"),
}
"""Last part of a property's path to (zh, en)."""

COMMON_UNITS: Mapping[str, tuple[str, str]] = {
    "元": ("元", "yuan"),
    "天": ("天", "d"),
    "小时": ("小时", "h"),
    "分钟": ("分钟", "min"),
    "秒": ("秒", "s"),
    "公里": ("公里", "km"),
    "分": ("分", "points"),
    **{counter: (counter, "") for counter in ("个", "人", "件", "位", "单", "张", "条", "次", "篇", "节", "辆")},
}
"""Unit to (zh, en). Chinese counts with words that English has none for: 3 次 is 3."""


@dataclass(frozen=True, slots=True)
class Labels:
    """Names to titles by language."""

    events: Titles = field(default_factory=dict)
    properties: Titles = field(default_factory=dict)
    tags: Titles = field(default_factory=dict)
    values: Mapping[str, Mapping[Scalar, Mapping[str, str]]] = field(default_factory=dict)
    """Of tags, by the tag's name."""

    def with_tags(self, tags: Iterable[Tag]) -> Labels:
        known = list(tags)
        values = {tag.name: tag.values for tag in known if tag.values}
        return replace(self, tags={tag.name: tag.title for tag in known}, values=values)

    def with_values_of(self, tag: Tag) -> Labels:
        """Its own, whatever is said of a tag of that name."""
        return replace(self, values={**self.values, tag.name: tag.values})

    def event(self, name: str, language: str) -> str:
        return _title(self.events.get(name), language) or _common(COMMON_EVENTS.get(name), language) or name

    def property(self, path: str, language: str) -> str:
        """The title of the whole path, else the common word for its last part, else the path itself."""
        last, bare = path.replace("[]", "").rpartition(".")[2], path.removeprefix("traits.")
        return _title(self.properties.get(path), language) or _common(COMMON_PROPERTIES.get(last), language) or bare

    def tag(self, name: str, language: str) -> str:
        return _title(self.tags.get(name), language) or name

    def value(self, tag: str, value: Scalar, language: str) -> str | None:
        """None = it is said as it is."""
        return _title(self.values.get(tag, {}).get(value), language)


def name_unit(unit: str | None) -> dict[str, str]:
    """What a tag's unit is called, by language; empty where the number is said without."""
    zh, en = COMMON_UNITS.get(unit or "", (unit or "", unit or ""))
    return {"zh": zh, "en": en}


def labels_of(tracking: Tracking) -> Labels:
    return Labels(tracking.event_titles(), tracking.property_titles())


def _title(titles: Mapping[str, str] | None, language: str) -> str | None:
    return titles.get(language) or next(iter(titles.values())) if titles else None


def _common(words: tuple[str, str] | None, language: str) -> str | None:
    return None if words is None else words[0] if language == "zh" else words[1]
