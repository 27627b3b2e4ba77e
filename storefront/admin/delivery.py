"""Where the shop delivers, how, and at which price."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired

from storefront.account.address import Address
from storefront.admin.book_entries import kept
from storefront.admin.owner_file import add_file_pages
from storefront.admin.places import bands_lines, bands_of, place_line, place_of
from storefront.deliveries import deliveries
from storefront.jinja import shop
from storefront.money import Money
from storefront.pricing.books import (
    DELIVERY,
    Book,
    entry_of,
    methods_of,
    written_now,
    zone_with,
)
from storefront.pricing.models import BY_PRICE, BY_WEIGHT, FLAT, Parcel
from storefront.pricing.words import why_stopped
from storefront.taxing import taxation
from storefront.text_length import no_longer_than
from storefront.tidying import tidied

bp = Blueprint("delivery", __name__, url_prefix="/delivery")
add_file_pages(bp, DELIVERY)


def _text(label: str, longest: int, missing: str) -> StringField:
    return StringField(
        label, filters=[tidied], validators=[DataRequired(missing), no_longer_than(longest)]
    )


class ZoneForm(FlaskForm):
    code = _text("Code", 40, "Enter a code, such as us.")
    name = _text("Name", 120, "Enter a name.")
    places = TextAreaField("Places", filters=[tidied], validators=[DataRequired("Name a place.")])
    seen = HiddenField()

    def entry(self, old: Book | None) -> Book:
        places = [place_of(line) for line in (self.places.data or "").splitlines() if line.strip()]
        found = {"code": self.code.data, "name": self.name.data, "places": places}
        return {**found, "methods": old.get("methods", []) if old else []}


class MethodForm(FlaskForm):
    code = _text("Code", 40, "Enter a code, such as standard.")
    name = _text("Name", 120, "Enter the name that shoppers read.")
    currency = _text("Currency", 3, "Enter a currency.")
    by = SelectField(
        "Its price",
        choices=[
            SelectChoice(FLAT, "is always the same"),
            SelectChoice(BY_WEIGHT, "goes by weight"),
            SelectChoice(BY_PRICE, "goes by the goods’ worth"),
        ],
    )
    price = StringField("Price", filters=[tidied], validators=[no_longer_than(20)])
    bands = TextAreaField("Bands", filters=[tidied])
    free_over = StringField("Free from", filters=[tidied], validators=[no_longer_than(20)])
    least = IntegerField("Working days, at least", validators=[InputRequired("Enter days.")])
    most = IntegerField("Working days, at most", validators=[InputRequired("Enter days.")])
    needs_phone = BooleanField("The carrier needs a phone number")
    adult_signature = BooleanField("An adult has to sign for it")
    active = BooleanField("Offered")
    seen = HiddenField()

    def entry(self) -> Book:
        found: Book = {
            "code": self.code.data,
            "name": self.name.data,
            "currency": (self.currency.data or "").upper(),
            "by": self.by.data,
            "days": [self.least.data, self.most.data],
            "needs_phone": self.needs_phone.data,
            "adult_signature": self.adult_signature.data,
            "active": self.active.data,
        }
        if self.by.data == FLAT:
            found["price"] = (self.price.data or "").replace(",", ".")
        else:
            found["bands"] = bands_of(self.bands.data or "", self.by.data == BY_WEIGHT)
        if self.free_over.data:
            found["free_over"] = self.free_over.data.replace(",", ".")
        return found


@bp.get("")
def index() -> str:
    return render_template(
        "admin/pricing/delivery.html",
        zones=written_now(DELIVERY).book.get("zones", []),
        place_line=place_line,
        bands_lines=bands_lines,
        asked=request.args,
        found=_try() if request.args.get("country") else None,
    )


@bp.route("/zones/new", methods=["GET", "POST"])
def new_zone() -> ResponseReturnValue:
    if request.method != "POST":
        return _zone_page(ZoneForm(formdata=None, seen=written_now(DELIVERY).mark))
    form = ZoneForm()

    def add(book: Book) -> None:
        book["zones"].append(form.entry(None))

    return _kept(form, add, lambda said: _zone_page(form, None, said))


@bp.get("/zones/<zone>")
def zone(zone: str) -> str:
    book, mark = written_now(DELIVERY)
    entry = entry_of(book["zones"], zone)
    places = "\n".join(place_line(place) for place in entry["places"])
    form = ZoneForm(formdata=None, **{**entry, "places": places, "seen": mark})
    return _zone_page(form, entry)


@bp.post("/zones/<zone>")
def change_zone(zone: str) -> ResponseReturnValue:
    form, entry = ZoneForm(), entry_of(written_now(DELIVERY).book["zones"], zone)

    def change(book: Book) -> None:
        old = entry_of(book["zones"], zone)
        book["zones"][book["zones"].index(old)] = form.entry(old)

    return _kept(form, change, lambda said: _zone_page(form, entry, said))


@bp.post("/zones/<zone>/removal")
def remove_zone(zone: str) -> ResponseReturnValue:
    form = FlaskForm()
    entry = entry_of(written_now(DELIVERY).book["zones"], zone)

    def remove(book: Book) -> None:
        book["zones"].remove(entry_of(book["zones"], zone))

    return _kept(form, remove, lambda said: _zone_page(_form_of_zone(entry), entry, said))


@bp.route("/zones/<zone>/methods/new", methods=["GET", "POST"])
def new_method(zone: str) -> ResponseReturnValue:
    book, mark = written_now(DELIVERY)
    entry_of(book["zones"], zone)
    if request.method != "POST":
        form = MethodForm(formdata=None, currency=shop().currency, active=True, seen=mark)
        return _method_page(form, zone)
    form = MethodForm()

    def add(book: Book) -> None:
        entry_of(book["zones"], zone).setdefault("methods", []).append(form.entry())

    return _kept(form, add, lambda said: _method_page(form, zone, None, said))


@bp.get("/methods/<method>")
def method(method: str) -> str:
    book, mark = written_now(DELIVERY)
    entry = entry_of(methods_of(book), method)
    return _method_page(_form_of_method(entry, mark), zone_with(book, method)["code"], method)


@bp.post("/methods/<method>")
def change_method(method: str) -> ResponseReturnValue:
    form = MethodForm()
    zone = zone_with(written_now(DELIVERY).book, method)["code"]

    def change(book: Book) -> None:
        own = zone_with(book, method)["methods"]
        own[own.index(entry_of(own, method))] = form.entry()

    return _kept(form, change, lambda said: _method_page(form, zone, method, said))


@bp.post("/methods/<method>/removal")
def remove_method(method: str) -> ResponseReturnValue:
    book, mark = written_now(DELIVERY)
    entry = entry_of(methods_of(book), method)
    zone = zone_with(book, method)["code"]

    def remove(book: Book) -> None:
        own = zone_with(book, method)["methods"]
        own.remove(entry_of(own, method))

    return _kept(
        FlaskForm(),
        remove,
        lambda said: _method_page(_form_of_method(entry, mark), zone, method, said),
    )


def _kept(
    form: Any, change: Callable[[Book], None], again: Callable[[str | None], str]
) -> ResponseReturnValue:
    return kept(DELIVERY, form, change, again, "Kept. Shoppers see it at once.")


def _try() -> dict[str, Any]:
    """What a shopper there is offered and charged, by the functions that serve shoppers."""
    asked = request.args
    address = Address(
        country=asked.get("country", "")[:2].upper(),
        region=asked.get("region", "")[:10].upper(),
        postcode=asked.get("postcode", "")[:20].upper(),
    )
    worth, grams = asked.get("worth", "").replace(",", "."), asked.get("grams", "")
    try:
        goods = Money.parse(worth or "20", shop().currency)
    except ValueError:
        goods = Money.parse("20", shop().currency)
    parcel = Parcel(goods, int(grams) if grams.isdecimal() and len(grams) < 8 else 500)
    found = deliveries().zone_for(address)
    offers = deliveries().offers(address, parcel)
    today, home = shop().today(), address.country
    return {
        "zone": found[0].name if found else None,
        "parcel": parcel,
        "offers": [(method, method.price(parcel)) for method in offers.methods],
        "stopped": why_stopped(offers.stopped, "en_US") if offers.stopped else "",
        "rates": sorted(taxation().at(address, today, home).rates.items()),
    }


def _form_of_zone(entry: Book) -> ZoneForm:
    places = "\n".join(place_line(place) for place in entry["places"])
    mark = written_now(DELIVERY).mark
    return ZoneForm(formdata=None, **{**entry, "places": places, "seen": mark})


def _form_of_method(entry: Book, mark: str) -> MethodForm:
    least, most = entry["days"]
    values = {
        **entry,
        "by": entry.get("by", FLAT),
        "bands": bands_lines(entry.get("bands", [])),
        "least": least,
        "most": most,
        "active": entry.get("active", True),
        "seen": mark,
    }
    return MethodForm(formdata=None, **values)


def _zone_page(form: ZoneForm, entry: Book | None = None, said: str | None = None) -> str:
    return render_template("admin/pricing/zone.html", form=form, zone=entry, said=said)


def _method_page(
    form: MethodForm, zone: str, code: str | None = None, said: str | None = None
) -> str:
    return render_template("admin/pricing/method.html", form=form, zone=zone, code=code, said=said)
