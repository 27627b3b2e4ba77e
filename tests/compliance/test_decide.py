"""decide() against the example rules, and each of the ways in which rows combine."""

from dataclasses import replace
from datetime import timedelta

import pytest

from storefront.compliance.decide import Goods, Place, Why, decide
from storefront.compliance.labels import is_known, kept
from tests.compliance.law import (
    DAY,
    WORDS,
    a_lot,
    a_rule,
    example,
    goods,
    judged,
    measured,
    said,
)

OHIO, TEXAS, GEORGIA = (Place("US", region) for region in ("OH", "TX", "GA"))
FLORIDA = Place("US", "FL", city="Tampa", postcode="33602")
SARASOTA = replace(FLORIDA, county="Sarasota", city="Venice", postcode="34285")
TAMPA = replace(FLORIDA, county="Hillsborough")
ON_THE_LINE = frozenset({"Sarasota", "Charlotte"})  # 34223
COLORADO = Place("US", "CO", city="Denver")


# What it is: place, age, what is sold, and every reason why not.
USEFUL = {
    "Alabama is closed": (Place("US", "AL"), 21, goods(), {("denied", "")}),
    "Georgia, 0.1 mg a gram": (GEORGIA, 21, goods(), set()),
    "Georgia, 0.6 mg a gram": (
        GEORGIA,
        21,
        goods(a_lot(measured("0.6"))),
        {
            ("label", "seven_oh_pct_w_w<=0.04"),  # the shop's own
            ("label", "seven_oh_mg_per_g<=0.5"),
            ("label", "seven_oh_mg_per_serving<=1"),
        },
    ),
    "Texas at 20, by the shop-wide 21": (TEXAS, 20, goods(), {("under_age", "21")}),
    "Texas at 21": (TEXAS, 21, goods(), set()),
    "Texas, nothing shown": (TEXAS, None, goods(), {("age_unknown", "21")}),
    "Sarasota County": (SARASOTA, 21, goods(), {("denied", "")}),
    "elsewhere in Florida": (TAMPA, 21, goods(), set()),
    "Florida, county unknown": (FLORIDA, 21, goods(), {("place_unknown", "county")}),
    "Florida, a code in two counties": (
        replace(FLORIDA, counties=ON_THE_LINE), 21, goods(), {("place_unknown", "county")},
    ),
    "New Zealand is closed": (Place("NZ"), 21, goods(), {("denied", "")}),
    "a country not listed": (Place("NO"), 21, goods(), {("not_listed", "")}),
    "no country": (Place(), 21, goods(), {("place_unknown", "country")}),
    "a state that has no row of its own": (Place("US", "WA"), 21, goods(), set()),
    "the United States, no state told": (Place("US"), 21, goods(), {("place_unknown", "region")}),
    "a class closed everywhere": (TEXAS, 21, goods(class_code="kratom_7oh"), {("denied", "")}),
}  # fmt: skip


@pytest.mark.parametrize("name", USEFUL)
def test_the_example_rules_say(name):
    place, age, what, reasons = USEFUL[name]
    found = judged(place, age, what=what)
    assert said(found) == reasons
    assert found.allowed == (not reasons)


@pytest.mark.parametrize("name", USEFUL)
def test_a_teapot_ships_to_all_of_them(name):
    assert judged(USEFUL[name][0], None, what=Goods()).allowed


def test_a_mixed_cart_blocks_one_line_and_keeps_the_rest():
    found = [judged(Place("US", "AL"), what=what) for what in (Goods(), goods(), Goods())]
    assert [one.allowed for one in found] == [True, False, True]
    denial = found[1].reasons[0].rule
    assert denial is not None
    assert (denial.region, denial.source[:20]) == ("AL", "Schedule I since 201")


def test_rows_from_country_to_city_are_collected_and_nothing_else():
    found = judged(Place("US", "MO", city="kansas city"))
    assert {(rule.region, rule.locality, rule.rule) for rule in found.applied} == {
        ("", "", "min_age"),
        ("", "", "needs_label"),
        ("MO", "city:Kansas City", "min_age"),
        ("MO", "city:Kansas City", "needs_label"),
    }
    assert said(found) == {("label", "seller_license")}


