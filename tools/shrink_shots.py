"""Make the guide's pictures of what the browser tests saw: `python tools/shrink_shots.py FOLDER`.

FOLDER is where `LIMNER_SHOTS=FOLDER make test-all` put its screenshots. They show the demo shop.
"""

from __future__ import annotations

import sys
from io import BytesIO
from pathlib import Path

from PIL import Image

PICTURES = Path(__file__).resolve().parents[1] / "docs" / "guide" / "images"
SHOWN = (
    *("home", "first-mapping", "customers", "customer", "timeline", "identity", "tags", "tag-edit", "reviews"),
    *("audiences", "audience-edit", "audience", "compare", "models", "actions", "personas", "live", "keys"),
    *("destinations", "plan", "rejects", "import", "jobs", "system", "users", "audit", "settings"),
)
"""In both languages."""
WIDTH = 1024
COLOURS = (96, 64, 48, 32, 24)
LARGEST = 60_000
"""Bytes of one picture."""


def shrink(shot: Path) -> bytes:
    """A PNG of as many colours as fit."""
    with Image.open(shot) as opened:
        whole = opened.convert("RGB")
    smaller = whole.resize((WIDTH, round(whole.height * WIDTH / whole.width)), Image.Resampling.LANCZOS)
    for colours in COLOURS:
        written = BytesIO()
        quantised = smaller.quantize(colours, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        quantised.save(written, "PNG", optimize=True)
        if written.tell() <= LARGEST:
            break
    return written.getvalue()


def main(shots: Path) -> None:
    PICTURES.mkdir(exist_ok=True)
    for name in (f"{name}-{language}" for name in SHOWN for language in ("en", "zh")):
        (PICTURES / f"{name}.png").write_bytes(shrink(shots / f"{name}.png"))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
