"""What of a product is bought, as staff change it: prices, sales, options; and who did it."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from storefront.audit import changes_of
from storefront.catalog.market_models import VariantPrice
from storefront.catalog.models import PriceChange, Product, Variant
from storefront.clock import now
from storefront.extensions import db
from storefront.markets.models import Market
from storefront.transactions import write_tx
from tests.factories import a_product, an_order
from tests.page import Form, Page


def opened(client, product_id: int) -> Page:
    return Page.open(client, f"/admin/products/{product_id}/variants")


def prices_form(client, product_id: int) -> Form:
    return opened(client, product_id).form("/variants")


def variant(sku: str) -> Variant:
    db.session.rollback()
    return db.session.scalars(select(Variant).where(Variant.sku == sku)).one()


def skus(product_id: int) -> list[str]:
    db.session.rollback()
    live = select(Variant.sku).where(Variant.product_id == product_id, Variant.archived.is_(False))
    return list(db.session.scalars(live.order_by(Variant.position)))


def test_a_changed_price_says_who_was_it_and_when(staff_client):
    mug = a_product("Mug", code="MUG")
    form = prices_form(staff_client("stock"), mug.id)
    assert form.values["variants-0-prices-0-price"] == "12.50"
    form.send(**{"variants-0-prices-0-price": "13.90"})
    assert variant("MUG").price_minor == 1390
    change = changes_of("product", mug.id)[0]
    assert (change.before, change.after) == (
        {"MUG price": "12.50 USD"},
        {"MUG price": "13.90 USD"},
    )
    assert change.actor
    page = Page.open(staff_client("owner"), f"/admin/products/{mug.id}")
    assert change.actor in page.text
    assert "12.50 USD" in page.text
    assert "13.90 USD" in page.text
    prices = select(PriceChange.price_minor).order_by(PriceChange.id)
    assert list(db.session.scalars(prices)) == [1250, 1390]


def test_a_sale_runs_by_the_shops_clock_and_is_seen_in_the_shop(staff_client, client, app):
    mug = a_product("Mug", slug="mug", code="MUG")
    form = prices_form(staff_client("owner"), mug.id)
    form.send(
        **{
            "variants-0-prices-0-sale": "9.00",
            "variants-0-prices-0-starts": "2026-01-02T08:00",
            "variants-0-prices-0-ends": "2099-07-01T09:30",
        }
    )
    kept = variant("MUG")
    zone = app.extensions["shop"].timezone
    assert kept.sale_ends_at.astimezone(zone).strftime("%Y-%m-%d %H:%M") == "2099-07-01 09:30"
    assert "$9.00" in client.get("/products/mug").text
    began = kept.sale_starts_at
    again = prices_form(staff_client("owner"), mug.id)
    again.send(**{"variants-0-weight_g": "250"})
    assert variant("MUG").sale_starts_at == began
    longer = prices_form(staff_client("owner"), mug.id)
    longer.send(**{"variants-0-prices-0-ends": "2099-08-01T09:30"})
    assert variant("MUG").sale_starts_at == began
    assert db.session.scalar(select(func.count()).where(PriceChange.sale.is_(True))) == 1
    ended = prices_form(staff_client("owner"), mug.id)
    ended.send(**{"variants-0-prices-0-sale": ""})
    assert variant("MUG").sale_price_minor is None
    assert "$12.50" in client.get("/products/mug").text


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"variants-0-prices-0-price": "free"}, "Write the price like 12.50."),
        ({"variants-0-prices-0-price": ""}, "Enter a price."),
        ({"variants-0-prices-0-sale": "20.00"}, "lower than the price"),
        (
            {"variants-0-prices-0-sale": "9", "variants-0-prices-0-ends": "2001-01-01T00:00"},
            "ends before it starts",
        ),
        ({"variants-0-sku": ""}, "Enter a SKU."),
        ({"variants-0-sku": "OTHER"}, "in use"),
        ({"variants-0-weight_g": "-5"}, "whole number"),
        ({"variants-0-picture_id": "77"}, "valid choice"),
        ({"variants-0-prices-0-price": "99999999999"}, "Write the price"),
    ],
)
def test_what_cannot_be_kept_is_said_at_its_field(staff_client, answers, said):
    mug = a_product("Mug", code="MUG")
    a_product("Other", code="OTHER")
    page = prices_form(staff_client("owner"), mug.id).send(**answers)
    assert page.status == 422
    assert said in " ".join(page.errors)
    name, value = next(iter(answers.items()))
    if not name.endswith("picture_id"):
        assert page.form("/variants").values[name] == value
    assert variant("MUG").price_minor == 1250


def test_two_who_change_prices_at_once_see_each_other(staff_client):
    mug = a_product("Mug", code="MUG")
    mine = prices_form(staff_client("owner"), mug.id)
    prices_form(staff_client("stock"), mug.id).send(**{"variants-0-prices-0-price": "14.00"})
    page = mine.send(**{"variants-0-prices-0-price": "11.00"})
    assert page.status == 409
    assert "14.00 USD" in page.text
    assert "11.00 USD" in page.text
    assert variant("MUG").price_minor == 1400
    assert page.form("/variants").send().status == 200
    assert variant("MUG").price_minor == 1100


def test_other_markets_have_prices_of_their_own(staff_client):
    with write_tx() as session:
        session.add(Market(code="us", name="US", currency="USD", languages=["en_US"], prefix=""))
        session.add(Market(code="de", name="DE", currency="EUR", languages=["de_DE"], prefix="/de"))
    mug = a_product("Mug", code="MUG")
    form = prices_form(staff_client("owner"), mug.id)
    form.send(**{"variants-0-prices-1-price": "11,90"})
    abroad = db.session.scalars(select(VariantPrice)).one()
    assert (abroad.currency, abroad.price_minor) == ("EUR", 1190)
    prices_form(staff_client("owner"), mug.id).send(**{"variants-0-prices-1-price": ""})
    db.session.rollback()
    assert db.session.scalars(select(VariantPrice)).all() == []
    assert [c.action for c in changes_of("product", mug.id)] == ["withdrew price", "changed price"]


def test_options_become_variants_and_skus_stay(staff_client):
    mug = a_product("Mug", code="MUG")
    page = opened(staff_client("owner"), mug.id)
    answer = page.form("/options").send(
        **{
            "axes-0-name": "Size", "axes-0-values": "Small, Large",
            "axes-1-name": "Colour", "axes-1-values": "Blue, Red",
        }
    )  # fmt: skip
    assert "3 variants were added" in " ".join(answer.flashes)
    assert skus(mug.id) == ["MUG", "MUG-SMALL-RED", "MUG-LARGE-BLUE", "MUG-LARGE-RED"]
    assert variant("MUG").option_values == ["Small", "Blue"]
    made = variant("MUG-LARGE-RED")
    assert (made.price_minor, made.weight_g) == (1250, 300)
    history = select(func.count()).where(PriceChange.variant_id == made.id)
    assert db.session.scalar(history) == 1
    more = opened(staff_client("owner"), mug.id).form("/options")
    more.send(**{"axes-0-name": "How big", "axes-1-values": "Red, Blue, Green"})
    db.session.rollback()
    assert db.session.get_one(Product, mug.id).option_names == ["How big", "Colour"]
    assert variant("MUG").option_values == ["Small", "Blue"]
    assert len(skus(mug.id)) == 6


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"axes-0-values": "Size 1"}, "no longer names"),
        ({"axes-0-name": "", "axes-0-values": ""}, "would be the same"),
        ({"axes-0-name": ""}, "a name and at least one value"),
        ({"axes-1-name": "size", "axes-1-values": "x"}, "same name"),
        ({"axes-0-values": "Size 1, Size 2, Size 1"}, "a value twice"),
        ({"axes-1-name": "N", "axes-1-values": ",".join(map(str, range(60)))}, "make 120 variants"),
    ],
)
def test_options_that_make_no_sense_change_nothing(staff_client, answers, said):
    mug = a_product("Mug", code="MUG", variants=[{}, {}])
    page = opened(staff_client("owner"), mug.id).form("/options").send(**answers)
    assert page.status == 422
    assert said in " ".join(page.errors)
    assert skus(mug.id) == ["MUG", "MUG-1"] or len(skus(mug.id)) == 2
    assert changes_of("product", mug.id) == []


def test_what_was_sold_is_archived_and_what_never_was_is_gone(staff_client):
    mug = a_product("Mug", code="MUG", variants=[{"sku": "OLD"}, {"sku": "KEPT"}])
    an_order((variant("OLD"), 1))
    staff = staff_client("owner")
    opened(staff, mug.id).form("/options").send(**{"axes-0-values": "Size 1, Size 2, Size 3"})
    assert skus(mug.id) == ["OLD", "KEPT", "MUG-SIZE-3"]
    for sku in ("OLD", "MUG-SIZE-3"):
        staff.post(f"/admin/products/{mug.id}/variants/{variant(sku).id}/removal")
    assert skus(mug.id) == ["KEPT"]
    assert variant("OLD").archived
    assert db.session.scalar(select(Variant.id).where(Variant.sku == "MUG-SIZE-3")) is None
    last = staff.post(f"/admin/products/{mug.id}/variants/{variant('KEPT').id}/removal")
    assert last.status_code == 409
    assert "all there is to buy" in last.text
    back = opened(staff, mug.id).form("/restoration").send()
    assert "OLD is for sale again" in " ".join(back.flashes)
    assert skus(mug.id) == ["OLD", "KEPT"]


def test_a_price_of_another_product_cannot_be_changed_by_its_id(staff_client):
    mug, other = a_product("Mug", code="MUG"), a_product("Other", code="OTHER")
    form = prices_form(staff_client("owner"), mug.id)
    form.send(
        **{
            "variants-0-id": str(variant("OTHER").id),
            "variants-0-prices-0-price": "0.01",
        }
    )
    assert variant("OTHER").price_minor == 1250
    assert changes_of("product", other.id) == []


def test_a_sale_that_began_is_not_begun_again_by_saving(staff_client):
    a_product("Mug", code="MUG")
    with write_tx() as session:
        row = session.scalars(select(Variant)).one()
        row.sale_price_minor = 1000
        row.sale_starts_at = now() - timedelta(days=2, microseconds=17)
        product_id, began = row.product_id, row.sale_starts_at
    prices_form(staff_client("owner"), product_id).send(**{"variants-0-content_amount": "5"})
    assert variant("MUG").sale_starts_at == began
