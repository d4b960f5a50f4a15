from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from limner.collect.lines import read_lines
from limner.errors import DataError


def lines_of(path: Path, block: int = 64 << 20) -> tuple[list[str], list[int]]:
    texts: list[str] = []
    numbers: list[int] = []
    for lines in read_lines(path, block):
        texts += [text.rstrip("\r\n") for text in lines.text.to_pylist()]
        numbers += lines.numbers.tolist()
    return texts, numbers


@pytest.mark.parametrize("block", [1, 3, 7, 1 << 20])
@pytest.mark.parametrize(
    ("content", "texts", "numbers"),
    [
        (b"a\nbb\n", ["a", "bb"], [1, 2]),
        (b"a\nbb", ["a", "bb"], [1, 2]),
        (b"a\r\nbb\r\n", ["a", "bb"], [1, 2]),
        (b"\xef\xbb\xbfa\nb\n", ["a", "b"], [1, 2]),
        (b"\n\n  \t\r\na\n\nb\n", ["a", "b"], [4, 6]),
        ("张三\n李四\n".encode(), ["张三", "李四"], [1, 2]),
        (b"", [], []),
        (b"\xef\xbb\xbf", [], []),
    ],
)
def test_lines_and_their_numbers(
    tmp_path: Path, block: int, content: bytes, texts: list[str], numbers: list[int]
) -> None:
    plain, packed = tmp_path / "a.jsonl", tmp_path / "a.jsonl.gz"
    plain.write_bytes(content)
    packed.write_bytes(gzip.compress(content))
    assert lines_of(plain, block) == (texts, numbers)
    assert lines_of(packed, block) == (texts, numbers)


def test_bytes_that_are_not_utf8_are_rejects(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"a\nb\xff\xfe\n" + "张".encode("gb18030") + b"\nd\n")
    (lines,) = read_lines(path)
    assert lines.numbers.tolist() == [1, 4]
    assert [(reject.line, reject.row) for reject in lines.rejects] == [(2, "b\\xff\\xfe"), (3, "\\xd5\\xc5")]
    assert lines.rejects[0].reason == "not UTF-8: byte 0xff at position 2"


def test_a_cut_gzip_gives_what_came_before(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    content = b"".join(b'{"n": %d}\n' % (i * 7919 % 100_003) for i in range(50_000))
    path.write_bytes(gzip.compress(content)[:-20_000])
    texts = []
    reading = read_lines(path, 1 << 12)
    with pytest.raises(DataError, match="damaged or cut short"):
        texts.extend(text for lines in reading for text in lines.text.to_pylist())
    assert 1_000 < len(texts) < 50_000


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be opened: No such file"):
        list(read_lines(tmp_path / "none"))


def test_a_long_line(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"x\n" + b"y" * 50_000_000 + b"\nz\n")
    sizes = [size for lines in read_lines(path, 1 << 24) for size in map(len, lines.text.to_pylist())]
    assert sizes == [2, 50_000_001, 2]