def test_a_class_covers_its_children_and_not_its_namesakes():
    rules = [a_rule(), a_rule("deny", "", class_code="Kratom_7OH")]
    assert judged(OHIO, rules=rules).allowed
    assert said(judged(OHIO, rules=rules, what=goods(class_code="kratom_7oh"))) == {("denied", "")}
    namesake = goods(class_code="kratomleaf")
    assert said(judged(OHIO, rules=rules, what=namesake)) == {("not_listed", "")}


def test_the_highest_age_wins_and_label_words_add_up():
    rules = [
        a_rule(value="18"),
        a_rule(value="21", region="CO"),
        a_rule("needs_label", "ingredients"),
        a_rule("needs_label", "seller_license|directions", region="CO"),
    ]
    found = judged(COLORADO, None, rules, goods(words={"directions": "Brew."}))
    assert found.min_age == 21
    assert said(found) == {
        ("age_unknown", "21"),
        ("label", "ingredients"),
        ("label", "seller_license"),
    }


def test_where_the_place_is_not_known_the_highest_age_there_could_be_is_asked_for():
    rules = [a_rule(value="18"), a_rule(value="21", region="CO")]
    found = judged(Place("US"), 18, rules)
    assert found.min_age == 21
    assert said(found) == {("place_unknown", "region"), ("under_age", "21")}


def test_the_class_itself_may_ask_for_an_age():
    assert said(judged(OHIO, 18, [a_rule(value="18")], goods(min_age=21))) == {("under_age", "21")}


def test_a_denial_opens_no_country():
    rules = [a_rule("deny", "", region="AL")]
    assert said(judged(TEXAS, rules=rules)) == {("not_listed", "")}


def test_a_rule_of_one_town_opens_that_town_only():
    rules = [a_rule(region="CO", locality="city:Denver")]
    assert judged(COLORADO, rules=rules).allowed
    assert said(judged(replace(COLORADO, city="Parker"), rules=rules)) == {("not_listed", "")}


DENY_COUNTY = [a_rule(), a_rule("deny", "", region="FL", locality="county:St. Johns")]


@pytest.mark.parametrize("written", ["St. Johns", "Saint Johns County", "ST JOHNS", "st.johns"])
def test_a_county_is_found_however_it_is_written(written):
    place = Place("US", "FL", county=written)
    assert said(judged(place, rules=DENY_COUNTY)) == {("denied", "")}


@pytest.mark.parametrize(
    ("wanted", "written"),
    [
        ("Newport Beach", "NEWPORT  BEACH"),
        ("Fresno", "City of Fresno"),
        ("La Quinta", "LaQuinta"),
        ("Cañon City", "Canon City"),
    ],
)
def test_so_is_a_city(wanted, written):
    rules = [a_rule(), a_rule("deny", "", region="CA", locality=f"city:{wanted}")]
    assert said(judged(Place("US", "CA", city=written), rules=rules)) == {("denied", "")}
    assert judged(Place("US", "CA", city="Elsewhere"), rules=rules).allowed


@pytest.mark.parametrize(
    ("postcode", "why"),
    [
        ("34223", {("denied", "")}),
        ("34223-1234", {("denied", "")}),
        ("3422", {("place_unknown", "postcode")}),
        ("", {("place_unknown", "postcode")}),
        ("34224", set()),
    ],
)
def test_a_rule_of_a_postcode_waits_for_a_whole_one(postcode, why):
    rules = [a_rule(), a_rule("deny", "", region="FL", locality="zip:34223")]
    assert said(judged(Place("US", "FL", postcode=postcode), rules=rules)) == why


def test_a_locality_that_nobody_can_read_blocks():
    rules = [a_rule(), a_rule("deny", "", region="FL", locality="near the sea")]
    assert not judged(TAMPA, rules=rules).allowed


def test_a_county_that_the_postcode_contradicts_is_not_believed():
    place = replace(TAMPA, counties=ON_THE_LINE)
    assert said(judged(place)) == {("place_unknown", "county")}
    assert judged(replace(place, county="Charlotte")).allowed
    assert said(judged(replace(place, county="sarasota county"))) == {("denied", "")}


