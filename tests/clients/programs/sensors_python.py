"""SensorsAnalyticsSDK tells its story with the consumer that is named; ``patient-...`` send again what failed."""

import contextlib
import io
import sys
import threading
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sensorsanalytics import sdk
from story import Sent

url, key, kind = sys.argv[1:]
address = f"{url}/sa?project=default&token={key}"
PATIENCE = 100
"""Seconds the program waits for its consumer: longer than a server needs to be there again."""
sent = Sent()
Failed = (sdk.SensorsAnalyticsNetworkException, sdk.SensorsAnalyticsDebugException, OSError)


class Patient:
    """What the guide's page advises."""

    def _do_request(self, data: object) -> Any:
        for wait in (0.5, 1, 2, 4, 8, 16, 30, 30):
            try:
                return super()._do_request(data)  # type: ignore[misc]
            except (sdk.SensorsAnalyticsNetworkException, OSError) as error:
                sent.hear(error)
                time.sleep(wait)
        return super()._do_request(data)  # type: ignore[misc]


class PatientDefault(Patient, sdk.DefaultConsumer):
    pass


class PatientAsync(Patient, sdk.AsyncBatchConsumer):
    pass


CONSUMERS: dict[str, Callable[[], Any]] = {
    "default": lambda: sdk.DefaultConsumer(address),
    "patient-default": lambda: PatientDefault(address),
    "batch": lambda: sdk.BatchConsumer(address, max_size=20),
    "debug": lambda: sdk.DebugConsumer(address),
    "async": lambda: sdk.AsyncBatchConsumer(address, flush_max_time=0.2, max_batch_size=20),
    "patient-async": lambda: PatientAsync(address, flush_max_time=0.2, max_batch_size=20),
}


def send(name: str, number: int | None, act: Callable[[], object]) -> None:
    """Give it to the consumer, once."""
    sent.note(name, number)
    try:
        with contextlib.redirect_stdout(io.StringIO()):  # the debug consumer prints every event
            act()
    except Failed as error:
        sent.hear(error)


def finish() -> None:
    if kind == "batch":  # it keeps what it could not send
        for _ in range(50):
            try:
                return analytics.flush()
            except Failed as error:
                sent.hear(error)
                time.sleep(0.2)
    if kind.endswith("async"):  # closing would wait for ever for a thread that has died
        analytics.flush()
        give_up = time.monotonic() + PATIENCE
        while consumer._flushing_thread.is_alive() and time.monotonic() < give_up:
            time.sleep(0.1)
            if consumer._queue.empty() and not consumer._flush_buffer:
                break


threading.excepthook = lambda what: sent.hear(what.exc_value)
consumer = CONSUMERS[kind]()
analytics = sdk.SensorsAnalytics(consumer)
user = "张三"
login = sdk.SensorsAnalyticsIdentity(sdk.SensorsAnalyticsIdentity.LOGIN_ID, user)
mobile = sdk.SensorsAnalyticsIdentity(sdk.SensorsAnalyticsIdentity.MOBILE, "13800000000")
email = sdk.SensorsAnalyticsIdentity(sdk.SensorsAnalyticsIdentity.EMAIL, "zhangsan@example.com")
for n in range(45):
    seen = {"n": n, "goods": "轮胎 225/45R17"}
    send("ViewProduct", n, lambda seen=seen: analytics.track("匿名-1", "ViewProduct", seen))  # type: ignore[misc]
send("$SignUp", None, lambda: analytics.track_signup(user, "匿名-1"))
order = {"n": 0, "amount": 399.5, "$time": datetime(2026, 11, 1, 16)}
send("PayOrder", 0, lambda: analytics.track(user, "PayOrder", order, is_login_id=True))
send("identify", None, lambda: analytics.profile_set(user, {"city": "杭州"}, True))
send("profile_set_once", None, lambda: analytics.profile_set_once(user, {"first": "门店"}, True))
send("profile_increment", None, lambda: analytics.profile_increment(user, {"points": 5}, True))
send("profile_append", None, lambda: analytics.profile_append(user, {"likes": ["轮胎", "机油"]}, True))
send("profile_unset", None, lambda: analytics.profile_unset(user, ["first"], True))
send("$BindID", None, lambda: analytics.bind(login, mobile, email))
send("$UnbindID", None, lambda: analytics.unbind(email))
send("item", None, lambda: analytics.item_set("product", "SKU-1", {"brand": "某牌"}))
finish()
sent.tell()
