"""Rules of what leads where. Each is one hop: what would lead on from there is followed at once."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from storefront.audit import record_change
from storefront.extensions import db
from storefront.redirects.models import Redirect
from storefront.redirects.paths import new_path, old_path
from storefront.refusal import Refusal

KIND = "redirect"


class Target(NamedTuple):
    """Where a rule leads; no path: nowhere, for good."""

    path: str | None
    query: str


class Loop(Refusal):
    """It would lead back to where it began."""

    status = 422

    def __init__(self, path: str) -> None:
        super().__init__(f"This would lead back to {path}. Choose a page that is there.")


class NoSuchRedirect(Refusal):
    """Removed meanwhile, or never there."""

    status = 404

    def __init__(self) -> None:
        super().__init__("This redirect is not there any more.")


def add_redirect(from_path: str, to_path: str | None, now: datetime, actor: str) -> Redirect:
    """Send whoever asks for an old address to `to_path`, a path of this shop; None: it is gone.

    Inside write_tx(). The same old address again leads where it is told now. What led to this
    address before leads straight on. Raises BadPath, Loop.
    """
    old = old_path(from_path)
    to = _end_of(to_path)
    if to.path == old:
        raise Loop(old)
    _lead_on(old, to, now, actor)
    known = _rule_of(old)
    before = _facts(known) if known else {}
    if known is None:
        known = Redirect(from_path=old, created_at=now, created_by=actor[:120])
        db.session.add(known)
    known.to_path, known.to_query = to
    db.session.flush()
    action = "changed" if before else "added"
    record_change(KIND, known.id, action, before, _facts(known), actor=actor, now=now)
    return known


def remove_redirect(redirect_id: int, now: datetime, actor: str) -> str:
    """Inside write_tx(). Answers with the address. Raises NoSuchRedirect."""
    rule = db.session.get(Redirect, redirect_id, with_for_update=True)
    if rule is None:
        raise NoSuchRedirect
    record_change(KIND, rule.id, "removed", _facts(rule), {}, actor=actor, now=now)
    db.session.delete(rule)
    db.session.flush()
    return rule.from_path


def _rule_of(path: str) -> Redirect | None:
    return db.session.scalars(
        select(Redirect).where(Redirect.from_path == path).with_for_update()
    ).one_or_none()


def _end_of(to: str | None) -> Target:
    """Where one ends up who is sent there: rules already known are followed."""
    if to is None:
        return Target(None, "")
    target = Target(*new_path(to))
    further = _rule_of(target.path or "")
    return Target(further.to_path, further.to_query) if further is not None else target


def _lead_on(old: str, to: Target, now: datetime, actor: str) -> None:
    """Rules that led to what is now old itself. A page that is gone takes them with it."""
    led_here = select(Redirect).where(Redirect.to_path == old).order_by(Redirect.id)
    for rule in db.session.scalars(led_here.with_for_update()):
        before = _facts(rule)
        rule.to_path, rule.to_query = to
        record_change(KIND, rule.id, "led on", before, _facts(rule), actor=actor, now=now)


def _facts(rule: Redirect) -> dict[str, str]:
    return {"from": rule.from_path, "to": rule.to or "gone"}
