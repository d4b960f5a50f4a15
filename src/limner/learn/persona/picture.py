"""A portrait picture for a card: a face drawn as SVG, the same for the same persona. It is of nobody."""

from __future__ import annotations

import hashlib
import random
from xml.sax.saxutils import escape

from limner.learn.persona.card import Card

GROUNDS = ("#fde2cf", "#dbe7f6", "#e3efd9", "#f3e1ee", "#fdf1c7", "#d9efee", "#e6e2f5")
SKINS = ("#f6d3b8", "#eec39f", "#e2b08a", "#d59f78")
HAIRS = ("#2b2320", "#4a3428", "#1d1d26", "#5c4033")
CLOTHES = ("#3f6c8f", "#b5544d", "#5b8254", "#7c5b8f", "#c08a3e", "#456")
GREY = "#b9b7b3"
WOMEN, MEN = frozenset({"女", "女性", "f", "female", "woman"}), frozenset({"男", "男性", "m", "male", "man"})
OLD = ("60", "50", "70", "6", "5")


def draw_picture(card: Card, language: str = "zh") -> str:
    """An SVG document, 240 wide and high."""
    chance = random.Random(hashlib.sha256(card.persona.encode()).hexdigest())  # noqa: S311  no secret
    said = {str(trait.value).lower() for trait in card.demographics if trait.share >= 0.4}
    woman = bool(said & WOMEN) or (not said & MEN and chance.random() < 0.5)
    old = any(word.startswith(OLD) and "后" in word for word in said)
    hair = GREY if old else chance.choice(HAIRS)
    skin = chance.choice(SKINS)
    parts = [
        f'<rect width="240" height="240" rx="24" fill="{chance.choice(GROUNDS)}"/>',
        f'<path d="M40 240c4-52 36-66 80-66s76 14 80 66z" fill="{chance.choice(CLOTHES)}"/>',
        _draw_back(hair) if woman else "",
        f'<rect x="104" y="146" width="32" height="40" rx="14" fill="{skin}"/>',
        f'<ellipse cx="120" cy="108" rx="46" ry="54" fill="{skin}"/>',
        _draw_fringe(hair, woman, chance),
        _draw_face(chance),
        _draw_glasses() if old or chance.random() < 0.3 else "",
    ]
    title = escape(card.name.get(language) or card.persona)
    body = "".join(parts)
    head = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 240 240" width="240" height="240" role="img">'
    return f"{head}<title>{title}</title>{body}</svg>"


def _draw_back(hair: str) -> str:
    return f'<path d="M66 108c0-46 22-66 54-66s54 20 54 66c0 40 8 60 10 76H56c2-16 10-36 10-76z" fill="{hair}"/>'


def _draw_fringe(hair: str, woman: bool, chance: random.Random) -> str:
    if woman:
        part = chance.choice((96, 108, 132, 144))
        return f'<path d="M72 106Q70 50 120 50T168 106Q{part + 24} 92 {part} 70Q{part - 10} 94 72 106z" fill="{hair}"/>'
    height = chance.choice((84, 90, 78))
    return f'<path d="M72 {height + 14}c-2-40 18-54 48-54s50 14 48 54c-8-16-18-24-48-24s-40 8-48 24z" fill="{hair}"/>'


def _draw_face(chance: random.Random) -> str:
    smile = chance.choice((8, 12, 16))
    return (
        '<circle cx="102" cy="112" r="5" fill="#2b2b2b"/><circle cx="138" cy="112" r="5" fill="#2b2b2b"/>'
        f'<path d="M102 134q18 {smile} 36 0" fill="none" stroke="#a3483f" stroke-width="4" stroke-linecap="round"/>'
    )


def _draw_glasses() -> str:
    return (
        '<g fill="none" stroke="#333" stroke-width="3"><circle cx="102" cy="112" r="14"/>'
        '<circle cx="138" cy="112" r="14"/><path d="M116 112h8"/></g>'
    )
