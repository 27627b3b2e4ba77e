"""Old addresses of a shop that moves in, where they are not the same here."""

from datetime import datetime

from storefront.redirects.adding import add_redirect
from storefront.refusal import Refusal
from storefront.uploads.reading import Found


def lead_on(found: Found, now: datetime, actor: str) -> list[str]:
    """Those of products that came in. Which could not be led anywhere, in words."""
    slugs = {f"/products/{line.values['slug']}" for line in found.contents.products.values()}
    left = []
    for old, new in found.old_paths.items():
        if new in slugs:
            try:
                add_redirect(old, new, now, actor)
            except Refusal as refusal:
                left.append(f"{old}: {refusal.message}")
    return left
