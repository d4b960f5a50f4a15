"""Read the rules of tags that people, files and queries give, or that quantiles cut; and the values they take."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from itertools import pairwise

from limner.errors import DataError
from limner.model.fold import Fold, Given, Measure, Scalar, Selection
from limner.model.parse_value import is_moment, read_number, read_scalar, read_span
from limner.model.place import Place, describe
from limner.model.tag import Imported, Quantiles, Queried

SET, UNSET = "tag_set", "tag_unset"
"""Events by which people enter tags and traits. Nobody else may send events of these names."""
OWN_EVENTS = (SET, UNSET)
HAND = "traits.hand."
"""Where the value of a tag entered by hand stands in such an event."""
GIVEN = tuple(given.value for given in Given)
HAND_GIVEN = tuple(given.value for given in Given if given is not Given.TRUTH)
MOST_SHARES = 99
LARGEST = 9.2e14
"""Numbers are decimals with 4 places in 64 bits."""
QUERY = re.compile(r"\s*(select|with)\b", re.IGNORECASE)
TRUTHS: Mapping[str, bool] = {
    **dict.fromkeys(("true", "1", "yes", "y", "是"), True),
    **dict.fromkeys(("false", "0", "no", "n", "否"), False),
}


def read_hand(data: object, name: str, place: Place) -> Fold | None:
    """``text``, or ``{type: text}``: the trait that `SET` events carry under the tag's name."""
    fields = _as_fields(data, "type", place)
    if fields is None:
        return None
    place.only(fields, ("type",), "hand")
    given = read_type(fields, HAND_GIVEN, place)
    if given is None:
        return None
    return Fold(Measure.TRAIT, Selection(OWN_EVENTS), path=f"{HAND}{name}", hand=given)


def read_imported(data: object, place: Place) -> Imported | None:
    """``number``, or ``{type: number, expires: 90d}``."""
    fields = _as_fields(data, "type", place)
    if fields is None:
        return None
    place.only(fields, ("type", "expires"), "imported")
    given = read_type(fields, GIVEN, place)
    expires = read_span(fields["expires"], place.at("expires")) if "expires" in fields else None
    return None if given is None else Imported(given, expires)


def read_queried(data: object, place: Place) -> Queried | None:
    """A query, or ``{query: ..., type: text, every: 1d}``."""
    fields = _as_fields(data, "query", place)
    if fields is None:
        return None
    place.only(fields, ("query", "type", "every"), "sql")
    query = place.at("query").text(fields.get("query"), "a query")
    if query is not None and QUERY.match(query) is None:
        place.at("query").wrong(
            "an SQL tag only reads.", "Write SELECT customer_id, ... AS value FROM events GROUP BY customer_id."
        )
    given = read_type({"type": "number", **fields}, GIVEN, place)
    every = read_span(fields["every"], place.at("every")) if "every" in fields else None
    return None if query is None or given is None else Queried(query, given, every)


def _as_fields(data: object, short: str, place: Place) -> Mapping[str, object] | None:
    """A rule written as one word is the field it stands for."""
    return {short: data} if isinstance(data, str) else place.mapping(data, "the rule")


def read_type(fields: Mapping[str, object], known: Sequence[str], place: Place) -> Given | None:
    if "type" not in fields:
        place.at("type").wrong("which values does it take?", f"One of {', '.join(known)}.")
        return None
    if fields["type"] not in known:
        place.at("type").unknown("type", fields["type"], known)
        return None
    return Given(str(fields["type"]))


def read_quantiles(data: object, place: Place) -> Quantiles | None:
    """``{of: spend_90d, at: [0.5, 0.9], then: [low, mid, high]}``."""
    fields = place.mapping(data, "quantiles")
    if fields is None:
        return None
    place.only(fields, ("of", "at", "then"), "quantiles")
    for key, what in (("of", "a tag that is a number"), ("at", "shares such as [0.5, 0.9]"), ("then", "values")):
        if key not in fields:
            place.wrong(
                f"quantiles lacks {key}: {what}.", "Write {of: spend_90d, at: [0.5, 0.9], then: [low, mid, high]}."
            )
    before = len(place.problems)
    tag = place.at("of").text(fields.get("of"), "the name of a tag") if "of" in fields else None
    shares = _read_shares(fields["at"], place.at("at")) if "at" in fields else ()
    values = _read_tiers(fields["then"], place.at("then")) if "then" in fields else ()
    if shares and values and len(place.problems) == before and len(values) != len(shares) + 1:
        place.at("then").wrong(
            f"{len(shares)} bounds make {len(shares) + 1} parts, but there are {len(values)} values.",
            "Give one value more than at has shares, that of the lowest part first.",
        )
        return None
    return None if tag is None or not shares or not values else Quantiles(tag, shares, values)


