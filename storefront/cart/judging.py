"""What the rules say of a cart's restricted lines, where it goes and to a buyer of an age."""

from dataclasses import replace
from datetime import datetime

from storefront.account.address import Address
from storefront.cart.contents import Contents
from storefront.compliance.lawbook import Wanted, judge, place_of


def judged(contents: Contents, goes_to: Address | None, age: int | None, now: datetime) -> Contents:
    """The same with decisions; a cart without restricted lines costs no statement."""
    wanted = [Wanted(one.variant_id, one.counted) for one in contents.lines if one.restricted]
    if not wanted:
        return contents
    place = place_of(goes_to)
    return replace(contents, decisions=judge(wanted, place, age, now), place=place)
