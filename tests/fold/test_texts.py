"""Texts of rows are found until their rows are replaced, or others need their room."""

from __future__ import annotations

from limner.fold.texts import Texts


def test_a_text_is_kept_until_its_row_is_replaced() -> None:
    texts = Texts()
    texts.keep(7, (None, True), b"with evidence")
    texts.keep(7, (None, False), b"without")
    texts.keep(8, (None, True), b"another's")
    assert texts.find(7, (None, True)) == b"with evidence"
    assert texts.find(7, (("spend",), True)) is None
    texts.forget([7, 9])
    assert [texts.find(7, (None, way)) for way in (True, False)] == [None, None]
    assert texts.find(8, (None, True)) == b"another's"


def test_who_was_read_longest_ago_makes_room() -> None:
    texts = Texts(most=10)
    for customer in (1, 2, 3):
        texts.keep(customer, None, b"xxx")
    assert texts.find(1, None) == b"xxx"
    texts.keep(2, None, b"yyyy")  # in place of the other: ten in all
    assert texts.find(3, None) == b"xxx"
    texts.keep(4, None, b"zz")
    assert [texts.find(customer, None) for customer in (1, 2, 3, 4)] == [b"xxx", None, b"xxx", b"zz"]
    texts.keep(5, None, b"too long for all of it")
    assert [texts.find(customer, None) for customer in (1, 3, 4, 5)] == [None] * 4
