"""The screen in front of restricted goods, wherever it is shown: nothing is chosen beforehand, and
it does not say which answer opens the page."""

from flask import render_template, request, url_for

from storefront.account.access import safe_next
from storefront.age.forms import BirthForm
from storefront.age.proof import age_proof
from storefront.age.verifier import AGES, age_verifier
from storefront.risk_blocks import all_risk_blocks

LOWEST = AGES[0]


def old_enough(min_age: int | None) -> bool:
    """Whether this visitor may see goods of a class. No age of its own: that of adults."""
    proof = age_proof()
    return proof is not None and proof.age >= (min_age or LOWEST)


def screen(
    wanted: str = "", form: BirthForm | None = None, said: str = "", min_age: int | None = None
) -> str:
    """`wanted`: the page to go on to; `said`: why an answer was not taken; `min_age`: what the
    page asks for, where that is known."""
    proof = age_proof()
    wanted = safe_next(wanted, url_for("catalog.home"))
    back = url_for("age.came_back", next=wanted, _external=True)
    return render_template(
        "age/screen.html",
        form=form or BirthForm(formdata=None),
        wanted=wanted,
        said=said,
        proof=proof,
        too_young=proof is not None and proof.settled and not old_enough(min_age),
        way_out=age_verifier().way_out(back),
        risks=all_risk_blocks(),
    )


def screen_for(min_age: int | None) -> str:
    """In place of the page at this address."""
    return screen(request.full_path.rstrip("?"), min_age=min_age)
