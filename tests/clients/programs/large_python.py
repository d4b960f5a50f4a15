"""The largest that the Python clients send: 4 MB in one message, and batches near half a megabyte."""

import sys

import rudderstack.analytics.client
import segment.analytics.client
from story import Sent

url, key, _ = sys.argv[1:]
sent = Sent()
rudder = rudderstack.analytics.client.Client(key, host=url, on_error=sent.hear)
rudder.track("张三", "large", {"n": 0, "text": "胎" * 600_000})  # as \uXXXX, six bytes each
sent.note("large", 0)
rudder.flush()
segment_ = segment.analytics.client.Client(key, host=url, on_error=sent.hear)
for n in range(1, 21):
    segment_.track("张三", "large", {"n": n, "text": "胎" * 5_000})
    sent.note("large", n)
segment_.flush()
sent.tell()
