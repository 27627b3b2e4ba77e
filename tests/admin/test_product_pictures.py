"""Pictures of a product through its page: taken in, ordered, aimed, removed and put back."""

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import select

from storefront.audit import changes_of
from storefront.catalog.models import Picture, Variant
from storefront.extensions import db
from tests.catalog.test_picture_intake import a_picture, encoded
from tests.factories import a_product
from tests.page import Page


def opened(client, product_id: int) -> Page:
    return Page.open(client, f"/admin/products/{product_id}/pictures")


def sent(client, product_id: int, *files: tuple[bytes, str], alt: str = ""):
    answer = client.post(
        f"/admin/products/{product_id}/pictures",
        data={"files": [(BytesIO(raw), name) for raw, name in files], "alt": alt},
        content_type="multipart/form-data",
    )
    answer.request.environ["wsgi.input"].close()  # the sender's own file, where it was large
    return answer


def kept() -> list[Picture]:
    db.session.rollback()
    return list(db.session.scalars(select(Picture).order_by(Picture.position)))


def two_pictures(client, product_id: int) -> list[Picture]:
    answer = sent(
        client, product_id,
        (encoded(a_picture(400, 300)), "wide.png"), (encoded(a_picture(300, 400)), "high.png"),
        alt="A card",
    )  # fmt: skip
    assert answer.status_code == 303
    return kept()


def test_several_are_taken_in_at_once_and_seen_in_the_shop(staff_client, client, app):
    mug = a_product("Mug", slug="mug")
    before = client.get("/products/mug").headers["ETag"]
    found = two_pictures(staff_client("stock"), mug.id)
    assert [(p.width, p.height, p.alt, p.position) for p in found] == [
        (400, 300, "A card", 0), (300, 400, "A card", 1),
    ]  # fmt: skip
    shown = client.get("/products/mug")
    assert found[0].digest in shown.text
    assert shown.headers["ETag"] != before
    assert (Path(app.config["MEDIA_PATH"]) / f"{found[0].digest}-320.webp").exists()
    assert {c.action for c in changes_of("product", mug.id)} == {"added picture"}


def with_place() -> bytes:
    raw, exif = BytesIO(), Image.Exif()
    exif.get_ifd(0x8825)[1] = "N"
    exif[0x010F] = "A camera that tells"
    a_picture().save(raw, "JPEG", exif=exif)
    return raw.getvalue()


def test_where_and_by_what_it_was_taken_is_left_out(staff_client, app):
    mug = a_product("Mug")
    assert b"A camera that tells" in with_place()
    sent(staff_client("owner"), mug.id, (with_place(), "me.jpg"))
    for file in Path(app.config["MEDIA_PATH"]).glob(f"{kept()[0].digest}-*"):
        assert b"camera" not in file.read_bytes()
        with Image.open(file) as picture:
            assert not picture.getexif()


def bomb() -> bytes:
    return encoded(Image.new("L", (16_000, 16_000)))


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "cannot be read as a picture"),
        (b"GIF89a<script>alert(1)</script>", "cannot be read as a picture"),
        (b"%PDF-1.4 not one", "cannot be read as a picture"),
        (b"", "cannot be read as a picture"),
        (bomb(), "more than 40 million pixels"),
        (b"\x89PNG" + b"0" * (20 * 1024 * 1024), "larger than 20 MB"),
    ],
    ids=["svg", "gif", "pdf", "empty", "bomb", "huge"],
)
def test_what_is_no_picture_is_named_and_the_rest_is_kept(staff_client, raw, said):
    mug = a_product("Mug")
    answer = sent(
        staff_client("owner"), mug.id, (raw, "bad.svg"), (encoded(a_picture()), "good.png")
    )
    assert answer.status_code == 422
    assert "bad.svg" in answer.text
    assert said in answer.text
    assert len(kept()) == 1


def test_what_hides_behind_a_picture_stays_behind(staff_client, app):
    mug = a_product("Mug")
    polyglot = encoded(a_picture(), "JPEG") + b"PK\x03\x04<script>alert(1)</script>"
    sent(staff_client("owner"), mug.id, (polyglot, "both.jpg"))
    for file in Path(app.config["MEDIA_PATH"]).glob(f"{kept()[0].digest}-*"):
        assert b"<script>" not in file.read_bytes()


