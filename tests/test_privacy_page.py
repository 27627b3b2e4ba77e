"""What the shop says it keeps is what it keeps, in every language it is said in."""

import re

import pytest

from storefront import flash
from storefront.account import access
from storefront.age import proof
from storefront.cart import current as cart
from storefront.pages.texts import TEXTS
from storefront.wishes import current as wishes
from tests.factories import a_restricted_class
from tests.page import Page

COOKIES = {access.COOKIE, cart.COOKIE, cart.COUNT_COOKIE, flash.COOKIE, wishes.COOKIE}
WRITTEN = TEXTS / "privacy.md"
TRANSLATED = sorted(TEXTS.glob("*/privacy.md"))


def rows(text: str) -> list[str]:
    return re.findall(r"^\| (\w+) \|", text, flags=re.MULTILINE)[1:]


@pytest.mark.parametrize("path", [WRITTEN, *TRANSLATED], ids=lambda path: path.parent.name)
def test_every_cookie_is_named_and_no_part_is_left_out(path):
    text = path.read_text(encoding="utf-8")
    assert set(rows(text)) == COOKIES
    assert text.count("\n## ") == WRITTEN.read_text(encoding="utf-8").count("\n## ")


def test_what_is_kept_of_an_age_is_said_where_an_age_is_asked_for(client):
    assert "birthday" not in Page.open(client, "/pages/privacy").text
    a_restricted_class()
    said = Page.open(client, "/pages/privacy").text
    assert f"The cookie {proof.COOKIE} keeps for {proof.KEPT_FOR.days} days" in said
