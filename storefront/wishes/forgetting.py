"""A wish list nobody came back to is forgotten; an account's stays with the account."""

from datetime import datetime, timedelta

from sqlalchemy import delete

from storefront.extensions import db
from storefront.wishes.models import WishList

KEPT_FOR = timedelta(days=365)  # its cookie, and what pages/content/privacy.md promises


def forget_old_lists(now: datetime) -> None:
    """Inside write_tx(); the database takes the wishes with their list."""
    db.session.execute(
        delete(WishList)
        .where(WishList.customer_id.is_(None), WishList.updated_at < now - KEPT_FOR)
        .execution_options(synchronize_session=False)
    )
