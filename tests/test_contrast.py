"""Colours of tokens.css, light and dark: text stands out by 4.5 to 1, edges and focus by 3."""

import re
from pathlib import Path

import pytest

TOKENS = Path(__file__).parent.parent / "static" / "css" / "tokens.css"
COLOUR = re.compile(r"--([\w-]+): (?:light-dark\((#[0-9A-F]{6}), (#[0-9A-F]{6})\)|(#[0-9A-F]{6}));")

Palette = dict[str, str]

TEXT = (
    [(name, ground) for name in ("ink", "ink-2", "link") for ground in ("paper", "band", "raised")]
    + [(name, f"{name}-bg") for name in ("danger", "warn", "ok")]
    + [(name, ground) for name in ("danger", "warn", "ok") for ground in ("paper", "band")]
    + [("on-act", "act"), ("on-mark", "mark"), ("paper", "ink")]
)
SHAPES = [
    *((name, ground) for name in ("edge", "act", "margin", "ink") for ground in ("paper", "band")),
    ("edge", "raised"),
]


def palette(theme: str) -> Palette:
    found = {}
    for name, light, dark, both in COLOUR.findall(TOKENS.read_text(encoding="utf-8")):
        found[name] = both or (light if theme == "light" else dark)
    return found


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def ratio(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXT)
def test_text_can_be_read(theme: str, text: str, ground: str) -> None:
    colours = palette(theme)
    assert ratio(colours[text], colours[ground]) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("shape", "ground"), SHAPES)
def test_edges_can_be_seen(theme: str, shape: str, ground: str) -> None:
    colours = palette(theme)
    assert ratio(colours[shape], colours[ground]) >= 3


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("ground", ["paper", "band", "raised"])
def test_focus_can_be_seen(theme: str, ground: str) -> None:
    """Of its two rings, one at least stands out from any ground."""
    colours = palette(theme)
    rings = [ratio(colours[ring], colours[ground]) for ring in ("mark", "ink")]
    assert max(rings) >= 3


def test_colours_are_named_in_the_tokens_only() -> None:
    """error.css stands alone when all else fails, and so may name its own."""
    css = TOKENS.parent
    parts = [*css.glob("components/*.css"), *css.glob("pages/*.css"), *css.glob("admin/*.css")]
    parts += [css / name for name in ("reset.css", "base.css", "layout.css", "utilities.css")]
    strays = {
        part.name: found
        for part in parts
        if (found := re.findall(r"#[0-9A-Fa-f]{3,8}\b|\b(?:rgb|hsl)a?\(", part.read_text("utf-8")))
    }
    assert strays == {}
