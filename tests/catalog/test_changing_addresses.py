"""Products and collections move; whoever has an old address still finds them."""

import pytest
from sqlalchemy import select

from storefront.catalog.addresses import BadSlug, SlugTaken
from storefront.catalog.arranging import change_collection_slug, create_collection
from storefront.catalog.editing import change_slug
from storefront.catalog.models import Collection, OldSlug, Product
from storefront.clock import now
from storefront.extensions import db
from storefront.transactions import write_tx
from tests.factories import a_collection, a_product

pytestmark = pytest.mark.usefixtures("app")


def move(product: Product, slug: str) -> None:
    with write_tx():
        change_slug(product, slug, now())


def old_addresses(kind: str = "product") -> dict[str, int]:
    rows = db.session.execute(select(OldSlug.slug, OldSlug.target_id).where(OldSlug.kind == kind))
    return {slug: target for slug, target in rows}


def test_after_two_renames_both_old_addresses_lead_to_the_newest_in_one_hop():
    mug = a_product(slug="mug")
    move(mug, "cup")
    move(mug, "beaker")
    assert mug.slug == "beaker"
    assert old_addresses() == {"mug": mug.id, "cup": mug.id}


def test_an_address_taken_back_is_no_old_one_any_more():
    mug = a_product(slug="mug")
    move(mug, "cup")
    move(mug, "mug")
    assert mug.slug == "mug"
    assert old_addresses() == {"cup": mug.id}


def test_another_product_may_settle_at_an_address_left_behind():
    mug, bowl = a_product(slug="mug"), a_product(slug="bowl")
    move(mug, "cup")
    move(bowl, "mug")
    assert old_addresses() == {"bowl": bowl.id}


def test_an_address_in_use_is_refused_by_name():
    mug, bowl = a_product("Mug", slug="mug"), a_product("Bowl", slug="bowl")
    with pytest.raises(SlugTaken) as refusal, write_tx():
        change_slug(bowl, "mug", now())
    assert mug.name in refusal.value.message
    assert db.session.get_one(Product, bowl.id).slug == "bowl"
    assert old_addresses() == {}


@pytest.mark.parametrize(
    "slug", ["", "Mug", "a b", "-mug", "mug-", "a--b", "a/b", "tea☕", "a" * 161]
)
def test_what_cannot_be_an_address_is_refused(slug: str):
    mug = a_product(slug="mug")
    with pytest.raises(BadSlug), write_tx():
        change_slug(mug, slug, now())


def test_the_same_address_again_is_no_change():
    mug = a_product(slug="mug")
    move(mug, "mug")
    assert old_addresses() == {}


def test_collections_move_the_same_way_and_apart_from_products():
    a_product(slug="mugs")
    cups = a_collection("cups")
    with write_tx():
        change_collection_slug(cups, "mugs", now())
    assert db.session.get_one(Collection, cups.id).slug == "mugs"
    assert old_addresses("collection") == {"cups": cups.id}
    with pytest.raises(SlugTaken), write_tx():
        create_collection("Mugs", now())
