"""A portrait for people: its tags by layer, in Chinese or English."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from limner.cli.language import Language
from limner.cli.tag_words import TagWords, call_tag, call_value
from limner.model.tag import Layer

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

WORDS: Mapping[Language, Mapping[str, str]] = {
    "zh": {
        "fact": "事实",
        "prediction": "预测",
        "model": "营销模型",
        "business": "业务",
        "heads": "标签,值,置信度,更新于,依据",
        "as_of": "截至",
        "missing": "无值：",
        "and": "、",
        "comma": "，",
        "semicolon": "；",
        "more": " 等 {n} 个",
        "true": "是",
        "false": "否",
        "times": "{events} {n} 次",
        "any": "各类事件",
        "from": "，自 {first} 起",
        "share": "，占 {share}",
        "lift": "，为总体的 {lift} 倍",
        "told": "，据 {sources}",
        "rivals": "；未采信：{rivals}",
        "hours": "{bars} {peak}时",
        "weekdays": "{bars} 周{peak}",
        "days": "一二三四五六日",
    },
    "en": {
        "fact": "Facts",
        "prediction": "Predictions",
        "model": "Marketing models",
        "business": "Business",
        "heads": "Tag,Value,Confidence,Since,Evidence",
        "as_of": "as of",
        "missing": "No value: ",
        "and": ", ",
        "comma": ", ",
        "semicolon": "; ",
        "more": " and {n} in all",
        "true": "yes",
        "false": "no",
        "times": "{n} x {events}",
        "any": "any event",
        "from": " since {first}",
        "share": ", {share} of the weight",
        "lift": ", {lift} times the population's",
        "told": ", by {sources}",
        "rivals": "; not believed: {rivals}",
        "hours": "{bars} {peak}h",
        "weekdays": "{bars} {peak}",
        "days": "Mon,Tue,Wed,Thu,Fri,Sat,Sun",
    },
}
BARS = "▁▂▃▄▅▆▇█"
MOST_ITEMS = 5
"""Of a list, as many are shown."""


def portrait_view(
    portrait: Mapping[str, Any], language: Language, tags: TagWords | None = None
) -> Callable[[Console], None]:
    """A view of the portrait's JSON document; tags that have no words are called by their name."""
    return lambda console: show_portrait(portrait, tags or {}, language, console)


def show_portrait(portrait: Mapping[str, Any], tags: TagWords, language: Language, console: Console) -> None:
    """Print the portrait: who it is, then a table per layer; tags without a value in one line below it."""
    from rich.text import Text

    words = WORDS[language]
    head = Text.assemble((str(portrait["customer_id"]), "bold"), f"  {words['as_of']} {_moment(portrait['as_of'])}")
    console.print(head)
    identifiers = "  ".join(f"{item['type']}:{item['value']}" for item in portrait["identifiers"])
    console.print(Text(identifiers, "cyan"), soft_wrap=True)
    for layer in Layer:
        readings = {name: tag for name, tag in portrait["tags"].items() if tag["layer"] == layer.value}
        if not readings:
            continue
        known = {name: tag for name, tag in readings.items() if tag["value"] is not None}
        console.print()
        console.print(Text.assemble((words[layer.value], "bold magenta"), f"  {len(known)}/{len(readings)}"))
        if known:
            console.print(_table(known, tags, language))
        missing = [call_tag(name, tags, language) for name in readings if name not in known]
        if missing:
            console.print(Text(f"  {words['missing']}{words['and'].join(missing)}", "dim"))


def _table(readings: Mapping[str, Mapping[str, Any]], tags: TagWords, language: Language) -> Table:
    from rich.table import Table
    from rich.text import Text

    heads = WORDS[language]["heads"].split(",")
    doubted = any(tag["confidence"] not in (None, 1) for tag in readings.values())
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    table.add_column(f"  {heads[0]}", overflow="fold", max_width=30)
    table.add_column(heads[1], overflow="fold", max_width=44)
    if doubted:
        table.add_column(heads[2], justify="right", no_wrap=True)
    table.add_column(heads[3], no_wrap=True)
    table.add_column(heads[4], style="dim", overflow="fold")
    for name, tag in readings.items():
        unit = tags.get(name, {}).get("unit_title", {}).get(language)
        value = _said(name, tag["value"], tags, language) + (f" {unit}" if unit else "")
        sure = [f"{tag['confidence']:.0%}" if tag["confidence"] not in (None, 1) else ""] if doubted else []
        since = _day(tag["since"]) if tag["since"] else ""
        evidence = "".join(_evidence(tag["evidence"], tags, language, tag["confidence"]))
        title = Text(f"  {call_tag(name, tags, language)}")
        table.add_row(title, Text(value, "bold"), *map(Text, sure), Text(since), Text(evidence))
    return table


