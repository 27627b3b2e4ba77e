"""Views of the admin's lists that staff keep: a name for a search with its filters."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from storefront.columns import UtcDateTime
from storefront.extensions import Model, db
from storefront.refusal import Refusal

KIND = "view"
MOST = 12  # tabs that still fit on a page


class SavedView(Model):
    """A tab that staff added to a list; all who may open the list see it."""

    __tablename__ = "saved_views"
    __table_args__ = (UniqueConstraint("endpoint", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    endpoint: Mapped[str] = mapped_column(String(80))  # of the list
    name: Mapped[str] = mapped_column(String(40))
    query: Mapped[str] = mapped_column(String(400))  # what its address asks for
    created_by: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ViewNameTaken(Refusal):
    """Two tabs of one name could not be told apart."""


class TooManyViews(Refusal):
    """Tabs nobody finds anything in."""


def saved_views(endpoint: str) -> Sequence[SavedView]:
    return db.session.scalars(
        select(SavedView).where(SavedView.endpoint == endpoint).order_by(SavedView.id)
    ).all()


def save_view(endpoint: str, name: str, query: str, now: datetime, actor: str) -> SavedView:
    """Raises ViewNameTaken, TooManyViews. Inside write_tx()."""
    there = saved_views(endpoint)
    if any(one.name.lower() == name.lower() for one in there):
        raise ViewNameTaken(f"There is a view “{name}” already. Choose another name.")
    if len(there) >= MOST:
        raise TooManyViews(f"A list keeps {MOST} views. Remove one that nobody needs.")
    view = SavedView(endpoint=endpoint, name=name, query=query, created_by=actor, created_at=now)
    db.session.add(view)
    db.session.flush()
    return view
