"""Every operation of tags, reviews, audiences, packages and sources is explained, and its example is what is answered.

``python -m tests.api.test_examples`` writes the examples anew.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from fastapi.testclient import TestClient

import limner
from limner.api import examples
from limner.api.app import create_app
from limner.api.examples import read_examples
from limner.govern.roles import Role
from limner.workspace import Workspace

ROOMS = {"tags", "reviews", "audiences", "packages", "sources"}
API = "/api/v1"
TAGS = """
tags:
  city: {title: {zh: 城市, en: City}, layer: fact, group: profile, owner: a@b.cn, fold: {trait: city, resolve: trusted}}
  spend: {title: {en: Spend}, layer: fact, group: money, owner: a@b.cn, fold: {sum: amount, of: order_paid}}
  old: {title: {en: Old}, layer: fact, group: money, owner: a@b.cn, fold: {count: '*', of: order_paid}}
  tier: {title: {en: Tier}, layer: model, group: money, owner: a@b.cn, when: [{if: {spend: {gte: 30}}, then: high}]}
"""
DRAFT = {"title": {"en": "Orders"}, "layer": "fact", "group": "money", "owner": "a@b.cn"}
DRAFT |= {"fold": {"count": "*", "of": "order_paid"}}  # type: ignore[dict-item]
RULE = {"tier": "high"}
ANY = {"If-Match": "*"}
Asked = tuple[str, str, Any, bool]


def make_shop(folder: Path) -> Path:
    """Forty customers in two cities, each told of by two sources."""
    limner.init(folder / "shop")
    (folder / "shop" / "tags" / "shop.yaml").write_text(TAGS, encoding="utf-8")
    lines = []
    for n in range(40):
        said = {"userId": f"u{n}", "timestamp": f"2026-03-{n % 28 + 1:02}T10:00:00+08:00"}
        lines.append(said | {"type": "identify", "messageId": f"i{n}", "traits": {"city": "上海" if n % 3 else "苏州"}})
        order = {"type": "track", "event": "order_paid", "messageId": f"o{n}", "properties": {"amount": n}}
        lines.append(said | order)
    (folder / "events.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    (folder / "crm.csv").write_text("no,city,at\n" + "".join(f"u{n},上海,2026-01-01\n" for n in range(40)))
    (folder / "crm.yaml").write_text(
        "source: crm\nevent: identify\nevent_id: 'no'\ntime: {column: at}\nidentify: {user_id: 'no'}\n"
        "traits: {city: city}\n"
    )
    with limner.open(folder / "shop") as workspace:
        workspace.tags_apply()
        workspace.import_files(folder / "events.jsonl")
        workspace.import_files(folder / "crm.csv", folder / "crm.yaml")
    return folder / "shop"


def converse(out: str) -> Iterator[Asked]:
    """(method, path, body, asked by the reviewer), in an order in which all goes well. ``{id}`` is that of the answer
    before."""
    yield from ask_of_tags()
    yield from ask_of_audiences()
    yield from ask_of_packages(out)
    yield "DELETE", "/audiences/{name=buyers}", None, False


def ask_of_tags() -> Iterator[Asked]:
    yield "GET", "/tags:schema", None, False
    yield "POST", "/tags:explain", {"tag": DRAFT}, False
    yield "GET", "/templates", None, False
    yield "POST", "/templates/{name=content}:apply", {}, False
    yield "GET", "/events", None, False
    yield "GET", "/events/{name=order_paid}/properties", None, False
    yield "POST", "/tags:preview", {"tag": DRAFT, "sample": 40}, False
    yield "PUT", "/tags/{name=orders}", DRAFT, False
    yield "POST", "/tags/{name=orders}:preview", {"sample": 40}, False
    yield "POST", "/tags/{name=orders}:submit", {"reason": "for the spring sale"}, False
    yield "POST", "/tags/{name=orders}:withdraw", {}, False
    yield "POST", "/tags/{name=orders}:submit", {}, False
    yield "GET", "/reviews", None, False
    yield "POST", "/tags/{name=orders}:refuse", {"reason": "Name the shop it is of."}, True
    yield "POST", "/tags/{name=orders}:submit", {}, False
    yield "POST", "/tags/{name=orders}:approve", {"reason": "As agreed in May."}, True
    yield "POST", "/tags/{name=orders}:publish", {}, True
    yield "PUT", "/tags/{name=orders}", DRAFT | {"fold": {"count": "*", "of": "order_paid", "within": "90d"}}, False
    yield "GET", "/tags/{name=orders}:diff", None, False
    yield "POST", "/tags/{name=orders}:submit", {"reason": "Only the last season counts."}, False
    yield "POST", "/tags/{name=orders}:approve", {"reason": "As agreed in May."}, True
    yield "POST", "/tags/{name=orders}:publish", {}, True
    yield "PUT", "/tags/{name=draft}", DRAFT, False
    yield "DELETE", "/tags/{name=draft}", None, False
    yield "POST", "/tags/{name=orders}:rollback", {"version": 1, "reason": "It was right."}, True
    yield "GET", "/tags/{name=orders}/versions", None, False
    yield "GET", "/tags/{name=orders}/versions/{version=1}", None, False
    yield "POST", "/tags/{name=old}:deprecate", {"reason": "Use orders."}, True
    yield "POST", "/tags/{name=old}:restore", {}, True
    yield "POST", "/tags/{name=old}:retire", {"reason": "Nobody uses it."}, True
    yield "GET", "/tags", None, False
    yield "GET", "/tags/{name=orders}", None, False
    yield "GET", "/tags/{name=spend}/lineage", None, False
    yield "GET", "/tags:health", None, False
    yield "GET", "/tags/{name=spend}/health", None, False
    yield "GET", "/sources", None, False
    yield "GET", "/sources/{name=crm}", None, False


def ask_of_audiences() -> Iterator[Asked]:
    crowd = {"name": "buyers", "rule": RULE, "title": {"zh": "高消费", "en": "Big spenders"}}
    yield "POST", "/audiences", crowd, False
    yield "GET", "/audiences", None, False
    yield "GET", "/audiences/{name=buyers}", None, False
    yield "GET", "/audiences/{name=buyers}/members", None, False
    yield "POST", "/audiences/{name=buyers}:snapshot", {}, False
    yield "POST", "/audiences/{name=buyers}:snapshot", {}, False
    yield "GET", "/audiences/{name=buyers}/snapshots", None, False
    yield "GET", "/audiences/{name=buyers}/diff", None, False
    yield "POST", "/audiences:estimate", {"rule": RULE, "steps": True}, False
    yield "POST", "/audiences:insight", {"rule": {"spend": {"gte": 10}}, "tags": ["city"]}, False
    yield "POST", "/audiences:differences", {"rule": {"spend": {"gte": 10}}}, False
    yield "POST", "/audiences:cross", {"rule": {"spend": {"gte": 0}}, "tags": ["city", "tier"]}, False
    yield "POST", "/audiences:overlap", {"audiences": ["buyers", {"city": "上海"}]}, False
    yield (
        "POST",
        "/audiences:trend",
        {"rule": "buyers", "tags": ["spend"], "first": "2026-03-20", "last": "2026-04-03"},
        False,
    )


def ask_of_packages(out: str) -> Iterator[Asked]:
    package = {"name": "letter", "audience": "buyers", "columns": ["spend"], "identifiers": {"user_id": "plain"}}
    yield "POST", "/packages", package | {"target": {"kind": "folder", "path": out}}, False
    yield "GET", "/packages/{name=letter}", None, False
    yield "GET", "/packages/{name=letter}/file", None, False
    yield "POST", "/packages/{name=letter}:send", None, False
    yield "POST", "/packages:retry", {"id": "{id}"}, False
    yield "GET", "/packages", None, False
    yield "GET", "/packages:deliveries", None, False
    yield "DELETE", "/packages/{name=letter}", None, False


def ask_all(shop: Workspace, out: Path) -> dict[str, Any]:
    """What each operation answers; of one that is asked twice, the last."""
    client = TestClient(create_app(shop, Event()), raise_server_exceptions=False)
    keys = [shop.keys.issue(name, Role.ADMIN) for name in ("anna", "the reviewer")]
    answers, last = {}, 0
    shop.tags_examine()
    for method, path, body, by_reviewer in converse(str(out)):
        real, pattern = path, path
        while "{" in real:
            before, _, rest = real.partition("{")
            held, _, after = rest.partition("}")
            name, _, value = held.partition("=")
            real, pattern = before + value + after, pattern.replace("{" + held + "}", "{" + name + "}")
        sent = {"id": last} if body == {"id": "{id}"} else body
        headers = {"Authorization": f"Bearer {keys[by_reviewer]}"} | (ANY if method == "DELETE" else {})
        if method == "PUT":
            there = client.get(API + real, headers=headers)
            headers |= {"If-Match": there.headers["ETag"]} if there.status_code == 200 else {"If-None-Match": "*"}
        answer = client.request(method, API + real, json=sent, headers=headers)
        assert answer.is_success, f"{method} {real}: {answer.text}"
        is_json = "json" in answer.headers["content-type"]
        answers[f"{method} {API}{pattern}"] = answer.json() if is_json else answer.text.removeprefix("\ufeff")
        last = answer.json().get("id", last) if is_json else last
    return answers


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("examples")
    with limner.open(make_shop(folder)) as shop:
        return ask_all(shop, folder / "out")


def operations() -> Iterator[tuple[str, dict[str, Any]]]:
    with tempfile.TemporaryDirectory() as folder:
        limner.init(Path(folder) / "shop")
        with limner.open(Path(folder) / "shop") as shop:
            document = create_app(shop, Event()).openapi()
    for path, found in document["paths"].items():
        for method, operation in found.items():
            if ROOMS & {*operation.get("tags", ())}:
                yield f"{method.upper()} {path}", operation


def test_every_operation_is_explained_with_an_example() -> None:
    described = dict(operations())
    assert described.keys() == read_examples().keys()
    for name, operation in described.items():
        assert operation["summary"], name
        assert operation["description"], name
        assert operation["responses"].keys() >= {"4XX", "503"}, f"{name}: what else it may answer"
        answer = operation["responses"][min(operation["responses"].keys() & {"200", "201", "202"})]
        assert all("example" in content for content in answer["content"].values()), name


def test_examples_are_what_is_answered(answers: dict[str, Any]) -> None:
    for name, example in read_examples().items():
        assert shape(shorten(answers[name])) == shape(example), name


def shape(value: Any) -> Any:
    """The names in it, two floors deep."""
    if isinstance(value, dict):
        return {name: sorted(inner[0]) if is_rows(inner) else type(inner) is dict for name, inner in value.items()}
    return type(value).__name__


def is_rows(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def shorten(value: Any, depth: int = 0) -> Any:
    """Lists of two, and no more than six floors: an example, not a dump."""
    if isinstance(value, list):
        return [shorten(each, depth + 1) for each in value[:2]]
    if isinstance(value, dict):
        if "$defs" in value:
            return {name: inner for name, inner in value.items() if isinstance(inner, str)}
        return {name: shorten(inner, depth + 1) for name, inner in value.items()} if depth < 6 else {}
    return value


def write() -> None:
    with tempfile.TemporaryDirectory() as folder, limner.open(make_shop(Path(folder))) as shop:
        answered = ask_all(shop, Path(folder) / "letters")
    text = json.dumps({name: shorten(answer) for name, answer in answered.items()}, ensure_ascii=False, indent=1)
    text = text.replace(folder, "/var/limner")
    (Path(examples.__file__).parent / examples.FILE).write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    write()
