"""What discounts promise whatever the cart: sums, bounds, one answer; and why one is refused."""

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storefront.pricing.discounts import DiscountRule, Why
from storefront.pricing.quote import quote
from storefront.pricing.taxes import Exemption, Rate, Taxes
from storefront.pricing.words import why_not
from tests.pricing.rules import buy_get, fixed, free_delivery, lines_of, percent, usd

some_lines = st.lists(
    st.tuples(
        st.integers(0, 10**6),
        st.integers(1, 50),
        st.integers(1, 4),
        st.sampled_from(["standard", "books", "food"]),
    ),
    max_size=8,
).map(lambda wishes: lines_of(*wishes))
shared = st.fixed_dictionaries(
    {
        "stackable": st.booleans(),
        "only": st.frozensets(st.integers(1, 5), min_size=1),
        "least": st.integers(0, 10**5),
        "code": st.sampled_from([None, "A", "B"]),
    }
)
one_rule = st.one_of(
    st.builds(lambda rate, more: percent(rate, **more), st.integers(0, 100), shared),
    st.builds(lambda amount, more: fixed(amount, **more), st.integers(1, 10**6), shared),
    st.builds(lambda more: free_delivery(**more), shared),
    st.builds(
        lambda buy, get, rate, more: buy_get(buy, get, rate, **more),
        st.integers(1, 3), st.integers(1, 2), st.integers(1, 100), shared,
    ),
)  # fmt: skip


def numbered(rules: list[DiscountRule]) -> list[DiscountRule]:
    return [replace(rule, id=n) for n, rule in enumerate(rules, 1)]


some_rules = st.lists(one_rule, max_size=5).map(numbered)
some_rates = st.dictionaries(
    st.sampled_from(["standard", "books", "food", "delivery"]),
    st.builds(Rate, st.sampled_from(["VAT", "Levy"]), st.integers(0, 10**6)),
)
some_taxes = st.one_of(
    st.none(),
    st.builds(
        Taxes,
        some_rates,
        some_rates,
        st.one_of(st.none(), st.just(Exemption("certificate", "X-1"))),
    ),
)
some_delivery = st.one_of(st.none(), st.integers(0, 10**5).map(usd))


any_cart = given(some_lines, some_delivery, some_taxes, some_rules, st.booleans())


@any_cart
def test_the_parts_always_sum_to_the_total(lines, delivery, taxes, rules, included):
    answer = quote(lines, "USD", delivery, taxes, rules, included)
    added = 0 if included else answer.tax.minor
    charged = answer.shipping.minor if answer.shipping else 0
    goods = answer.subtotal.minor - answer.discount.minor
    assert answer.total.minor == goods + charged + added
    assert answer.subtotal.minor == sum(line.total.minor for line in answer.lines)
    assert answer.discount.minor == sum(line.discount.minor for line in answer.lines)
    assert answer.discount.minor == sum(one.amount.minor for one in answer.applied)
    if delivery is not None:
        saved = sum(one.delivery.minor for one in answer.applied)
        net = included and taxes is not None and taxes.none
        assert charged + saved == delivery.minor or (net and charged + saved <= delivery.minor)


@any_cart
def test_tax_lines_sum_to_the_tax_and_bases_to_no_more_than_was_paid(
    lines, delivery, taxes, rules, included
):
    answer = quote(lines, "USD", delivery, taxes, rules, included)
    assert answer.tax.minor == sum(line.amount.minor for line in answer.taxes)
    bases = sum(line.base.minor for line in answer.taxes)
    assert bases <= answer.total.minor - answer.tax.minor
    assert all(line.amount.minor >= 0 and line.base.minor >= 0 for line in answer.taxes)
    assert all(line.rate_ppm and line.included is included for line in answer.taxes)
    if taxes is None or taxes.none:
        assert answer.taxes == ()
        assert answer.tax.minor == 0
    elif all(rate.rate_ppm for rate in taxes.rates.values()) and "standard" in taxes.rates:
        assert bases == answer.total.minor - answer.tax.minor  # everything is taxed


