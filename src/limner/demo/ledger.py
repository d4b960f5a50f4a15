"""The cash desk's files: orders.parquet with a list of products, refunds.csv as accounting exports it."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from limner.demo.accounts import SHOP_PHONE
from limner.demo.campaign import COUPON
from limner.demo.goods import Goods
from limner.demo.orders import COUPONS, Orders
from limner.demo.shop import Shop
from limner.demo.source import OFFSET, Written, local_text
from limner.demo.world import CHANNELS, MINI, STORE, Ints, World

PAYMENTS = ("微信支付", "支付宝", "银行卡", "花呗", "现金")
PAYMENT_CHANCES = (0.46, 0.34, 0.11, 0.09)
STORES = ("上海南京路店", "北京王府井店", "广州天河店", "成都春熙路店", "杭州湖滨店", "武汉江汉路店")
TWICE = 0.001
"""Share of the orders the nightly export contains twice."""
REASONS = ("不想要了", "质量问题", "与描述不符", "尺码不合适", "收货太慢")


def write_orders(path: Path, shop: Shop, orders: Orders) -> tuple[Written, list[str]]:
    """orders.parquet: a row an order; also the order ids by row of ``orders``."""
    rng, people = shop.stream("ledger"), shop.people
    count = len(orders)
    in_store = orders.channel == STORE
    ids = [f"O{day}{number:07d}" for number, day in enumerate(_days(orders.time), 1)]
    payment = rng.choice(len(PAYMENT_CHANCES), count, p=PAYMENT_CHANCES)
    payment = np.where(in_store & (rng.random(count) < 0.2), len(PAYMENTS) - 1, payment)
    users, members, phones = _buyers(rng, shop, orders)
    places = [shop.world.cities[city] for city in people.city[orders.person]]
    stores = rng.integers(0, len(STORES), len(people))[orders.person]
    codes = [code for _, _, code in COUPONS] + [COUPON]
    table = pa.table(
        {
            "order_id": ids,
            "paid_at": pa.array((orders.time - OFFSET).astype("datetime64[ms]")).cast(pa.timestamp("ms", tz="UTC")),
            "user_id": pa.array(users, pa.string()),
            "customer_no": pa.array(members, pa.string()),
            "phone": pa.array(phones, pa.string()),
            "channel": [CHANNELS[channel] for channel in orders.channel],
            "store": [STORES[store] if here else None for store, here in zip(stores, in_store)],
            "payment": [PAYMENTS[row] for row in payment],
            "province": [province for province, _ in places],
            "city": [city for _, city in places],
            "coupon": pa.array([codes[row] if row >= 0 else None for row in orders.coupon], pa.string()),
            "discount": orders.discount / 100,
            "amount": orders.amount / 100,
            "quantity": np.add.reduceat(orders.line_quantity, np.cumsum(orders.line_counts) - orders.line_counts),
            "products": _products(shop.world, shop.goods, orders),
        }
    )
    again = rng.choice(count, int(count * TWICE), replace=False)
    table = pa.concat_tables([table, table.take(pa.array(again))])
    pq.write_table(table, path, compression="zstd")
    return Written(len(table), duplicate=len(again), dirty={"twice": range(count + 1, len(table) + 1)}), ids


def write_refunds(path: Path, shop: Shop, orders: Orders, ids: list[str]) -> Written:
    """refunds.csv: dates with slashes, amounts with thousands separators, some unreadable ones of both."""
    rng, accounts = shop.stream("refunds"), shop.accounts
    rows = np.flatnonzero(orders.refunded)
    rows = rows[np.argsort(orders.refunded_at[rows], kind="stable")]
    reason = rng.integers(0, len(REASONS), len(rows))
    dirty: dict[str, list[int]] = {"broken_time": [], "broken_amount": []}
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["refund_id", "order_id", "user_id", "customer_no", "phone", "amount", "reason", "refunded_at"])
        for line, (row, why) in enumerate(zip(rows, reason), 2):
            when = local_text(int(orders.refunded_at[row]), "%Y/%m/%d %H:%M")
            amount = f"{orders.refunded[row] / 100:,.2f}"
            if line % 97 == 50:
                when = when.replace("/", "/0", 1)[:9] + "??"
                dirty["broken_time"].append(line)
            elif line % 61 == 30:
                amount = "待核实"
                dirty["broken_amount"].append(line)
            person = orders.person[row]
            who = [accounts.user[person] or "", accounts.member[person] or "", accounts.phone[person] or ""]
            writer.writerow([f"R{ids[row][1:]}", ids[row], *who, amount, REASONS[why], when])
    return Written(len(rows), dirty=dirty, rejects=("broken_time",))


def shop_phone_orders(customers: int) -> int:
    """On how many orders a clerk typed the shop's own phone: 500 in a shop of 20,000 customers.

    >>> shop_phone_orders(20_000)
    500
    """
    return max(20, 500 * customers // 20_000)


def _days(time: Ints) -> list[str]:
    return [text.replace("-", "") for text in np.datetime_as_string(time.astype("datetime64[ms]"), unit="D").tolist()]


def _buyers(
    rng: np.random.Generator, shop: Shop, orders: Orders
) -> tuple[list[str | None], list[str | None], list[str | None]]:
    """(user_id, customer_no, phone) of each order: accounts online, cards and phones in the stores."""
    accounts, count = shop.accounts, len(orders)
    in_store = orders.channel == STORE
    users: list[str | None] = []
    members: list[str | None] = []
    phones: list[str | None] = []
    showed_card = rng.random(count) < 0.7
    gave_phone = rng.random(count) < np.where(in_store, 0.9, 0.45)
    for person, channel, card, told in zip(orders.person, orders.channel, showed_card, gave_phone):
        user = (accounts.second_user[person] if channel == MINI else None) or accounts.user[person]
        member = accounts.member[person] if card else None
        phone = accounts.phone[person] if told else None
        if channel == STORE and member is None and phone is None:
            phone = accounts.phone[person]
        scanned = channel == STORE and member is None and phone is None  # the code in the app, for want of the others
        users.append(user if channel != STORE or scanned else None)
        members.append(member if channel == STORE else None)
        phones.append(phone)
    sales = rng.permutation(np.flatnonzero(in_store))[: shop_phone_orders(len(shop.people))]
    for number, sale in enumerate(sales):
        phones[sale] = SHOP_PHONE
        if number % 2:
            members[sale] = None  # nothing but the shop's phone: this sale is nobody's
    return users, members, phones


def _products(world: World, goods: Goods, orders: Orders) -> pa.ListArray:
    item = orders.line_item
    offsets = np.concatenate([[0], np.cumsum(orders.line_counts)]).astype(np.int32)
    brand = item // 9
    sku = pa.array(goods.sku).take(pa.array(item))
    lines = pa.StructArray.from_arrays(
        [
            sku,
            pa.array(world.categories).take(pa.array(goods.category[item])),
            pa.array(goods.brand).take(pa.array(brand)),
            pa.array(list(world.bands)).take(pa.array(goods.band[item])),
            pa.array(goods.cents[item] / 100),
            pa.array(orders.line_quantity),
            pa.array(goods.cents[item] * orders.line_quantity / 100),
        ],
        ["sku", "category", "brand", "price_band", "price", "quantity", "amount"],
    )
    return pa.ListArray.from_arrays(pa.array(offsets), lines)
