"""How a product is rated, kept with the product: made anew whenever what is shown changes."""

from sqlalchemy import func, select, update

from storefront.catalog.models import Product
from storefront.catalog.version import bump_version
from storefront.extensions import db
from storefront.reviews.models import APPROVED, Review


def rate_again(product_id: int) -> None:
    """Count the approved reviews, and tell the public pages. Inside write_tx()."""
    count, total = db.session.execute(
        select(func.count(), func.coalesce(func.sum(Review.stars), 0)).where(
            Review.product_id == product_id, Review.state == APPROVED
        )
    ).one()
    db.session.execute(
        update(Product)
        .where(Product.id == product_id)
        .values(review_count=count, review_stars=total)
        .execution_options(synchronize_session=False)
    )
    bump_version()
