"""Which zone an address is in, what a delivery costs, and what stops one."""

import pytest

from storefront.account.address import Address
from storefront.money import Money
from storefront.pricing.models import Parcel, ShippingMethod
from storefront.pricing.places import place_of
from storefront.pricing.words import why_stopped
from storefront.pricing.zones import DeliveryMap, Why, Zone


def method(code: str, **values) -> ShippingMethod:
    return ShippingMethod(
        **{"code": code, "name": code, "currency": "USD", "rate_by": "flat", "price_minor": 500,
           "bands": [], **values}
    )  # fmt: skip


def zone(code: str, *places, methods=None) -> Zone:
    methods = (method(code),) if methods is None else methods
    return Zone(code, code, tuple(place_of(place) for place in places), tuple(methods))


def to(region: str = "", postcode: str = "", country: str = "US") -> Address:
    return Address(country=country, region=region, postcode=postcode)


def parcel(minor: int = 1000, grams: int = 0) -> Parcel:
    return Parcel(Money(minor, "USD"), grams)


US, ALASKA = {"country": "US"}, {"country": "US", "regions": ["AK", "HI"]}
ANCHORAGE = {"country": "US", "postcodes": ["995*"]}
TOWN = {"country": "US", "regions": ["AK"], "postcodes": ["995*"]}
DOWNTOWN = {"country": "US", "postcodes": ["99501"]}
HARBOUR = {"country": "US", "postcodes": ["99500-99509"]}


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        (to("NC", "27601"), "us"),
        (to("AK", "99701"), "alaska"),
        (to("AK", "99555"), "town"),  # postcode and region beat the postcode alone
        (to("", "99555"), "anchorage"),  # the postcode beats the country
        (to("AK", "99501"), "downtown"),  # the whole postcode beats its beginning
        (to("AK", "99507"), "harbour"),  # a range that fixes four characters beats three
        (to("", "", "FR"), None),
    ],
)
def test_the_nearest_zone_wins_whatever_their_order(address, expected):
    zones = [
        zone("us", US), zone("alaska", ALASKA), zone("anchorage", ANCHORAGE), zone("town", TOWN),
        zone("downtown", DOWNTOWN), zone("harbour", HARBOUR),
    ]  # fmt: skip
    for order in (zones, zones[::-1]):
        found = DeliveryMap(tuple(order)).zone_for(address)
        assert (found and found[0].code) == expected


def test_only_the_nearest_zones_methods_are_offered():
    shop = DeliveryMap((zone("us", US, methods=[method("slow"), method("fast")]),
                        zone("alaska", ALASKA, methods=[method("air")])))  # fmt: skip
    assert [m.code for m in shop.offers(to("NC"), parcel()).methods] == ["slow", "fast"]
    assert [m.code for m in shop.offers(to("AK"), parcel()).methods] == ["air"]


BANDS = [{"up_to": 500, "price_minor": 400}, {"up_to": 2000, "price_minor": 900}]


@pytest.mark.parametrize(
    ("grams", "price"), [(0, 400), (500, 400), (501, 900), (2000, 900), (2001, None)]
)
def test_a_rate_by_weight_to_the_gram(grams, price):
    by_weight = method("post", rate_by="weight", bands=BANDS)
    found = by_weight.price(parcel(grams=grams))
    assert (found and found.minor) == price


@pytest.mark.parametrize(
    ("minor", "price"), [(0, 700), (4999, 700), (5000, 700), (5001, 300), (10**9, 300)]
)
def test_a_rate_by_worth_with_an_open_end(minor, price):
    bands = [{"up_to": 5000, "price_minor": 700}, {"price_minor": 300}]
    assert method("post", rate_by="price", bands=bands).price(parcel(minor)).minor == price


def test_what_is_free_from_an_amount_is_still_refused_when_it_is_too_heavy():
    by_weight = method("post", rate_by="weight", bands=BANDS, free_over_minor=1000)
    assert by_weight.price(parcel(1000, 2000)).minor == 0
    assert by_weight.price(parcel(1000, 2001)) is None


@pytest.mark.parametrize(("worth", "missing"), [(5400, 600), (5999, 1), (6000, None), (7000, None)])
def test_how_much_more_makes_it_free(worth, missing):
    found = method("post", free_over_minor=6000).missing(parcel(worth))
    assert (found and found.minor) == missing
    assert method("post").missing(parcel(worth)) is None


@pytest.mark.parametrize(
    ("zones", "address", "said"),
    [
        ([zone("us", US)], to(country="NO"), "We do not deliver to Norway: none of our carriers"),
        (
            [zone("us", US), zone("alaska", ALASKA, methods=[])],
            to("AK", "99501"),
            "We do not deliver to Alaska, United States:",
        ),
        (
            [zone("us", US), zone("anchorage", ANCHORAGE, methods=[])],
            to("AK", "99501"),
            "We do not deliver to 99501, United States:",
        ),
        ([zone("alaska", ALASKA)], to("NC", "27601"), "We do not deliver to North Carolina"),
        ([zone("anchorage", ANCHORAGE)], to("NC", "27601"), "We do not deliver to 27601, United"),
        (
            [zone("euros", US, methods=[method("euros", currency="EUR")])],
            to("NC"),
            "We do not deliver to United States:",
        ),
        (
            [zone("us", US, methods=[method("post", rate_by="weight", bands=BANDS)])],
            to("NC"),
            "Your cart weighs 12.5\xa0kg, and we send at most 2\xa0kg to United States.",
        ),
        (
            [zone("us", US, methods=[method("post", rate_by="price", bands=BANDS)])],
            to("NC"),
            "Your cart is worth $90.00, and we send at most $20.00 to United States.",
        ),
    ],
)  # fmt: skip
def test_what_stops_a_delivery_is_named_with_the_place(zones, address, said):
    offers = DeliveryMap(tuple(zones)).offers(address, parcel(9000, 12_500))
    assert offers.methods == ()
    assert why_stopped(offers.stopped, "en_US").startswith(said)


def test_one_method_that_carries_it_is_enough():
    heavy = method("freight", rate_by="weight", bands=[{"price_minor": 9900}])
    light = method("post", rate_by="weight", bands=BANDS)
    offers = DeliveryMap((zone("us", US, methods=[light, heavy]),)).offers(
        to("NC"), parcel(grams=12_500)
    )
    assert [m.code for m in offers.methods] == ["freight"]
    assert offers.stopped is None


def test_a_country_without_any_method_is_not_among_those_served():
    shop = DeliveryMap((zone("none", {"country": "FR"}, methods=[]), zone("us", ALASKA)))
    assert shop.countries("USD") == ["US"]
    assert shop.countries("EUR") == []
    assert shop.offers(to(country="FR"), parcel()).stopped.why == Why.NOT_THERE
