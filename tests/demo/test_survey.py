from __future__ import annotations

import re
import unicodedata
from collections import Counter
from datetime import datetime

from python_calamine import CalamineWorkbook

from limner.demo.survey import HEADER
from limner.demo.world import load_world


def test_answers(shop) -> None:  # type: ignore[no-untyped-def]
    header, *answers = CalamineWorkbook.from_path(shop.folder / "survey.xlsx").get_sheet_by_index(0).to_python()
    assert header == list(HEADER)
    said = shop.file("survey.xlsx")
    people = {user: person for person in shop.people for user in person["user_ids"]}
    people |= {phone: person for person in shop.people for phone in person["phones"]}
    goals = {name: facts["goals"] for name, facts in zip(load_world().personas, load_world().persona_facts)}
    typical: Counter[bool] = Counter()
    nameless = 0
    for line, row in enumerate(answers, 2):
        answer = dict(zip(HEADER, row))
        assert isinstance(answer["提交时间"], datetime) == (line not in said["dirty"]["broken_time"])
        phone = re.sub(r"\D", "", unicodedata.normalize("NFKC", answer["手机号"]))[-11:]
        known = [people[key] for key in (phone, answer["账号"]) if key]
        assert len({person["person"] for person in known}) <= 1
        nameless += not known and line not in said["dirty"]["broken_time"]
        assert 1 <= answer["满意度"] <= 5
        assert 0 <= answer["推荐度"] <= 10
        if known:
            assert known[0]["answered_survey"]
            typical[answer["使用目标"] in goals[known[0]["persona"]]] += 1
    assert nameless == said["unidentified"] > 0
    assert said["dirty"]["broken_time"]
    assert typical[True] > 4 * typical[False] > 0