@pytest.mark.parametrize(
    ("days", "aging", "why"),
    [
        (0, False, set()),
        (90, False, set()),
        (91, True, set()),
        (180, True, set()),
        (181, True, {("stale", "")}),
        (None, True, {("stale", "")}),
    ],
)
def test_a_rule_not_looked_at_again_warns_then_closes_its_place(days, aging, why):
    looked = None if days is None else DAY - timedelta(days)
    found = judged(TEXAS, rules=[a_rule(checked_on=looked)])
    assert bool(found.aging) == aging
    assert said(found) == why


def test_how_long_a_look_is_good_is_the_shops_to_say():
    rules = [a_rule(checked_on=DAY - timedelta(100))]
    assert said(judged(TEXAS, rules=rules, review=30)) == {("stale", "")}
    assert not judged(TEXAS, rules=rules, review=365).aging


def test_an_old_denial_still_denies_and_one_old_row_closes_no_other_place():
    rules = [a_rule(), a_rule("deny", "", region="AL", checked_on=None)]
    assert said(judged(Place("US", "AL"), rules=rules)) == {("denied", "")}
    old = [a_rule(), a_rule(value="18", region="NV", checked_on=None)]
    assert said(judged(Place("US", "NV"), rules=old)) == {("stale", "")}
    assert judged(TEXAS, rules=old).allowed


def test_a_row_of_a_later_day_begins_by_the_clock():
    begins = DAY + timedelta(10)
    rules = [a_rule(), a_rule("deny", "", region="OH", starts_on=begins)]
    assert judged(OHIO, rules=rules, day=begins - timedelta(1)).allowed
    assert said(judged(OHIO, rules=rules, day=begins)) == {("denied", "")}


def test_a_row_ends_after_its_last_day():
    rules = [a_rule(), a_rule("deny", "", region="OH", ends_on=DAY)]
    assert said(judged(OHIO, rules=rules, day=DAY)) == {("denied", "")}
    assert judged(OHIO, rules=rules, day=DAY + timedelta(1)).allowed


def test_a_country_closes_when_what_opened_it_ends():
    rules = [a_rule(ends_on=DAY)]
    assert judged(OHIO, rules=rules).allowed
    assert said(judged(OHIO, rules=rules, day=DAY + timedelta(1))) == {("not_listed", "")}


def test_a_word_nobody_knows_is_never_met():
    words = {**WORDS, "blessed_by_the_king": "yes"}
    rules = [a_rule(), a_rule("needs_label", "blessed_by_the_king")]
    assert said(judged(OHIO, rules=rules, what=goods(words=words))) == {
        ("label", "blessed_by_the_king")
    }


def test_an_age_nobody_can_read_is_nobodys_age():
    assert not judged(OHIO, 120, [a_rule(value="grown up")]).allowed


LIMIT = [a_rule("needs_label", "seven_oh_mg_per_g<=0.005")]


@pytest.mark.parametrize(
    ("found", "fits"),
    [
        (measured("0.005"), True),
        (measured("0.004", operator="<"), True),
        (measured("0.01", operator="<"), False),  # it may be 0.009
        (measured("0.006"), False),
        (measured(None, operator="nd"), False),  # by a method that does not say what it sees
        (measured("0.001", operator="nd"), True),
        (measured("4", "mg/kg"), True),
        (measured("6", "ppm"), False),
        (measured("0.0006", "%"), False),
        (measured("0.001", "in a cup"), False),
    ],
)
def test_less_than_what_the_method_sees_counts_as_just_that(found, fits):
    assert judged(OHIO, rules=LIMIT, what=goods(a_lot(found))).allowed == fits
    if found.unit == "mg/g":
        assert kept(found, measured("0.005").value, absent=False) == fits


def test_one_lot_over_the_limit_blocks_what_comes_from_two():
    two = goods(a_lot(measured("0.001")), a_lot(measured("0.02")))
    assert not judged(OHIO, rules=LIMIT, what=two).allowed


SERVING = [a_rule("needs_label", "mitragynine_mg_per_serving<=25")]


