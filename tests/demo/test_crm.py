"""crm.csv: GB18030, messy on purpose, dirty where the truth says."""

from __future__ import annotations

import csv
import re
import unicodedata
from datetime import datetime

import pytest

from limner.demo.crm import HEADER


def rows(shop) -> dict[int, list[str]]:  # type: ignore[no-untyped-def]
    """By line; the header is line 1."""
    with (shop.folder / "crm.csv").open(encoding="gb18030", newline="") as file:
        return dict(enumerate(csv.reader(file), 1))


def digits(phone: str) -> str:
    return re.sub(r"\D", "", unicodedata.normalize("NFKC", phone))[-11:]


def test_is_gb18030_and_not_utf8(shop) -> None:  # type: ignore[no-untyped-def]
    assert rows(shop)[1] == list(HEADER)
    with pytest.raises(UnicodeDecodeError):
        (shop.folder / "crm.csv").read_text(encoding="utf-8")


def test_dirty_rows(shop) -> None:  # type: ignore[no-untyped-def]
    table, dirty = rows(shop), shop.file("crm.csv")["dirty"]
    assert [line for line, row in table.items() if len(row) != len(HEADER)] == dirty["wrong_columns"]
    whole = {line: dict(zip(HEADER, row)) for line, row in table.items() if line > 1 and len(row) == len(HEADER)}
    unreadable = []
    for line, row in whole.items():
        try:
            datetime.strptime(row["更新时间"], "%Y-%m-%d %H:%M:%S")
        except ValueError:
            unreadable.append(line)
    assert unreadable == dirty["broken_time"]
    readable = re.compile(r"(19|20)\d\d([-/]\d\d[-/]\d\d|\d{4}|年\d\d月\d\d日)")
    broken = [line for line, row in whole.items() if not readable.fullmatch(row["生日"]) or "-13-" in row["生日"]]
    assert broken == dirty["broken_birthday"]
    assert set(dirty["no_phone"]) <= {line for line, row in whole.items() if not digits(row["手机"])}
    assert all(dirty[kind] for kind in ("wrong_columns", "broken_time", "broken_birthday", "no_phone"))
    assert shop.file("crm.csv")["rejected"] == len(dirty["wrong_columns"]) + len(dirty["broken_time"])


def test_phones_are_those_of_the_truth(shop) -> None:  # type: ignore[no-untyped-def]
    people = {member: person for person in shop.people for member in person["customer_nos"]}
    dirty = shop.file("crm.csv")["dirty"]
    forms = set()
    for line, row in rows(shop).items():
        if line == 1 or any(line in lines for kind, lines in dirty.items() if kind != "same_person"):
            continue
        person = people[row[0]]
        assert [digits(row[4])] == person["phones"] or not person["phones"]
        assert row[6] == person["province"]
        forms.add(re.sub(r"\d+", "9", row[4]))
    assert len(forms) >= 5  # spaces, dashes, +86, full-width


def test_same_person_twice(shop) -> None:  # type: ignore[no-untyped-def]
    table = rows(shop)
    people = {member: person for person in shop.people for member in person["customer_nos"]}
    first = {row[0]: row for row in table.values()}
    twice = shop.file("crm.csv")["dirty"]["same_person"]
    assert twice
    for line in twice:
        again = table[line]
        person = people[again[0]]
        assert person["customer_nos"].index(again[0]) == 1
        other = first.get(person["customer_nos"][0])
        if other and len(other) == len(HEADER):
            assert again[1] != other[1]  # the name is typed otherwise
            assert again[1][0] == other[1][0]


def test_recycled_phones(shop) -> None:  # type: ignore[no-untyped-def]
    table = rows(shop)
    people = {member: person for person in shop.people for member in person["customer_nos"]}
    lines = shop.file("crm.csv")["dirty"]["recycled_phone"]
    assert len(lines) == 3
    for line in lines:
        person = people[table[line][0]]
        present_owner = shop.people[person["recycled_phone_of"]]
        assert [digits(table[line][4])] == present_owner["phones"] != person["phones"]
