"""A cart nobody came back to is forgotten, with the name and address typed on the way to paying."""

from datetime import datetime, timedelta

from sqlalchemy import delete

from storefront.cart.models import Cart
from storefront.extensions import db

KEPT_FOR = timedelta(days=90)  # its cookie, and what pages/content/privacy.md promises


def forget_old_carts(now: datetime) -> None:
    """Inside write_tx(); the database takes lines and details with their cart."""
    db.session.execute(
        delete(Cart)
        .where(Cart.updated_at < now - KEPT_FOR)
        .execution_options(synchronize_session=False)
    )
