"""Accessibility rules (axe) for the page as it stands, in light and in dark."""

from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from playwright.sync_api import Page

ALL = {"resultTypes": ["violations"]}
# What a theme can change; everything else is the same page.
COLOURS = {**ALL, "runOnly": ["color-contrast", "link-in-text-block"]}


def fits(page: Page) -> None:
    """Nothing is wider than the window: only down and up is scrolled."""
    page.wait_for_load_state("load")
    wide, window = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert wide <= window, f"{page.url} is {wide} px wide"


def check(page: Page) -> None:
    page.wait_for_load_state("load")
    page.evaluate(AXE_SCRIPT)
    for scheme, rules in (("dark", COLOURS), ("light", ALL)):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        found = AxeResults(page.evaluate("rules => axe.run(rules)", rules))
        assert found.violations_count == 0, f"{page.url} {scheme}\n{found.generate_report()}"
