"""A browser of staff, without the pages that sign in."""

from sqlalchemy import select

from storefront.account.access import COOKIE
from storefront.account.staff import OWNER, Staff
from storefront.extensions import db
from tests.factories import a_sign_in, a_staff_member


def staff_cookie(role: str = OWNER) -> dict[str, str]:
    """Of somebody with that role, second factor shown. Inside the shop's own context."""
    email = f"{role}@harrow.example"
    known = db.session.scalars(select(Staff).where(Staff.role == role)).first()
    customer_id = (known or a_staff_member(role, email)).customer_id
    return {COOKIE: a_sign_in(customer_id)}
