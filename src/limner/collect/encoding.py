"""Which encoding a text file is in."""

from __future__ import annotations

import codecs

from limner.errors import DataError

SAMPLE_BYTES = 1 << 20
_STRAY = 0.1
"""Share of the bytes beyond ASCII that may be broken in UTF-8; of Chinese text in GB18030 most are."""
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def detect_encoding(sample: bytes, file: str) -> str:
    """The encoding of a file that begins with ``sample``: by its byte order mark, else UTF-8, else GB18030.

    A few bytes that are not UTF-8 in an otherwise good UTF-8 file make bad rows, not another encoding.
    """
    for mark, name in _MARKS:
        if sample.startswith(mark):
            return name
    foreign, broken = sum(byte > 127 for byte in sample), _broken(sample, "utf-8")
    if b"\x00" in sample[:4096]:
        raise DataError(f"{file} is not a text file.", hint="Name the encoding if it is: encoding: utf-16.")
    return "gb18030" if broken > foreign * _STRAY and _broken(sample, "gb18030") < broken else "utf-8"


def _broken(sample: bytes, encoding: str) -> int:
    """How many bytes of the sample are not of this encoding; a character cut at its end does not count."""
    decoder = codecs.getincrementaldecoder(encoding)("surrogateescape")
    return sum("\udc80" <= character <= "\udcff" for character in decoder.decode(sample, final=False))
