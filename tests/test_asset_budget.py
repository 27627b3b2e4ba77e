"""What a page weighs, read from the files: gzip, in KB of 1000 bytes."""

import gzip
import re
from pathlib import Path

import pytest

from storefront.assets import without_comments

STATIC = Path(__file__).parent.parent / "static"
IMPORT = re.compile(r'@import url\("([^"]+)"\)(?: layer\((\w+)\))?;')
ALWAYS = ["app", "elements/cart-count"]
SCRIPTS = {
    "home": (5, ["elements/search-box"]),
    "collection": (7, ["swap", "elements/load-more", "elements/search-box"]),
    "product": (
        9,
        ["swap", "elements/variant-picker", "elements/qty-stepper", "elements/search-box"],
    ),
    "cart": (5, ["swap", "elements/qty-stepper"]),
    "checkout": (4, ["swap"]),
    "article": (6, ["swap", "reads", "elements/search-box"]),
}


def weight(text: str) -> float:
    return len(gzip.compress(text.encode(), mtime=0)) / 1000


def served(sheet: Path) -> str:
    return without_comments(inlined(sheet))


def inlined(sheet: Path) -> str:
    def written_out(found: re.Match[str]) -> str:
        part = inlined(sheet.parent / found[1])
        return f"@layer {found[2]} {{\n{part}\n}}" if found[2] else part

    return IMPORT.sub(written_out, sheet.read_text(encoding="utf-8"))


def test_the_style_sheet_weighs_at_most_12_kb() -> None:
    assert weight(served(STATIC / "css" / "shop-vt.css")) <= 12


def test_the_sheet_for_paper_weighs_at_most_400_bytes_and_fits_in_the_same_12_kb() -> None:
    paper = weight(served(STATIC / "css" / "print.css"))
    assert paper <= 0.4
    assert weight(served(STATIC / "css" / "shop-vt.css")) + paper <= 12


def test_the_style_sheet_of_staff_pages_weighs_at_most_18_kb() -> None:
    assert weight(inlined(STATIC / "css" / "admin.css")) <= 18


def test_every_part_of_the_staff_style_sheet_is_imported_and_none_by_the_shop() -> None:
    css = STATIC / "css"
    imported = {name for name, _ in IMPORT.findall((css / "admin.css").read_text("utf-8"))}
    assert {f"admin/{part.name}" for part in css.glob("admin/*.css")} <= imported
    assert "admin/" not in (css / "shop.css").read_text("utf-8")


def test_every_part_of_the_style_sheet_is_imported() -> None:
    css = STATIC / "css"
    sheet = (css / "shop.css").read_text(encoding="utf-8")
    parts = [*css.glob("components/*.css"), *css.glob("pages/*.css")]
    assert {str(part.relative_to(css)) for part in parts} <= {
        name for name, _ in IMPORT.findall(sheet)
    }


# The search box is fetched when its field is first entered: a cart that is paid goes without.
@pytest.mark.parametrize("page", SCRIPTS)
def test_a_page_loads_little_script(page: str) -> None:
    budget, parts = SCRIPTS[page]
    files = [(STATIC / "js" / f"{name}.js").read_text(encoding="utf-8") for name in ALWAYS + parts]
    assert sum(map(weight, files)) <= budget


def test_all_script_of_the_shop_weighs_at_most_9_kb() -> None:
    files = [STATIC / "js" / "app.js", STATIC / "js" / "swap.js", *STATIC.glob("js/elements/*.js")]
    assert sum(weight(file.read_text(encoding="utf-8")) for file in files) <= 9


def test_the_script_of_the_editor_weighs_at_most_24_kb() -> None:
    files = [STATIC / "js" / "app.js", STATIC / "js" / "swap.js", *STATIC.glob("js/admin/*.js")]
    assert sum(weight(file.read_text(encoding="utf-8")) for file in files) <= 24


def test_the_font_weighs_at_most_32_kb() -> None:
    fonts = list((STATIC / "fonts").glob("*.woff2"))
    assert [font.stat().st_size <= 32_000 for font in fonts] == [True]


def test_the_page_of_our_own_failures_weighs_at_most_4_kb() -> None:
    page = (STATIC.parent / "templates" / "errors" / "500.html").read_text(encoding="utf-8")
    style = (STATIC / "css" / "error.css").read_text(encoding="utf-8")
    assert weight(page) + weight(style) <= 4
