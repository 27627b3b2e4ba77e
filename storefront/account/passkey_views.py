"""Passkeys: sign in with one; add, name and remove them."""

from datetime import UTC, datetime, timedelta

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import IntegrityError

from storefront.account.access import (
    enter,
    fresh_sign_in_required,
    safe_next,
    signed_in_customer,
)
from storefront.account.forms import PasskeyNameForm
from storefront.account.mailing import from_one_browser
from storefront.account.models import Passkey
from storefront.account.opening import customer_to_change
from storefront.account.passkeys import (
    MOST,
    Party,
    PasskeyRefused,
    asked_to_add,
    asked_to_sign_in,
    new_challenge,
    proof_of,
    proven_new,
    use_passkey,
)
from storefront.account.personal import passkeys_of
from storefront.account.sign_in_views import go_on
from storefront.account.tokens import DeadLink, read, signed
from storefront.clock import now
from storefront.extensions import db
from storefront.flash import flash
from storefront.languages import _
from storefront.transactions import write_tx

bp = Blueprint("passkeys", __name__, url_prefix="/account")
ASKED_FOR = timedelta(minutes=10)


@bp.get("/sign-in/passkey")
def show() -> str:
    return _sign_in_page()


@bp.post("/sign-in/passkey")
@from_one_browser
def sign_in() -> ResponseReturnValue:
    answer = request.form.get("credential", "")
    try:
        challenge, asked_at = _asked("sign-in")
        passkey_id, count = proof_of(_party(), answer, challenge)
        with write_tx():
            customer = use_passkey(passkey_id, count, asked_at, now())
            said = enter(customer, now(), proven=True)
    except PasskeyRefused as refusal:
        db.session.rollback()
        return _sign_in_page(refusal.message), refusal.status
    return go_on(said, request.form.get("next", ""))


@bp.get("/passkeys")
@fresh_sign_in_required
def keys() -> str:
    return _page(PasskeyNameForm(formdata=None))


@bp.post("/passkeys")
@fresh_sign_in_required
@from_one_browser
def add() -> ResponseReturnValue:
    form = PasskeyNameForm()
    if not form.validate():
        return _page(form), 422
    customer_id = signed_in_customer().id
    try:
        challenge, _asked_at = _asked(f"add {customer_id}")
        made, public_key, count = proven_new(
            _party(), request.form.get("credential", ""), challenge
        )
        with write_tx() as session:
            customer_to_change(customer_id)
            if len(passkeys_of(customer_id)) >= MOST:
                raise PasskeyRefused(_("%(num)s passkeys are kept at most.", num=MOST))
            session.add(
                Passkey(
                    customer_id=customer_id, credential_id=made, public_key=public_key,
                    sign_count=count, name=form.name.data, created_at=now(),
                )
            )  # fmt: skip
    except IntegrityError:
        return _page(form, _("This passkey was added before.")), 422
    except PasskeyRefused as refusal:
        return _page(form, refusal.message), refusal.status
    flash("ok", _("The passkey is added. It signs you in from now on."))
    return redirect(url_for("passkeys.keys"), 303)


@bp.post("/passkeys/<int:passkey_id>")
@fresh_sign_in_required
def rename(passkey_id: int) -> ResponseReturnValue:
    form = PasskeyNameForm()
    _my_passkey(passkey_id)
    if not form.validate():
        return _page(form), 422
    with write_tx():
        _my_passkey(passkey_id).name = form.name.data or ""
    flash("ok", _("The passkey has a new name."))
    return redirect(url_for("passkeys.keys"), 303)


@bp.post("/passkeys/<int:passkey_id>/removal")
@fresh_sign_in_required
def remove(passkey_id: int) -> ResponseReturnValue:
    with write_tx() as session:
        session.delete(_my_passkey(passkey_id))
    flash("ok", _("The passkey is removed. It opens nothing here any more."))
    return redirect(url_for("passkeys.keys"), 303)


def _my_passkey(passkey_id: int) -> Passkey:
    """This customer's, or 404."""
    key = db.session.get(Passkey, passkey_id)
    if key is None or key.customer_id != signed_in_customer().id:
        abort(404)
    return key


def _party() -> Party:
    config = current_app.config
    return Party(config["SHOP_NAME"], config["BASE_URL"])


def _question(purpose: str, challenge: str) -> str:
    """The challenge, signed: nothing is kept of it until it is answered."""
    says = [challenge, now().timestamp()]
    return signed(f"passkey {purpose}", says, now() + ASKED_FOR)


def _asked(purpose: str) -> tuple[str, datetime]:
    try:
        challenge, at = read(f"passkey {purpose}", request.form.get("question", ""), now())
    except DeadLink as dead:
        raise PasskeyRefused(_("That took too long, or was sent twice. Try again.")) from dead
    return challenge, datetime.fromtimestamp(at, UTC)


def _sign_in_page(said: str | None = None) -> str:
    challenge = new_challenge()
    return render_template(
        "account/passkey_sign_in.html",
        options=asked_to_sign_in(_party(), challenge),
        question=_question("sign-in", challenge),
        wanted=safe_next(request.values.get("next")),
        said=said,
    )


def _page(form: PasskeyNameForm, said: str | None = None) -> str:
    customer, challenge = signed_in_customer(), new_challenge()
    kept = passkeys_of(customer.id)
    return render_template(
        "account/passkeys.html",
        customer=customer,
        passkeys=kept,
        form=form,
        options=asked_to_add(_party(), customer, kept, challenge),
        question=_question(f"add {customer.id}", challenge),
        said=said,
    )
