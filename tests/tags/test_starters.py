"""Starter systems: listed, and free of mistakes."""

import pytest

from limner.errors import NotFound
from limner.model.words import say
from limner.tags.files import read_tag_text
from limner.tags.starters import list_templates, read_template


@pytest.mark.parametrize("name", list_templates())
def test_every_template_is_right_and_can_be_said(name: str) -> None:
    tags = read_tag_text(read_template(name), f"{name}.yaml").checked()
    assert tags
    assert all(say(tag, "zh") and say(tag, "en") for tag in tags)


def test_an_unknown_template() -> None:
    with pytest.raises(NotFound, match="There is no template 'retial'"):
        read_template("retial")