def test_no_file_and_too_many_are_said(staff_client):
    mug = a_product("Mug")
    staff = staff_client("owner")
    assert "Choose one or more files" in sent(staff, mug.id).text
    eleven = [(encoded(a_picture(10 + n, 10)), f"{n}.png") for n in range(11)]
    assert "10 files at once" in sent(staff, mug.id, *eleven).text
    assert kept() == []


def test_buttons_order_them_and_the_first_is_the_cover(staff_client, client):
    mug = a_product("Mug", slug="mug")
    staff = staff_client("owner")
    first, second = (p.id for p in two_pictures(staff, mug.id))
    form = opened(staff, mug.id).form("/words")
    form.send(do=f"up-{second}")
    assert [p.id for p in kept()] == [second, first]
    assert [p.position for p in kept()] == [0, 1]
    assert kept()[0].digest in client.get("/products").text
    opened(staff, mug.id).form("/words").send(do=f"up-{second}")
    assert [p.id for p in kept()] == [second, first]
    opened(staff, mug.id).form("/words").send(do=f"down-{second}")
    assert [p.id for p in kept()] == [first, second]


def test_words_aim_and_variant_are_kept_and_seen(staff_client, client):
    mug = a_product("Mug", slug="mug", code="MUG", variants=[{}, {"sku": "MUG-L"}])
    staff = staff_client("owner")
    _first, second = two_pictures(staff, mug.id)
    large = db.session.scalars(select(Variant).where(Variant.sku == "MUG-L")).one()
    form = opened(staff, mug.id).form("/words")
    form.send(
        **{
            f"p{second.id}-alt": "The handle", f"p{second.id}-x": "80", f"p{second.id}-y": "0",
            f"p{second.id}-variants": str(large.id),
        }
    )  # fmt: skip
    assert [(p.alt, p.focus_x, p.focus_y) for p in kept()] == [
        ("A card", 50, 50), ("The handle", 80, 0),
    ]  # fmt: skip
    shown = Page.open(client, "/products/mug?variant=MUG-L")
    plate = shown.soup.select_one(".gallery .plate")
    assert plate["class"] == ["plate", "plate--x75", "plate--y0"]
    assert plate.find("img")["alt"] == "The handle"
    again = opened(staff, mug.id).form("/words")
    assert again.values[f"p{second.id}-variants"] == str(large.id)


def test_a_click_aims_and_the_keyboard_does_not(staff_client):
    mug = a_product("Mug")
    staff = staff_client("owner")
    wide, _high = two_pictures(staff, mug.id)
    name = f"p{wide.id}-at"
    opened(staff, mug.id).form("/words").send(**{f"{name}.x": "60", f"{name}.y": "135"})
    assert (kept()[0].focus_x, kept()[0].focus_y) == (25, 75)
    opened(staff, mug.id).form("/words").send(**{f"{name}.x": "0", f"{name}.y": "0"})
    assert (kept()[0].focus_x, kept()[0].focus_y) == (25, 75)


def test_a_removed_picture_comes_back_where_it_was(staff_client):
    mug = a_product("Mug")
    staff = staff_client("owner")
    first, second = two_pictures(staff, mug.id)
    digests = first.digest, second.digest
    form = opened(staff, mug.id).form("/words")
    form.values[f"p{first.id}-x"] = "10"
    page = form.send(do=f"remove-{first.id}")
    assert [(p.digest, p.position) for p in kept()] == [(digests[1], 0)]
    undo = next(
        tag["action"] for tag in page.soup.find_all("form") if "restoration" in tag["action"]
    )
    assert staff.post(undo).status_code == 303
    assert [(p.digest, p.focus_x) for p in kept()] == [(digests[0], 10), (digests[1], 50)]
    other = a_product("Other")
    stolen = undo.replace(f"/products/{mug.id}/", f"/products/{other.id}/")
    assert staff.post(stolen).status_code == 404
