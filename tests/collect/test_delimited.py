from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from limner.collect.delimited import find_delimiter, open_delimited
from limner.errors import DataError


def opened(
    tmp_path: Path, content: bytes, name: str = "a.csv", **options: str
) -> tuple[list[dict[str, str | None]], list[int], list[tuple[int, str, str]]]:
    """Rows, their lines, and (line, reason, row) of the rejects."""
    path = tmp_path / name
    path.write_bytes(content)
    file = open_delimited(path, **options)
    rows, numbers, rejects = [], [], []
    for batch in file.batches:
        assert tuple(batch.table.column_names) == file.columns
        rows += batch.table.to_pylist()
        numbers += batch.numbers.tolist()
        rejects += [(reject.line, reject.reason, reject.row) for reject in batch.rejects]
    return rows, numbers, rejects


PEOPLE = "姓名,城市\n张三,杭州\n李四,北京\n"


@pytest.mark.parametrize(
    "content",
    [
        PEOPLE.encode(),
        PEOPLE.encode("utf-8-sig"),
        PEOPLE.encode("gb18030"),
        PEOPLE.encode("utf-16"),
        PEOPLE.replace("\n", "\r\n").encode(),
        PEOPLE.replace("\n", "\r").encode(),
        PEOPLE.rstrip().encode(),
        PEOPLE.replace(",", "\t").encode(),
        PEOPLE.replace(",", ";").encode("gb18030"),
        gzip.compress(PEOPLE.encode(), mtime=0),
        ("\n" + PEOPLE).encode(),
    ],
)
def test_encodings_delimiters_line_ends(tmp_path: Path, content: bytes) -> None:
    rows, _, rejects = opened(tmp_path, content)
    assert rows == [{"姓名": "张三", "城市": "杭州"}, {"姓名": "李四", "城市": "北京"}]
    assert rejects == []


def test_a_given_encoding_and_delimiter(tmp_path: Path) -> None:
    rows, _, _ = opened(tmp_path, "a:b\né:1,2\n".encode("latin-1"), encoding="iso8859-1", delimiter=":")
    assert rows == [{"a": "é", "b": "1,2"}]


def test_quotes_hold_delimiters_and_line_ends(tmp_path: Path) -> None:
    rows, numbers, rejects = opened(tmp_path, b'a,b\n1,"x, ""y""\nz"\n2,5" pipe\n\n3,\n')
    assert rows == [{"a": "1", "b": 'x, "y"\nz'}, {"a": "2", "b": '5" pipe'}, {"a": "3", "b": None}]
    assert numbers == [2, 4, 6]
    assert rejects == []


def test_rows_of_the_wrong_width(tmp_path: Path) -> None:
    rows, numbers, rejects = opened(tmp_path, b"a,b\n1\n1,2,3\n1,2,,\n1,2\n")
    assert rows == [{"a": "1", "b": "2"}] * 2
    assert numbers == [4, 5]
    assert rejects == [(2, "1 fields, but the heads are 2", "1"), (3, "3 fields, but the heads are 2", "1,2,3")]


@pytest.mark.parametrize("filler", [0, 1_000, 30_000])
@pytest.mark.parametrize("bad", ['1,"open', '"open,2'])
def test_a_quote_never_closed_costs_one_line(tmp_path: Path, bad: str, filler: int) -> None:
    before = [f"{i},x" for i in range(3)]
    after = [f"{i},y" for i in range(3, 3 + filler)]
    rows, numbers, rejects = opened(tmp_path, "\n".join(["a,b", *before, bad, *after]).encode())
    assert len(rows) == 3 + filler
    assert numbers == [2, 3, 4, *range(6, 6 + filler)]
    assert [(line, row) for line, _, row in rejects] == [(5, bad)]


def test_null_words_and_heads(tmp_path: Path) -> None:
    rows, _, _ = opened(tmp_path, b" id ,,ID,id\n1,NULL,\\N,NaN\n")
    assert rows == [{"id": "1", "column_2": None, "ID_2": None, "id_3": None}]


def test_bytes_of_another_encoding_reject_their_row(tmp_path: Path) -> None:
    good = "".join(f"{i},张三\n" for i in range(2000))
    rows, _, rejects = opened(tmp_path, f"a,b\n{good}".encode() + b"x,\xd5\xc5\n")
    assert len(rows) == 2000
    assert rejects == [(2002, "the byte 0xd5 is not of the file's encoding", "x,\\xd5\\xc5")]


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf", gzip.compress(b"", mtime=0)])
def test_an_empty_file(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(DataError, match="is empty"):
        opened(tmp_path, content)


def test_heads_alone_are_a_file_without_rows(tmp_path: Path) -> None:
    assert opened(tmp_path, b"a,b\n") == ([], [], [])


def test_a_cut_gzip(tmp_path: Path) -> None:
    content = gzip.compress("\n".join(["a,b", *(f"{i},{i * 7919 % 99991}" for i in range(50_000))]).encode())
    path = tmp_path / "a.csv.gz"
    path.write_bytes(content[: len(content) // 2])
    file = open_delimited(path)
    with pytest.raises(DataError, match="is damaged after line"):
        list(file.batches)


def test_the_delimiter_of_one_column(tmp_path: Path) -> None:
    assert find_delimiter("name\nx\n") == ","
    assert opened(tmp_path, b"name\nx\ny\n")[0] == [{"name": "x"}, {"name": "y"}]
