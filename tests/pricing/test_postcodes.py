"""Postcode patterns: what they cover, which of two is nearer, and which are refused and why."""

import pytest

from storefront.account.address import rules_of
from storefront.pricing.postcodes import BadPattern, check_pattern, read_pattern, squeezed


@pytest.mark.parametrize(
    ("pattern", "country", "postcode", "covered"),
    [
        ("995*", "US", "99501", True),
        ("995*", "US", "99601", False),
        ("99501", "US", "99501", True),
        ("99501", "US", "99501-1234", True),  # the four more digits of a street
        ("99501", "US", "99502", False),
        ("99501-1234", "US", "99501-1234", True),
        ("99501-1234", "US", "99501-9999", False),
        ("10000-19999", "DE", "10000", True),
        ("10000-19999", "DE", "19999", True),
        ("10000-19999", "DE", "20000", False),
        ("10000 - 19999", "DE", "12345", True),
        ("SW1A 1AA", "GB", "sw1a1aa", True),
        ("sw1a1aa", "GB", "SW1A 1AA", True),
        ("SW1A*", "GB", "SW1A 2AA", True),
        ("SW1A*", "GB", "SW1V 2AA", False),
        ("00-950", "PL", "00-950", True),  # a hyphen of the postcode's own
        ("00-950", "PL", "00-951", False),
        ("00001-00999", "PL", "00-950", True),
        ("1234 A*", "NL", "1234 AB", True),
        ("995*", "US", "", False),
    ],
)
def test_a_pattern_covers_what_it_says(pattern, country, postcode, covered):
    check_pattern(pattern, country)
    assert read_pattern(pattern, country).covers(postcode) is covered


@pytest.mark.parametrize(
    ("pattern", "country", "why"),
    [
        ("", "US", "write a postcode"),
        ("*", "US", "write a postcode"),
        ("9*5", "US", "write a postcode"),
        ("99501;99502", "US", "write a postcode"),
        ("٩٩٥*", "US", "write a postcode"),
        ("9" * 400, "US", "write a postcode"),
        ("SW1A*", "US", "no postcode of US is like that; one is 95014"),
        ("9950", "US", "no postcode of US is like that"),
        ("995011*", "DE", "no postcode of DE is like that"),
        ("1000-1999", "DE", "no postcode of DE is like that"),
        ("10000-199999", "DE", "no postcode of DE is like that"),
        ("19999-10000", "DE", "its end comes before its beginning"),
        ("A1*", "HK", "HK has no postcodes"),
    ],
)
def test_a_pattern_that_covers_nothing_is_refused_and_named(pattern, country, why):
    with pytest.raises(BadPattern) as refused:
        check_pattern(pattern, country)
    assert f"“{pattern}”" in refused.value.message
    assert why in refused.value.message


@pytest.mark.parametrize(
    "country", ["US", "DE", "AT", "GB", "CA", "NL", "IE", "PL", "JP", "BR", "FR"]
)
def test_every_beginning_of_a_real_postcode_is_a_pattern(country):
    for example in rules_of(country).postal_code_examples:
        check_pattern(example, country)
        assert read_pattern(example, country).covers(example)
        for length in range(1, len(squeezed(example))):
            beginning = squeezed(example)[:length] + "*"
            check_pattern(beginning, country)
            assert read_pattern(beginning, country).covers(example)


def test_the_pattern_that_fixes_more_is_nearer():
    nearer = [read_pattern(text, "US").precision
              for text in ("90000-99999", "99000-99999", "995*", "9950*", "99501")]  # fmt: skip
    assert nearer == sorted(set(nearer))