def _read_shares(data: object, place: Place) -> tuple[float, ...]:
    if not isinstance(data, list | tuple) or not 1 <= len(data) <= MOST_SHARES:
        place.wrong(f"a list of 1 to {MOST_SHARES} shares is wanted.", "Write [0.5, 0.9].")
        return ()
    shares = [share for i, item in enumerate(data) if (share := read_number(item, place.at(i), 0, 1)) is not None]
    if len(shares) < len(data):
        return ()
    if shares[0] <= 0 or shares[-1] >= 1 or any(low >= high for low, high in pairwise(shares)):
        place.wrong(
            "shares ascend from over 0 to under 1.", "Write [0.5, 0.9]: the lower half, the next 40 %, the top."
        )
        return ()
    return tuple(shares)


def _read_tiers(data: object, place: Place) -> tuple[Scalar, ...]:
    if not isinstance(data, list | tuple):
        place.wrong(f"a list of values is wanted, but this is {describe(data)}.", "Write [low, mid, high].")
        return ()
    values = [value for i, item in enumerate(data) if (value := read_scalar(item, place.at(i))) is not None]
    if len({_kind(value) for value in values}) > 1:
        place.wrong("all values of a tag are of one kind, but these are mixed.")
    if len(set(values)) < len(values):
        place.wrong("two parts have the same value.", "Leave the bound between them out.")
    return tuple(values) if len(values) == len(data) else ()


def _kind(value: Scalar) -> type:
    return bool if isinstance(value, bool) else str if isinstance(value, str) else float


def read_values(data: object, place: Place) -> dict[Scalar, dict[str, str]]:
    """``[a, b]``, ``[{value: a, title: {zh: ..., en: ...}}]`` or ``{a: {zh: ..., en: ...}}``."""
    from limner.model.parse_tag import read_title

    items: list[object]
    if isinstance(data, Mapping):
        items = [{"value": value, "title": title} for value, title in data.items()]
    elif isinstance(data, list | tuple) and data:
        items = list(data)
    else:
        place.wrong("values is a list of the values a tag may have.", "Write [a, b] or {a: {zh: ..., en: ...}}.")
        return {}
    found: dict[Scalar, dict[str, str]] = {}
    for i, item in enumerate(items):
        here = place.at(i)
        fields = item if isinstance(item, Mapping) else {"value": item}
        here.only(fields, ("value", "title"), "a value")
        value = read_scalar(fields.get("value"), here)
        if value is not None and value in found:
            here.wrong(f"{value!r} is there twice.")
        elif value is not None:
            found[value] = read_title(fields["title"], here.at("title")) if "title" in fields else {}
    if len({_kind(value) for value in found}) > 1:
        place.wrong("all values of a tag are of one kind, but these are mixed.")
    return found


def read_given(data: object, given: Given) -> Scalar:
    """A value as somebody wrote it, in a file, on the command line or as JSON. Raises DataError.

    >>> read_given("12.5", Given.NUMBER), read_given("2026/11/1", Given.DATE), read_given("是", Given.TRUTH)
    (12.5, '2026-11-01', True)
    """
    if isinstance(data, date):
        data = data.isoformat()
    if isinstance(data, str):
        data = data.strip()
    match given:
        case Given.TEXT if isinstance(data, str) and data:
            return data
        case Given.TEXT if isinstance(data, int | float) and not isinstance(data, bool):
            return str(int(data)) if data == int(data) else repr(data)
        case Given.NUMBER if (number := _number(data)) is not None:
            return number
        case Given.DATE if isinstance(data, str) and (day := _date(data)) is not None:
            return day
        case Given.TRUTH if (truth := data if isinstance(data, bool) else TRUTHS.get(str(data).lower())) is not None:
            return truth
    wanted = {"text": "text", "number": "a number", "date": "a date such as 2026-11-01", "truth": "true or false"}
    raise DataError(f"{wanted[given]} is wanted, but this is {describe(data)}.")


def _number(data: object) -> float | int | None:
    if isinstance(data, bool):
        return None
    try:
        number = data if isinstance(data, int | float) else float(str(data).replace(",", ""))
    except ValueError:
        return None
    if not math.isfinite(number) or abs(number) > LARGEST:
        return None
    return int(number) if number == int(number) else number


def _date(text: str) -> str | None:
    if is_moment(text):
        return text
    for form in ("%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%Y年%m月%d日"):
        try:
            return datetime.strptime(text, form).date().isoformat()
        except ValueError:
            continue
    return None
