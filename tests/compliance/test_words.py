"""A reason in a shopper's words: what, where, who says so, what to do; in English and German."""

from datetime import date

import pytest

from storefront.compliance import labels
from storefront.compliance.decide import Decision, Place, Reason, Rule, Why
from storefront.compliance.models import DENY, MIN_AGE, NEEDS_LABEL
from storefront.compliance.words import asked_for, place_name, rule_place, why_nots
from storefront.languages import language_of, speaking

OHIO = Place(country="US", region="OH")


def a_rule(rule: str = DENY, region: str = "", locality: str = "", **values) -> Rule:
    return Rule(
        **{
            "id": 1, "class_code": "kratom", "country": "US", "region": region,
            "locality": locality, "rule": rule, "value": "", "source": "Act 1 of 2026",
            "checked_on": date(2026, 4, 1), **values,
        }
    )  # fmt: skip


def words(reason: Reason, place: Place = OHIO) -> str:
    return " ".join(str(one) for one in why_nots(Decision((reason,)), place))


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        (
            Reason(Why.DENIED, rule=a_rule(region="AL")),
            "Alabama: may not be sold there. Source: Act 1 of 2026. Looked at on 1 April 2026. "
            "Choose another destination, or leave it out.",
        ),
        (
            Reason(Why.DENIED, rule=a_rule(region="FL", locality="county:Sarasota")),
            "Sarasota County, Florida: may not be sold there. Source: Act 1 of 2026. "
            "Looked at on 1 April 2026. Choose another destination, or leave it out.",
        ),
        (
            Reason(Why.DENIED, rule=a_rule(region="OH", source="VERIFY; emergency rule")),
            "Ohio: may not be sold there. Source, still to be confirmed: emergency rule. "
            "Looked at on 1 April 2026. Choose another destination, or leave it out.",
        ),
        (
            Reason(Why.NOT_LISTED),
            "Ohio: not sold there, for we have not looked at the law. "
            "Choose another destination, or leave it out.",
        ),
        (
            Reason(Why.PLACE_UNKNOWN, "county"),
            "Ohio: whether it may be sold there depends on the county. Complete the destination.",
        ),
        (
            Reason(Why.AGE_UNKNOWN, "21", a_rule(MIN_AGE, value="21")),
            "United States: sold from an age of 21 years only. Source: Act 1 of 2026. "
            "Looked at on 1 April 2026. Tell us when you were born.",
        ),
        (
            Reason(Why.UNDER_AGE, "999", a_rule(MIN_AGE, value="grown")),
            "United States: not sold there, for the age limit cannot be read. "
            "Source: Act 1 of 2026. Looked at on 1 April 2026. Leave it out.",
        ),
        (
            Reason(Why.LABEL, "seven_oh_mg_per_g<=0.5", a_rule(NEEDS_LABEL, region="GA")),
            "Georgia: sold only with no more than 0.5 mg of 7-hydroxymitragynine in a gram, and "
            "that is not shown. Source: Act 1 of 2026. Looked at on 1 April 2026. "
            "Choose another destination, or leave it out.",
        ),
        (
            Reason(Why.LOT, "quarantine"),
            "What would be sent is not released for sale. Come back later, or leave it out.",
        ),
        (
            Reason(Why.STALE, rule=a_rule(MIN_AGE, checked_on=None)),
            "United States: not sold there now, for it is too long since we looked at the law. "
            "Source: Act 1 of 2026. Choose another destination, or leave it out.",
        ),
    ],
)
def test_a_reason_says_what_where_who_and_what_to_do(reason, said):
    assert words(reason) == said


def test_a_reason_is_said_once():
    reason = Reason(Why.DENIED, rule=a_rule(region="AL"))
    assert len(why_nots(Decision((reason, reason)), OHIO)) == 1


def test_in_german_all_of_it_is_german():
    with speaking(language_of("de_DE")):
        said = words(Reason(Why.DENIED, rule=a_rule(country="NZ")))
        nowhere = words(Reason(Why.PLACE_UNKNOWN, "country"), Place())
    assert said == (
        "Neuseeland: Der Verkauf dorthin ist nicht erlaubt. Quelle: Act 1 of 2026. "
        "Nachgesehen am 1. April 2026. Wählen Sie ein anderes Ziel oder lassen Sie es weg."
    )
    assert nowhere.endswith("Vervollständigen Sie das Ziel.")


@pytest.mark.parametrize("word", sorted(labels.ON_LABEL | labels.CONFIRMED | labels.NEVER))
def test_every_word_of_a_rule_is_said_in_words(word):
    english = asked_for(word)
    with speaking(language_of("de_DE")):
        german = asked_for(word)
    assert len({word, english, german}) == 3


@pytest.mark.parametrize("limit", sorted(labels.LIMITS))
def test_every_limit_is_said_with_its_figure(limit):
    assert "0.5" in asked_for(f"{limit}<=0.5")


def test_a_share_is_said_in_hundredths_as_the_language_writes_it():
    assert "0.04\N{NO-BREAK SPACE}%" in asked_for("seven_oh_pct_w_w<=0.04")
    with speaking(language_of("de_DE")):
        assert "0,04\N{NO-BREAK SPACE}%" in asked_for("seven_oh_pct_w_w<=0.04")


def test_a_word_that_nobody_knows_is_said_as_it_is():
    assert asked_for("blessed_by_bishop") == "blessed_by_bishop"
    assert asked_for("gold_ppm<=3") == "gold_ppm<=3"


@pytest.mark.parametrize(
    ("place", "name"),
    [
        (Place(country="US", region="OH"), "Ohio"),
        (Place(country="US", region="FL", county="Sarasota"), "Sarasota County, Florida"),
        (Place(country="US", region="LA", county="Caddo Parish"), "Caddo Parish, Louisiana"),
        (Place(country="DE", postcode="10115"), "Germany"),
        (Place(), "there"),
    ],
)
def test_a_place_is_named_as_far_as_rules_look_at_it(place, name):
    assert place_name(place) == name


def test_a_rule_for_a_city_or_a_postcode_names_it():
    assert rule_place(a_rule(region="CA", locality="city:San Diego")) == "San Diego, California"
    assert rule_place(a_rule(region="CA", locality="zip:92101")) == "postcode 92101, California"
