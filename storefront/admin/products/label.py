"""The words on a product's label, where the law restricts its class: who asks for which."""

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms import HiddenField, TextAreaField

from storefront.account.staff_access import signed_in_staff
from storefront.admin.posts.forms import lines
from storefront.admin.products.page import Clash, product_or_404
from storefront.audit import changes_of
from storefront.catalog.details import KIND, EditedMeanwhile
from storefront.catalog.models import Product
from storefront.clock import now
from storefront.compliance.claim_rules import Severity
from storefront.compliance.product_labels import (
    GROUPS,
    NAMES,
    asked_words,
    class_of,
    closed_places,
    label_digest,
    label_rules,
    save_label,
    words_of,
)
from storefront.compliance.shop_texts import findings_on_label
from storefront.flash import flash
from storefront.jinja import shop
from storefront.text_length import no_longer_than
from storefront.transactions import write_tx

bp = Blueprint("label", __name__, url_prefix="/<int:product_id>/label")
LONGEST = 1_000


class LabelForm(FlaskForm):
    """A text for each word that a label can answer; see below."""

    seen = HiddenField()

    def words(self) -> dict[str, str]:
        return {word: self[word].data for word in NAMES if self[word].data}


for _word, _name in NAMES.items():
    setattr(
        LabelForm,
        _word,
        TextAreaField(
            _name,
            filters=[lambda text: lines(text).strip()],
            validators=[no_longer_than(LONGEST)],
        ),
    )


@bp.get("")
def show(product_id: int) -> str:
    product, _code = _or_404(product_id)
    words = words_of(product_id)
    return _page(product, LabelForm(formdata=None, data={**words, "seen": label_digest(words)}))


@bp.post("")
def keep(product_id: int) -> ResponseReturnValue:
    product, _code = _or_404(product_id)
    form = LabelForm()
    if not form.validate() or not _may_be_said(form):
        return _page(product, form), 422
    try:
        with write_tx():
            actor = signed_in_staff().actor
            save_label(product_id, form.words(), form.seen.data or "", actor, now())
    except EditedMeanwhile as meanwhile:
        form.seen.data = label_digest(meanwhile.now_there)
        return _page(product, form, _clash(meanwhile, form.words())), 409
    flash("ok", "The label is kept. What it opens is open from now on.")
    return redirect(url_for("admin.products.label.show", product_id=product_id), 303)


def _may_be_said(form: LabelForm) -> bool:
    """What claim rules find is said at its field; an error keeps the label from being saved."""
    found = [one for one in findings_on_label(form.words()) if one.severity is Severity.ERROR]
    for one in found:
        form[one.field].errors = [f"“{one.words}”: {one.title}. {one.rewrite}"]
    return not found


def _clash(meanwhile: EditedMeanwhile, mine: dict[str, str]) -> Clash:
    theirs = meanwhile.now_there
    rows = [
        (name, theirs.get(word), mine.get(word))
        for word, name in NAMES.items()
        if theirs.get(word) != mine.get(word)
    ]
    return Clash(meanwhile.message, rows)


def _or_404(product_id: int) -> tuple[Product, str]:
    """Goods that everybody may buy everywhere have no such page."""
    product, code = product_or_404(product_id), class_of(product_id)
    return (product, code) if code else abort(404)


def _page(product: Product, form: LabelForm, clash: Clash | None = None) -> str:
    rules = label_rules(class_of(product.id), shop().today())
    kept = words_of(product.id)
    return render_template(
        "admin/products/label.html",
        product=product,
        form=form,
        clash=clash,
        groups=GROUPS,
        names=NAMES,
        asked=asked_words(rules),
        closed=closed_places(rules, kept),
        kept=kept,
        changes=changes_of(KIND, product.id),
    )