@pytest.mark.parametrize(
    ("serving", "fits"),
    [
        ("2 g", True),
        ("2500 mg (half a spoon)", True),
        ("3 g", False),
        ("a cup", False),
        ("", False),
    ],
)
def test_a_limit_of_a_serving_needs_to_know_how_much_that_is(serving, fits):
    what = goods(words={"serving_size": serving} if serving else {})
    assert judged(OHIO, rules=SERVING, what=what).allowed == fits


def test_a_share_of_alkaloids_needs_all_of_them():
    rules = [a_rule("needs_label", "seven_oh_pct_of_alkaloids<=2")]
    assert judged(OHIO, rules=rules).allowed
    for total in (measured("20", operator="<"), measured("0"), measured("20", "in a cup")):
        assert not judged(OHIO, rules=rules, what=goods(a_lot(total_alkaloids=total))).allowed


def test_the_lots_own_report_answers_for_the_label():
    rules = [a_rule("needs_label", "seven_oh_amount")]
    assert judged(OHIO, rules=rules, what=goods(words={})).allowed
    lot = replace(a_lot(), values={})
    assert not judged(OHIO, rules=rules, what=goods(lot, words={})).allowed


def test_what_the_owner_confirms_is_met_and_what_no_web_shop_can_is_not():
    rules = [a_rule("needs_label", "seller_license|in_person_only")]
    label = replace(goods().label, confirmed=frozenset({"seller_license", "in_person_only"}))
    assert said(judged(OHIO, rules=rules, what=goods(label=label))) == {("label", "in_person_only")}
    printed = goods(words={"seller_license": "No. 5"})
    assert ("label", "seller_license") in said(judged(OHIO, rules=rules, what=printed))


@pytest.mark.parametrize("trouble", ["quarantine", "recalled", "expired", "rejected"])
def test_a_lot_that_may_not_be_sold_blocks_whether_or_not_a_report_is_asked_for(trouble):
    for asks in (True, False):
        what = goods(a_lot(trouble=trouble), needs_report=asks)
        assert said(judged(OHIO, rules=[a_rule()], what=what)) == {("lot", trouble)}


def test_a_report_is_missed_where_the_class_asks_for_one():
    what = goods(a_lot(trouble="unreported"))
    assert said(judged(OHIO, rules=[a_rule()], what=what)) == {("lot", "unreported")}
    assert judged(OHIO, rules=[a_rule()], what=replace(what, needs_report=False)).allowed
    nothing = replace(goods(), lots=())
    assert said(judged(OHIO, rules=[a_rule()], what=nothing)) == {("lot", "none")}
    assert judged(OHIO, rules=[a_rule()], what=replace(nothing, needs_report=False)).allowed


def test_what_is_blocked_only_for_want_of_an_age_says_so():
    found = judged(TEXAS, None)
    assert found.blocked_only_by(Why.AGE_UNKNOWN)
    assert not judged(Place("US", "AL"), None).blocked_only_by(Why.AGE_UNKNOWN)
    assert not judged(TEXAS).blocked_only_by(Why.AGE_UNKNOWN)


def test_a_frozen_decision_names_the_rules_that_were_applied():
    frozen = judged(TEXAS).frozen()
    assert frozen["allowed"] is True
    assert frozen["min_age"] == 21
    assert [rule["region"] for rule in frozen["rules"]] == ["", "", "TX", "TX"]
    assert all(rule["source"] and rule["checked_on"] == "2026-11-27" for rule in frozen["rules"])
    blocked = judged(Place("US", "AL")).frozen()
    denied = next(one for one in blocked["reasons"] if one["why"] == "denied")
    assert denied["rule"] in {rule["id"] for rule in blocked["rules"]}


def test_every_word_of_the_example_rules_is_known():
    words = {w for rule in example() if rule.rule == "needs_label" for w in rule.value.split("|")}
    assert len(words) > 30
    assert all(is_known(word) for word in words)
    for odd in ("seven_oh_ppm<=", "seven_oh_ppm<=-1", "lead<=1", "seven_oh_ppm>=1", ""):
        assert not is_known(odd)


def test_goods_without_a_class_ask_for_no_rule():
    assert decide(Goods(), Place(), None, [], DAY).applied == ()