@any_cart
def test_no_discount_makes_anything_negative_or_dearer(lines, delivery, taxes, rules, included):
    answer = quote(lines, "USD", delivery, taxes, rules, included)
    assert all(0 <= line.discount.minor <= line.total.minor for line in answer.lines)
    assert answer.shipping is None or answer.shipping.minor >= 0
    assert answer.total.minor >= 0
    before = quote(lines, "USD", delivery, taxes, (), included)
    goods = answer.subtotal.minor - answer.discount.minor
    assert goods <= before.subtotal.minor
    if included or taxes is None or taxes.none:
        assert answer.total.minor <= before.total.minor


@given(some_lines, some_delivery, some_taxes, some_rules, st.booleans(), st.randoms())
def test_asking_twice_and_in_any_order_says_the_same(
    lines, delivery, taxes, rules, included, random
):
    answer = quote(lines, "USD", delivery, taxes, rules, included)
    shuffled = list(rules)
    random.shuffle(shuffled)
    assert quote(lines, "USD", delivery, taxes, rules, included) == answer
    assert quote(lines, "USD", delivery, taxes, shuffled, included) == answer
    mixed = list(lines)
    random.shuffle(mixed)
    other = quote(mixed, "USD", delivery, taxes, rules, included)
    assert sorted(other.lines, key=lambda line: line.key) == list(answer.lines)
    assert replace(other, lines=()) == replace(answer, lines=())


@given(some_lines, some_delivery, some_taxes)
def test_who_is_charged_no_tax_never_pays_more(lines, delivery, taxes):
    with_tax = quote(lines, "USD", delivery, taxes, (), prices_include_tax=True)
    exempt = replace(taxes or Taxes(), exemption=Exemption("certificate", "X-1"))
    without = quote(lines, "USD", delivery, exempt, (), prices_include_tax=True)
    assert without.total.minor <= with_tax.total.minor or (taxes is not None and taxes.none)


@given(some_lines, some_delivery, some_rules)
def test_every_code_either_counts_or_has_its_reason(lines, delivery, rules):
    answer = quote(lines, "USD", delivery, None, rules)
    said = sorted([one.id for one in answer.applied if one.code])
    said += [one.rule.id for one in answer.refused]
    assert sorted(said) == [rule.id for rule in rules if rule.code]
    for refused in answer.refused:
        assert refused.rule.code in why_not(refused, "en_US", ZoneInfo("UTC"))


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        (percent(10, barred=Why.ENDED), Why.ENDED),
        (percent(10, only=[2]), Why.WRONG_ITEMS),
        (buy_get(2, 1), Why.TOO_FEW),
        (percent(10, least=1251), Why.MINIMUM),
        (percent(0), Why.NO_EFFECT),
        (percent(10, least=9999, only=[2]), Why.WRONG_ITEMS),  # the nearer reason first
    ],
)
def test_a_refusal_names_its_reason(rule, why):
    answer = quote(lines_of((1250, 1, 1)), "USD", discounts=[replace(rule, code="X")])
    assert [one.why for one in answer.refused] == [why]
    assert answer.total == usd(1250)


def test_of_two_equals_the_code_counts_that_was_entered():
    answer = quote(
        lines_of((1000, 1)), "USD", discounts=[percent(10, id=1), percent(10, id=2, code="MINE")]
    )
    assert [one.code for one in answer.applied] == ["MINE"]


def test_a_code_beaten_by_a_better_discount_says_by_which():
    answer = quote(
        lines_of((1000, 1)), "USD", discounts=[percent(10, code="TEN"), fixed(200, name="Spring")]
    )
    [refused] = answer.refused
    assert (refused.why, refused.by) == (Why.NOT_COMBINABLE, "Spring")


def test_what_takes_nothing_off_is_kept_for_another_time():
    answer = quote(lines_of((1000, 1)), "USD", usd(0), discounts=[free_delivery(code="POST")])
    assert answer.applied == ()
    assert [one.why for one in answer.refused] == [Why.NO_EFFECT]


def test_free_delivery_counts_before_the_delivery_is_chosen():
    answer = quote(lines_of((1000, 1)), "USD", discounts=[free_delivery(code="POST")])
    assert [one.code for one in answer.applied] == ["POST"]
