"""segment-analytics-python tells its story: URL and write key are given; what it sent is printed."""

import sys
from datetime import UTC, datetime

from segment.analytics.client import Client
from story import Sent

url, key, _ = sys.argv[1:]
sent = Sent()
client = Client(key, host=url, on_error=sent.hear)
for n in range(130):
    client.track(anonymous_id="匿名-1", event="浏览商品", properties={"n": n, "goods": "轮胎 225/45R17"})
    sent.note("浏览商品", n)
client.page(anonymous_id="匿名-1", category="商城", name="轮胎", properties={"n": 0})
sent.note("page", 0)
client.identify("张三", {"name": "张三", "city": "杭州"}, anonymous_id="匿名-1")
sent.note("identify")
client.track("张三", "下单", {"n": 0, "amount": 399.5}, timestamp=datetime(2026, 11, 1, 8, tzinfo=UTC))
sent.note("下单", 0)
client.group("张三", "公司-9", {"name": "某公司"})
sent.note("group")
client.alias("张三", "老张")
sent.note("alias")
client.flush()
sent.tell()
