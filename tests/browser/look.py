"""Pictures of every state for eyes: python -m tests.browser.look FOLDER [PART-OF-A-NAME…].

Two widths, light and dark; with `--as forced` or `--as print` the colours of a high-contrast
system, or paper.
"""

import argparse
import tempfile
from itertools import product
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.conftest import FLAGS, chromium
from tests.browser.purchase import SENCHA, TEAPOT
from tests.browser.states import State, all_states
from tests.processes.watched import WatchedShop

PLAIN = {
    "home": "/",
    "collection": "/collections/tea",
    "product": f"/products/{TEAPOT}",
    "product-choices": f"/products/{SENCHA}",
    "product-out": "/products/gooseneck-kettle-1-l?variant=BG-KE-BK",
    "search": "/search?q=tea",
    "search-none": "/search?q=qqqqqq",
    "search-empty": "/search",
    "cart-empty": "/cart",
    "sign-in": "/account/sign-in",
    "passkey": "/account/sign-in/passkey",
    "withdrawal-find": "/withdrawal",
    "blog": "/blog",
    "blog-tag": "/blog/tags/brewing",
    "blog-author": "/blog/authors/ines-marlow",
    "article": "/blog/water-time-temperature",
    "article-risk": "/blog/kratom-and-mental-health",
    "product-from-article": "/products/assam-second-flush?from=water-time-temperature",
}
LOOKS = {
    "screen": [{"color_scheme": "light"}, {"color_scheme": "dark"}],
    "forced": [{"color_scheme": s, "forced_colors": "active"} for s in ("light", "dark")],
    "print": [{"media": "print"}],
}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--as", dest="look", choices=LOOKS, default="screen")
    wish = parser.parse_intermixed_args()
    wish.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        shop = WatchedShop(
            Path(folder), f"sqlite:///{folder}/shop.sqlite3", RATELIMIT_ENABLED="off"
        )
        try:
            shop.flask("seed")
            states = [State(name, path) for name, path in PLAIN.items()] + all_states(shop)
            shop.start()
            take(
                shop,
                wish,
                [s for s in states if not wish.names or any(n in s.name for n in wish.names)],
            )
        finally:
            shop.close()


def take(shop: WatchedShop, wish: argparse.Namespace, states: list[State]) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        for width, state in product((390, 1440), states):
            page = browser.new_page(viewport={"width": width, "height": 900})
            page.set_default_timeout(15_000)
            state.open(page, shop)
            for look in LOOKS[wish.look]:
                page.emulate_media(**look, reduced_motion="reduce")
                name = f"{state.name}-{width}-{look.get('color_scheme', wish.look)}.png"
                page.screenshot(path=wish.folder / name, full_page=True)
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
