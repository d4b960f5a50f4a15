"""The demo workspace: the shop's files, brought in through the same doors an operator would use."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from importlib.resources import files
from pathlib import Path

import limner
from limner.demo.campaign import DAYS_BEFORE_END
from limner.demo.truth import SUMMARY
from limner.demo.writing import shop_files, write_shop
from limner.errors import NotFound
from limner.govern.roles import Role
from limner.govern.users import ShownUser
from limner.settings.file import SETTINGS_FILE
from limner.tags.starters import read_template
from limner.workspace import Workspace

USER = "demo"
Progress = Callable[[str, int, int], None]


SOURCES = """\
# How far each source is believed where they contradict each other, before their agreement has taught it.
# 各来源说法不一时，起初各自可信几分；之后每天零点从彼此是否一致中学习。
sources:
  crm: 0.85                     # typed in by many hands 由多人录入
  survey: 0.9                   # told by the customers themselves 本人填写
"""


@dataclass(frozen=True, slots=True)
class Demo:
    """How to get in. Made anew at each call: only hashes are stored."""

    user: str
    password: str
    api_key: str


def read_starter(name: str) -> str:
    """A file of the demo shop that its operator would have written."""
    return (files("limner.demo") / "starters" / name).read_text(encoding="utf-8")


def write_campaign_model(shop: Path) -> str:
    """The model of the campaign, with the day its arms were drawn on in that shop."""
    until = date.fromisoformat(json.loads((shop / SUMMARY).read_text(encoding="utf-8"))["until"])
    drawn = until - timedelta(days=DAYS_BEFORE_END - 1)
    return read_starter("campaign.yaml").replace("DRAWN_ON", drawn.isoformat())


def write_once(path: Path, text: str) -> None:
    """What was changed since stays."""
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")


def build_demo(folder: str | Path, progress: Progress, customers: int = 20_000) -> Demo:
    """Make the demo workspace, or finish one that was interrupted: every step may be done twice."""
    folder = Path(folder)
    if not (folder / SETTINGS_FILE).exists():
        limner.init(folder)
    shop = folder / "shop"
    if not (shop / SUMMARY).exists():  # written last
        write_shop(shop, customers, progress=progress)
    write_once(folder / "tags" / "retail.yaml", read_template("retail"))
    write_once(folder / "tags" / "predictions.yaml", read_starter("predictions.yaml"))
    write_once(folder / "models" / "retail.yaml", read_starter("models.yaml"))
    write_once(folder / "models" / "campaign.yaml", write_campaign_model(shop))
    write_once(folder / "actions.yaml", read_starter("actions.yaml"))
    write_once(folder / "sources.yaml", SOURCES)
    with limner.open(folder) as workspace:
        workspace.tags_apply(author=USER, reason="starter tags of the demo shop")
        for data, mapping in shop_files(shop):
            workspace.import_files(data, mapping, progress=progress)
        workspace.fold(progress=progress)
        made = renew_user(workspace)
        return Demo(USER, made.password or "", workspace.keys.issue("demo", Role.ADMIN))


def renew_user(workspace: Workspace) -> ShownUser:
    """The demo's administrator, with a password made anew."""
    try:
        return workspace.users_password(USER, author=USER)
    except NotFound:
        return workspace.users_add(USER, Role.ADMIN, author=USER)
