"""Which tax is charged where, on what, and for how long."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms import DateField, HiddenField, StringField
from wtforms.validators import DataRequired, Optional

from storefront.admin.book_entries import kept
from storefront.admin.owner_file import add_file_pages
from storefront.admin.places import place_line, place_of
from storefront.pricing.books import TAXES, Book, entry_of, written_now
from storefront.pricing.tax_file import classes_without_rate
from storefront.text_length import no_longer_than
from storefront.tidying import tidied

bp = Blueprint("taxes", __name__, url_prefix="/taxes")
add_file_pages(bp, TAXES)


def _text(label: str, longest: int, missing: str) -> StringField:
    return StringField(
        label, filters=[tidied], validators=[DataRequired(missing), no_longer_than(longest)]
    )


class RateForm(FlaskForm):
    code = _text("Code", 60, "Enter a code, such as us-nc.")
    tax_class = _text("Class of goods", 40, "Enter a class: standard, food, delivery …")
    name = _text("Name", 60, "Enter the name that shoppers read.")
    percent = _text("Percent", 12, "Enter the percentage, such as 6.75.")
    place = _text("Place", 400, "Name the place, such as US; NC.")
    starts_on = DateField("First day", validators=[Optional()])
    ends_on = DateField("Last day", validators=[Optional()])
    seen = HiddenField()

    def entry(self) -> Book:
        found: Book = {
            "code": self.code.data,
            "class": self.tax_class.data,
            "name": self.name.data,
            "percent": (self.percent.data or "").replace(",", "."),
            "place": place_of(self.place.data or ""),
        }
        days = {"from": self.starts_on.data, "until": self.ends_on.data}
        return {**found, **{name: day for name, day in days.items() if day}}


@bp.get("")
def index() -> str:
    return render_template(
        "admin/pricing/taxes.html",
        rates=written_now(TAXES).book.get("rates", []),
        place_line=place_line,
        without=classes_without_rate(),
    )


@bp.route("/rates/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    if request.method != "POST":
        mark = written_now(TAXES).mark
        return _page(RateForm(formdata=None, tax_class="standard", seen=mark))
    form = RateForm()

    def add(book: Book) -> None:
        book.setdefault("rates", []).append(form.entry())

    return _kept(form, add, lambda said: _page(form, None, said))


@bp.get("/rates/<rate>")
def show(rate: str) -> str:
    return _page(_form_of(rate), rate)


@bp.post("/rates/<rate>")
def change(rate: str) -> ResponseReturnValue:
    form = RateForm()
    entry_of(written_now(TAXES).book["rates"], rate)

    def put(book: Book) -> None:
        rates = book["rates"]
        rates[rates.index(entry_of(rates, rate))] = form.entry()

    return _kept(form, put, lambda said: _page(form, rate, said))


@bp.post("/rates/<rate>/removal")
def remove(rate: str) -> ResponseReturnValue:
    def take_out(book: Book) -> None:
        book["rates"].remove(entry_of(book["rates"], rate))

    return _kept(FlaskForm(), take_out, lambda said: _page(_form_of(rate), rate, said))


def _kept(
    form: Any, change: Callable[[Book], None], again: Callable[[str | None], str]
) -> ResponseReturnValue:
    done = "Kept. It is charged from now on, on the days it holds."
    return kept(TAXES, form, change, again, done)


def _form_of(code: str) -> RateForm:
    book, mark = written_now(TAXES)
    entry = entry_of(book.get("rates", []), code)
    values = {
        **entry,
        "tax_class": entry["class"],
        "place": place_line(entry["place"]),
        "starts_on": entry.get("from"),
        "ends_on": entry.get("until"),
        "seen": mark,
    }
    return RateForm(formdata=None, **values)


def _page(form: RateForm, code: str | None = None, said: str | None = None) -> str:
    return render_template("admin/pricing/rate.html", form=form, code=code, said=said)
