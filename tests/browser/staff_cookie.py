"""A browser of staff, without the pages that sign in."""

import hashlib
import secrets

from sqlalchemy import select

from storefront.account.access import COOKIE
from storefront.account.models import SignIn
from storefront.account.staff import OWNER, Staff
from storefront.clock import now
from storefront.extensions import db
from storefront.transactions import write_tx
from tests.factories import a_staff_member


def staff_cookie(role: str = OWNER) -> dict[str, str]:
    """Of somebody with that role, second factor shown. Inside the shop's own context."""
    email = f"{role}@harrow.example"
    known = db.session.scalars(select(Staff).where(Staff.role == role)).first()
    customer_id = (known or a_staff_member(role, email)).customer_id
    token = secrets.token_urlsafe(32)
    with write_tx() as session:
        session.add(
            SignIn(
                customer_id=customer_id,
                digest=hashlib.sha256(token.encode()).hexdigest(),
                created_at=now(),
                proven_at=now(),
            )
        )
    return {COOKIE: token}