def _said(name: str, value: Any, tags: TagWords, language: Language) -> str:
    """A tag's value: by its title where it has one."""
    return call_value(name, value, tags, language) or say_value(value, language, _measure(name, tags))


def _measure(name: str, tags: TagWords) -> str | None:
    """``hours`` and ``weekdays`` are drawn, other lists are told."""
    fold = tags.get(name, {}).get("fold") or {}
    return next((measure for measure in ("hours", "weekdays") if measure in fold), None)


# --- values ----------------------------------------------------------------------------------------------------------


def say_value(value: Any, language: Language, measure: str | None = None) -> str:
    """A tag's value in words.

    >>> say_value(1234567.5, "en"), say_value(True, "zh"), say_value(["a", "b"], "zh")
    ('1,234,567.5', '是', 'a、b')
    """
    words = WORDS[language]
    if isinstance(value, bool):
        return words["true" if value else "false"]
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, str):
        return _moment(value)
    if measure == "hours" or (measure is None and len(value) == 24 and _counts(value)):
        return words["hours"].format(bars=_bars(value), peak=value.index(max(value)))
    if measure == "weekdays":
        days = words["days"].split(",") if language == "en" else words["days"]
        return words["weekdays"].format(bars=_bars(value), peak=days[value.index(max(value))])
    said = words["and"].join(say_value(item, language) for item in value[:MOST_ITEMS])
    return said + (words["more"].format(n=len(value)) if len(value) > MOST_ITEMS else "")


def _counts(values: Sequence[Any]) -> bool:
    return all(isinstance(value, int) and not isinstance(value, bool) for value in values)


def _number(value: float) -> str:
    """Thousands apart from five digits on, so that a year stays a year; decimals as far as they tell something."""
    text = f"{value:,.2f}" if abs(value) >= 1000 else f"{value:,.4f}" if abs(value) >= 0.001 else f"{value:.3g}"
    text = text.rstrip("0").rstrip(".") if "." in text and "e" not in text else text
    return text.replace(",", "") if abs(value) < 10_000 else text


def _bars(counts: Sequence[int]) -> str:
    most = max(*counts, 1)
    return "".join(BARS[-(-count * (len(BARS) - 1) // most)] for count in counts)


def _moment(text: str) -> str:
    """An ISO instant to the minute, at midnight its date; other text as it is."""
    if len(text) < 19 or text[10:11] != "T":
        return text
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return f"{moment:%Y-%m-%d}" if moment.hour == moment.minute == moment.second == 0 else f"{moment:%Y-%m-%d %H:%M}"


def _day(text: str) -> str:
    return text[:10]


# --- evidence --------------------------------------------------------------------------------------------------------


def _evidence(
    evidence: Mapping[str, Any] | None, tags: TagWords, language: Language, confidence: float | None = None
) -> Iterator[str]:
    """Parts of a sentence. What other columns say (the last day, a share that is the confidence) is left out."""
    words = WORDS[language]
    if not evidence:
        return
    if "tags" in evidence:
        used = [
            f"{call_tag(name, tags, language)} {'-' if value is None else _said(name, value, tags, language)}"
            for name, value in evidence["tags"].items()
        ]
        did = ["".join(_evidence(behaviour, tags, language)) for behaviour in evidence.get("did", ())]
        yield words["semicolon"].join(filter(None, [words["comma"].join(used), *did]))
        return
    if not evidence.get("count"):
        return
    events = words["and"].join(evidence["events"]) or words["any"]
    yield words["times"].format(events=events, n=_number(evidence["count"]))
    if evidence["first"] != evidence["last"]:
        yield words["from"].format(first=_day(evidence["first"]))
    if evidence.get("share") not in (None, confidence):
        yield words["share"].format(share=f"{evidence['share']:.0%}")
    if evidence.get("lift") is not None:
        yield words["lift"].format(lift=_number(round(evidence["lift"], 2)))
    if evidence.get("candidates"):
        yield from _candidates(evidence["candidates"], language)


def _candidates(candidates: Sequence[Mapping[str, Any]], language: Language) -> Iterator[str]:
    """Who said the value, and what others said; the chosen value comes first."""
    words, chosen = WORDS[language], candidates[0]["value"]
    told = [one["source"] for one in candidates if one["value"] == chosen]
    rivals = [f"{_short(one['value'], language)} ({one['source']})" for one in candidates if one["value"] != chosen]
    yield words["told"].format(sources=words["and"].join(told))
    if rivals:
        more = words["more"].format(n=len(rivals)) if len(rivals) > MOST_ITEMS else ""
        yield words["rivals"].format(rivals=words["and"].join(rivals[:MOST_ITEMS]) + more)


def _short(value: Any, language: Language) -> str:
    return "-" if value is None else say_value(value, language)
