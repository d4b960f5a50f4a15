"""A first day with real customers in a process that has rehearsed: prints what had to be compiled, or loaded, anew.

python -m tests.rehearsed_day FOLDER
"""

from __future__ import annotations

import gc
import json
import sys
from pathlib import Path
from threading import Event

from fastapi.testclient import TestClient
from numba.core.dispatcher import Dispatcher
from tests.api.conftest import TAGS, order

import limner
from limner.api.app import create_app
from limner.rehearsal import rehearse

VISIT = {
    "type": "page",
    "anonymousId": "browser",
    "context": {
        "page": {
            "url": "https://shop.example/tea?utm_source=mail&utm_campaign=秋",
            "referrer": "https://www.bing.com/",
        },
        "userAgent": "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148",
    },
}
IDENTIFY = {
    "type": "identify",
    "userId": "U7",
    "anonymousId": "browser",
    "traits": {"name": "王芳", "phone": "13800000001"},
}


RULE = {"all": [{"did": "order_paid", "is": {"gte": 1}, "within": "30d"}, {"not": {"spend": {"gte": 100}}}]}
DRAFT = {"layer": "fact", "fold": {"sum": "amount", "of": "order_paid", "within": "30d"}}
"""What the console's pages ask for."""
PAGES: list[tuple[str, dict[str, object] | None]] = [
    ("overview", None),
    ("customers:search?q=U1", None),
    ("profiles/user_id:U1/timeline", None),
    ("profiles/user_id:U1/timeline?events=order_paid", None),
    ("profiles/user_id:U1/graph", None),
    ("profiles/user_id:U1/identities", None),
    ("audiences:estimate", {"rule": RULE}),
    ("audiences:insight", {"rule": RULE, "tags": ["tier", "spend"]}),
    ("tags:preview", {"tag": DRAFT, "sample": 100}),
    ("events", None),
    ("tags", None),
]


def count_kernels() -> dict[str, int]:
    """Of how many types each kernel is there."""
    found = [one for one in gc.get_objects() if isinstance(one, Dispatcher)]
    return {f"{one.py_func.__module__}.{one.py_func.__qualname__}": len(one.overloads) for one in found}


def spend_day(folder: Path) -> None:
    keys = limner.init(folder)
    (folder / "tags" / "shop.yaml").write_text(TAGS, encoding="utf-8")
    with limner.open(folder) as workspace:
        workspace.tags_apply()
        workspace.follow()
        workspace.intake.start()
        client = TestClient(create_app(workspace, Event()))
        readers = {"Authorization": f"Bearer {keys.api_key}"}
        for messages in (
            [order(1, 20, 1)],
            [VISIT, IDENTIFY, *(order(user, 5, 2) for user in range(1, 60))],
            [order(7, 120, 3, properties={"category": "绿茶", "amount": 8})],
            [order(user, 5, day) for user in range(1, 30) for day in (2, 3)],
        ):
            body = json.dumps({"batch": messages})
            assert client.post("/v1/batch", content=body, auth=(keys.write_key, "")).status_code == 200
            for user in (1, 7):
                answer = client.get(f"/api/v1/profiles/user_id:U{user}", headers=readers)
                assert answer.status_code == 200 or (user == 7 and answer.status_code == 404), answer.text
        browse(client, readers)


def browse(client: TestClient, readers: dict[str, str]) -> None:
    for path, asked in PAGES:
        url = f"/api/v1/{path}"
        answer = client.get(url, headers=readers) if asked is None else client.post(url, json=asked, headers=readers)
        assert answer.status_code == 200, f"{path}: {answer.text}"


if __name__ == "__main__":
    rehearse()
    before = count_kernels()
    spend_day(Path(sys.argv[1]))
    print("\n".join(name for name, size in count_kernels().items() if size > before.get(name, 0)))
