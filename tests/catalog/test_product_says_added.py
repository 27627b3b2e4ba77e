"""What was added is said beside the button, once, with the way to the cart."""

from tests.factories import a_product
from tests.page import Page


def test_the_word_of_it_stands_beside_the_button_once(client):
    mug = a_product("Blue mug", variants=[{"on_hand": 5}])
    page = Page.open(client, f"/products/{mug.slug}").form("/cart/lines").send()
    assert page.path.startswith(f"/products/{mug.slug}")
    beside = page.soup.select_one("#product-add .flash")
    assert "Added Blue mug to your cart." in beside.get_text()
    assert page.link("View cart") == "/cart"
    assert page.response.headers["Cache-Control"] == "private, no-store"
    again = client.get(f"/products/{mug.slug}")
    assert "Added Blue mug" not in again.get_data(as_text=True)
    assert again.headers["Cache-Control"].startswith("public")
