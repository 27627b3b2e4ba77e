"""The picture a page is shared with: a product's plate and name, drawn once for each of them."""

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from storefront.catalog.models import DRAFT, Picture, Product
from storefront.catalog.renditions import keep
from storefront.catalog.version import bump_version
from storefront.sharing.card import Card, draw_card
from storefront.transactions import write_tx
from tests.factories import a_collection, a_product
from tests.page import Page


def meta(client, path: str, name: str = "og:image") -> str:
    return str(Page.open(client, path).soup.find("meta", property=name)["content"])


def picture_of(client, path: str) -> Image.Image:
    """What is shown where this page is shared."""
    with client.get(meta(client, path).removeprefix("http://localhost")) as answer:
        assert answer.status_code == 200
        assert answer.mimetype == "image/jpeg"
        assert answer.headers["Cache-Control"].startswith("public, max-age=")
        assert len(answer.data) < 200_000
        return Image.open(BytesIO(answer.data)).convert("RGB")


def photograph(product: Product, colour: str, folder: Path) -> None:
    digest, width, height = keep(Image.new("RGB", (640, 800), colour), folder)
    with write_tx() as session:
        session.add(Picture(product_id=product.id, digest=digest, width=width, height=height))
        bump_version()


def change(product: Product, **values) -> None:
    with write_tx() as session:
        for name, value in values.items():
            setattr(session.get(Product, product.id), name, value)
        bump_version()


def kept(app) -> list[str]:
    return sorted(path.name for path in (app.config["MEDIA_PATH"] / "share").glob("*"))


@pytest.fixture(autouse=True)
def _nothing_drawn(app):
    for path in (app.config["MEDIA_PATH"] / "share").glob("*"):
        path.unlink()


def test_a_product_is_shared_with_its_plate_and_its_name(client, app):
    mug = a_product("Mug for one cup")
    photograph(mug, "#3060C0", app.config["MEDIA_PATH"])
    page = f"/products/{mug.slug}"
    picture = picture_of(client, page)
    assert picture.size == (1200, 630)
    red, green, blue = picture.getpixel((950, 300))
    assert (abs(red - 0x30), abs(green - 0x60), abs(blue - 0xC0)) < (9, 9, 9)
    left = picture.crop((112, 130, 620, 560)).convert("L")
    assert left.getextrema()[0] < 80  # ink: something is written there
    assert meta(client, page, "og:image:alt") == meta(client, page, "og:title") == mug.name
    assert (meta(client, page, "og:image:width"), meta(client, page, "og:image:height")) == (
        "1200", "630",
    )  # fmt: skip


def test_a_new_name_and_a_new_picture_make_a_new_one_and_the_old_goes(client, app):
    mug = a_product("Mug")
    page = f"/products/{mug.slug}"
    addresses, pictures = [meta(client, page)], [picture_of(client, page)]
    change(mug, name="Beaker")
    addresses.append(meta(client, page))
    pictures.append(picture_of(client, page))
    photograph(mug, "#3060C0", app.config["MEDIA_PATH"])
    addresses.append(meta(client, page))
    pictures.append(picture_of(client, page))
    assert len(set(addresses)) == 3
    for one, other in ((0, 1), (1, 2)):
        assert ImageChops.difference(pictures[one], pictures[other]).getbbox() is not None
    assert kept(app) == [addresses[2].rpartition("/")[2]]
    old = client.get(addresses[0].removeprefix("http://localhost"))
    assert (old.status_code, old.headers["Location"]) == (
        302, addresses[2].removeprefix("http://localhost"),
    )  # fmt: skip


def test_a_new_price_leaves_it_as_it_is(client):
    mug = a_product("Mug")
    before = meta(client, f"/products/{mug.slug}")
    change(mug, summary="Cheaper than ever.", position=3)
    assert meta(client, f"/products/{mug.slug}") == before


def test_it_is_drawn_once_and_a_made_up_address_draws_nothing(client, app):
    mug = a_product("Mug")
    address = meta(client, f"/products/{mug.slug}").removeprefix("http://localhost")
    for made_up in (f"/share/{mug.id}-{'0' * 20}.jpg", f"/share/{mug.id}-{'x' * 900}.jpg"):
        assert client.get(made_up).status_code == 302
    for nobody in ("/share/999999-abc.jpg", "/share/-1-abc.jpg", "/share/..%2f1-a.jpg", "/share/x"):
        assert client.get(nobody).status_code == 404
    assert kept(app) == []
    with client.get(address) as answer:
        etag = answer.headers["ETag"]
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    (path,) = (app.config["MEDIA_PATH"] / "share").iterdir()
    drawn = path.stat().st_mtime_ns
    with client.get(address, headers={"If-None-Match": etag}) as answer:
        assert answer.status_code == 304
    assert path.stat().st_mtime_ns == drawn


def test_a_draft_is_shared_with_nothing(client):
    secret = a_product("Secret", status=DRAFT)
    assert client.get(f"/share/{secret.id}-{'0' * 20}.jpg").status_code == 404


def test_a_picture_whose_file_is_gone_leaves_the_name(client):
    mug = a_product("Mug")
    with write_tx() as session:
        session.add(Picture(product_id=mug.id, digest="c" * 20, width=640, height=800))
        bump_version()
    assert picture_of(client, f"/products/{mug.slug}").size == (1200, 630)


def test_other_pages_share_the_one_of_the_shop(client):
    a_collection("tea", "Tea")
    a_product()
    found = {meta(client, path) for path in ("/", "/products", "/collections/tea", "/pages/terms")}
    assert len(found) == 1
    assert picture_of(client, "/").size == (1200, 630)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "Tea",
        "Tea, honey, and what to brew them with",
        "Łukasz’ “Grünkohl” & Œuf – ½ kg",
        "Donaudampfschifffahrtsgesellschaftskapitänsmützenhalter" * 3,
        "a very long name of many words " * 6,
        "茶 🍵 чай",
        "<b>Mug</b>\n\t\x07 & more",
    ],
)
def test_any_name_finds_room_beside_the_plate(name, tmp_path):
    drawn = draw_card(Card(name, "Quillmoss", "Botanicals & tea"), tmp_path)
    empty = draw_card(Card("", "Quillmoss", "Botanicals & tea"), tmp_path)
    changed = ImageChops.difference(drawn, empty).getbbox()
    assert (changed is None) == (name == "")
    if changed is not None:
        left, top, right, bottom = changed
        assert left >= 100
        assert right <= 640  # the plate begins at 680
        assert top >= 110  # below the shop's name
        assert bottom <= 560
