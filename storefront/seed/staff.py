"""Who works in the demo shop, one of each role, with a password drawn for this one shop."""

import secrets
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from storefront.account.opening import customer_of, open_account
from storefront.account.passwords import hashed
from storefront.account.staff import DEMO, ORDERS, OWNER, STOCK, WRITER, Staff, give_role
from storefront.extensions import db
from storefront.transactions import write_tx

PEOPLE = (
    ("owner@quillmoss.example", "Olive Harrow", OWNER),
    ("stock@quillmoss.example", "Silas Reed", STOCK),
    ("orders@quillmoss.example", "Odette Marsh", ORDERS),
    ("writer@quillmoss.example", "Wren Ashby", WRITER),
)


def engage_staff(folder: Path, now: datetime) -> bool:
    """Unless somebody is staff already. Production lets nobody in who was engaged here."""
    if db.session.scalar(select(Staff.customer_id).limit(1)) is not None:
        return False
    password = hashed(demo_password(folder) or _draw_password(folder))
    with write_tx():
        for email, name, role in PEOPLE:
            customer = customer_of(email) or open_account(email, name, password, now)
            give_role(customer, role, now, DEMO)
    return True


def demo_password(folder: Path) -> str | None:
    """What all of them sign in with; None where none was drawn."""
    kept = _kept_in(folder)
    return kept.read_text(encoding="utf-8").strip() if kept.exists() else None


def _draw_password(folder: Path) -> str:
    password = secrets.token_urlsafe(12)
    kept = _kept_in(folder)
    kept.touch(mode=0o600)
    kept.write_text(f"{password}\n", encoding="utf-8")
    return password


def _kept_in(folder: Path) -> Path:
    return folder / "demo-staff-password.txt"
