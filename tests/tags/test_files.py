"""Files of tags: everything that is wrong, in all of them, at once."""

import errno
import os
from pathlib import Path

import pytest

from limner.errors import DefinitionError
from limner.model.parse import parse_tag
from limner.tags.files import read_tag_files


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "tags").mkdir()
    return tmp_path / "tags"


def test_tags_of_all_files_in_their_order(folder: Path) -> None:
    (folder / "b.yaml").write_text("tags:\n  y: {layer: fact, expr: x + 1}\n")
    (folder / "a.yml").write_text("tags:\n  z: {layer: fact, fold: {count: '*'}}\n  x: {layer: fact, fold: {sum: a}}\n")
    (folder / "c.yaml").write_text("# nothing yet\n")
    (folder / "notes.txt").write_text("tags: [")
    files = read_tag_files(folder)
    assert [tag.name for tag in files.checked()] == ["z", "x", "y"]
    assert files.sources == {"z": "tags/a.yml", "x": "tags/a.yml", "y": "tags/b.yaml"}


def test_no_folder_is_no_tags(tmp_path: Path) -> None:
    assert read_tag_files(tmp_path / "tags").checked() == ()


def test_every_problem_of_every_file(folder: Path) -> None:
    (folder / "a.yaml").write_text(
        "tags:\n  a: {layer: fact, fold: {smu: amount}}\n  b: {layer: fact, expr: a + nobody}\n"
        "  c: {layer: fact, fold: {count: '*'}}\n"
    )
    (folder / "b.yaml").write_text("tags:\n\tx: 1\n")
    (folder / "c.yaml").write_text("tag: {}\ntags:\n  c: {layer: fact, fold: {count: '*'}}\n")
    (folder / "d.yaml").write_text("- a\n")
    (folder / "e.yaml").write_bytes("tags: {d: 消费}".encode("gb18030"))
    with pytest.raises(DefinitionError) as caught:
        read_tag_files(folder).checked()
    assert str(caught.value).splitlines() == [
        "tags/a.yaml: a: fold.smu: unknown measure 'smu'. Did you mean sum?",
        "tags/b.yaml, line 2: a tab stands where YAML wants spaces. Indent with spaces.",
        "tags/c.yaml: tag: a file of tags has no field 'tag'. Did you mean tags?",
        "tags/c.yaml: c: the name is taken: tags/a.yaml has a tag 'c' already. Rename one of them, or delete it.",
        "tags/d.yaml: a file of tags is written as fields, but this is a list.",
        "tags/e.yaml, line 1: the file is not UTF-8 text. Save it as UTF-8 (editors on Windows may use GBK or UTF-16).",
        "tags/a.yaml: b: expr: there is no tag 'nobody'. Known: b, c.",
    ]


def test_tags_beyond_the_files_may_be_referred_to(folder: Path) -> None:
    (folder / "a.yaml").write_text("tags:\n  a: {layer: fact, expr: published / 2}\n")
    published = parse_tag("published", {"layer": "fact", "fold": {"count": "*"}})
    assert [tag.name for tag in read_tag_files(folder).checked([published])] == ["a"]


def test_a_file_that_cannot_be_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Path) -> bytes:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    (folder / "a.yaml").write_text("")
    monkeypatch.setattr(Path, "read_bytes", refuse)
    (problem,) = read_tag_files(folder).problems
    assert str(problem) == "tags/a.yaml: the file cannot be read: Permission denied."
