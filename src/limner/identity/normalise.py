"""Identifiers as they are compared: one spelling per phone, e-mail or code, and null for what identifies nobody.

Every value: full-width characters become half-width (NFKC), invisible and control characters go, the ends are trimmed,
`17850.0` (a whole number out of a floating-point column) becomes `17850`. Then, by type:

- phone: E.164 where the number can be read; otherwise its digits, if there are at least five.
- email: lower case.
- all others: case kept.

Null: empty values, `PLACEHOLDERS` in any case, nothing but zeros and dashes, numbers that a spreadsheet rounded
(`1.38E+10`), and more than 512 bytes.
"""

from __future__ import annotations

import re
import unicodedata

import phonenumbers
import pyarrow as pa
import pyarrow.compute as pc

from limner.model.event import identifier_columns

MAX_BYTES = 512

PLACEHOLDERS = frozenset(
    {
        "null",
        "(null)",
        "none",
        "nil",
        "nan",
        "n/a",
        "#n/a",
        "undefined",
        "unknown",
        "anonymous",
        "guest",
        "true",
        "false",
    }
    | {"[object object]", "未知", "未填写", "不详", "匿名", "匿名用户", "游客", "无", "空", "暂无", "没有"}
)
"""What systems write when they do not know."""

INVISIBLE = re.compile("[\u0000-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ud800-\udfff\ufeff]")
ZEROS = re.compile(r"[0\-_.: ]*")
WHOLE_FLOAT = re.compile(r"([+-]?\d+)\.0+")
ROUNDED = re.compile(r"[+-]?\d(\.\d+)?[eE]\+\d+")
MOBILE = re.compile(r"(?:\+?86)?(1[3-9]\d{9})", re.ASCII)

# For Arrow's regular expressions: values that normalisation leaves as they are, and Chinese mobiles.
PLAIN_VALUE = r"^[!-~]+$"  # with its length in it, it takes 1 ms to compile
SUSPECT_VALUE = r"^[0\-_.:]*$|^[+-]?[0-9]+\.0+$|^[+-]?[0-9](\.[0-9]+)?[eE]\+[0-9]+$"
PLAIN_MOBILE = r"^(\+?86)?1[3-9][0-9]{9}$"


def normalise_key(type: str, value: str, region: str = "CN") -> str | None:
    """One identifier of that type as it is stored; None = it identifies nobody.

    >>> normalise_key("phone", " 138 0000 0000"), normalise_key("email", "Li.Lei＠Example.com")
    ('+8613800000000', 'li.lei@example.com')
    >>> normalise_key("customer_no", "17850.0"), normalise_key("user_id", "未知")
    ('17850', None)
    """
    if not (value.isascii() and value.isprintable()):  # else that changes nothing
        value = unicodedata.normalize("NFKC", INVISIBLE.sub("", value))
    text = value.strip()
    if not text[:1].isalpha():  # no number begins so
        if whole := WHOLE_FLOAT.fullmatch(text):
            text = whole[1]
        if ZEROS.fullmatch(text) or ROUNDED.fullmatch(text):
            return None
    if text.lower() in PLACEHOLDERS:
        return None
    if type == "phone":
        text = normalise_phone(text, region) or ""
    elif type == "email":
        text = text.lower()
    return text if text and len(text.encode()) <= MAX_BYTES else None


def normalise_phone(text: str, region: str = "CN") -> str | None:
    """E.164, else the digits of what could still be a number (a short or internal one), else None.

    >>> [normalise_phone(text) for text in ("021-6131 2345", "+44 20 7946 0958", "95588", "x1")]
    ['+862161312345', '+442079460958', '95588', None]
    """
    mobile = MOBILE.fullmatch(text)
    return f"+86{mobile[1]}" if mobile and region == "CN" else parse_phone(text, region)


def parse_phone(text: str, region: str) -> str | None:
    """`normalise_phone` without its short cut for Chinese mobiles. Numbers are judged by their length, which national
    numbering plans change far less often than their prefixes: a phone must be spelled alike for years."""
    normal = read_e164(text, region)
    if normal and (normal == text or read_e164(normal, region) == normal):  # stable: 0000000012 is not
        return normal
    digits = "".join(character for character in text if character.isdecimal())
    if len(digits) < 5 or not digits.strip("0"):
        return None
    return digits if digits == text else normalise_phone(digits, region)


def read_e164(text: str, region: str) -> str | None:
    """The number in E.164, None when it is not of a possible length."""
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    if phonenumbers.is_possible_number_with_reason(number) != phonenumbers.ValidationResult.IS_POSSIBLE:
        return None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def normalise_batch(batch: pa.Table, region: str = "CN") -> pa.Table:
    """The batch with its ``id.*`` columns normalised, as dictionaries: a column has far fewer values than rows."""
    for name, type in identifier_columns(batch).items():
        column = encode_column(batch.column(name))
        values = pc.dictionary_encode(normalise_values(column.dictionary.cast(pa.string()), type, region))
        column = pa.DictionaryArray.from_arrays(values.indices.take(column.indices), values.dictionary)
        batch = batch.set_column(batch.column_names.index(name), name, column)
    return batch


def encode_column(column: pa.ChunkedArray) -> pa.DictionaryArray:
    """The column as codes and distinct texts, if it is not that already."""
    if pa.types.is_dictionary(column.type):
        column = column.unify_dictionaries()
    whole = pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)
    return whole if pa.types.is_dictionary(whole.type) else pc.dictionary_encode(whole.cast(pa.string()))


def normalise_values(values: pa.Array, type: str, region: str = "CN") -> pa.Array:
    """Each value as `normalise_key` has it: by Arrow's kernels where that is proven equal, else one by one."""
    if type == "phone" and region == "CN":
        quick = pc.match_substring_regex(values, PLAIN_MOBILE)
        changed = pc.binary_join_element_wise("+86", pc.utf8_slice_codeunits(values, -11), "")
    elif type == "phone":
        quick, changed = pa.array([False] * len(values), pa.bool_()), values
    else:
        lower = pc.utf8_lower(values)
        plain = pc.match_substring_regex(values, PLAIN_VALUE)
        quick = pc.and_(
            pc.and_(plain, pc.less_equal(pc.binary_length(values), MAX_BYTES)),
            pc.invert(
                pc.or_(
                    pc.match_substring_regex(values, SUSPECT_VALUE),
                    pc.is_in(lower, value_set=pa.array(sorted(PLACEHOLDERS))),
                )
            ),
        )
        changed = lower if type == "email" else values
    quick = pc.fill_null(quick, True)
    slow = [normalise_key(type, value, region) for value in values.filter(pc.invert(quick)).to_pylist()]
    return pc.replace_with_mask(changed, pc.invert(quick), pa.array(slow, pa.string()))
