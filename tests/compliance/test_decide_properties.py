"""Whatever the rules are: more denials never allow more, and neither does knowing less."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from storefront.compliance.decide import Place, Rule, decide
from tests.compliance.law import DAY, a_lot, example, goods, measured

EXAMPLE = example()
COUNTRIES = st.sampled_from(["US", "NZ", "NO"])
REGIONS = st.sampled_from(["FL", "AL", "GA", "MO"])
COUNTIES = st.sampled_from(["Sarasota", "Charlotte", "St. Johns"])
CITIES = st.sampled_from(["Venice", "Kansas City", "Parker"])
CODES = st.sampled_from(["34223", "34285", "64101"])
AGES = st.sampled_from([None, 18, 20, 21, 40])
WORDS = ("ingredients", "seller_license", "seven_oh_mg_per_g<=0.5", "seven_oh_ppm<=40", "odd_word")
LOCALITIES = st.one_of(
    st.just(""),
    COUNTIES.map("county:{}".format),
    CITIES.map("city:{}".format),
    CODES.map("zip:{}".format),
    st.just("by the sea"),
)
SAID = st.one_of(
    st.just(("deny", "")),
    st.sampled_from([("min_age", "18"), ("min_age", "21"), ("min_age", "?")]),
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(
        lambda words: ("needs_label", "|".join(words))
    ),
)
DAYS = st.one_of(st.none(), st.integers(-400, 400).map(lambda n: DAY + timedelta(n)))


@st.composite
def rule(draw: st.DrawFn, only: tuple[str, str] | None = None) -> Rule:
    name, value = only or draw(SAID)
    return Rule(
        id=draw(st.integers(1, 99)),
        class_code=draw(st.sampled_from(["kratom", "kratom_leaf", "Kratom", "other"])),
        country=draw(COUNTRIES),
        region=draw(st.one_of(st.just(""), REGIONS)),
        locality=draw(LOCALITIES),
        rule=name,
        value=value,
        source="a source",
        checked_on=draw(DAYS),
        starts_on=draw(DAYS),
        ends_on=draw(DAYS),
    )


@st.composite
def place(draw: st.DrawFn) -> Place:
    """All of it known; the postcode may lie in more counties than one."""
    county = draw(COUNTIES)
    more = draw(st.one_of(st.none(), st.sets(COUNTIES)))
    counties = frozenset() if more is None else frozenset({county, *more})
    return Place(draw(COUNTRIES), draw(REGIONS), county, draw(CITIES), draw(CODES), counties)


RULES = st.one_of(st.lists(rule(), max_size=8), st.just(EXAMPLE))
GOODS = st.sampled_from(
    [
        goods(),
        goods(a_lot(measured("0.6"))),
        goods(a_lot(trouble="unreported"), needs_report=False),
        goods(words={}),
    ]
)
TODAY = st.integers(-30, 30).map(lambda n: DAY + timedelta(n))


def allowed(what, where: Place, age: int | None, rules: list[Rule], day: date) -> bool:
    return decide(what, where, age, rules, day).allowed


@given(GOODS, place(), AGES, RULES, rule(only=("deny", "")), TODAY)
def test_one_more_denial_never_allows_more(what, where, age, rules, denial, day):
    before = allowed(what, where, age, rules, day)
    assert before or not allowed(what, where, age, [*rules, denial], day)
    assert before or not allowed(what, where, age, [denial, *rules], day)


@given(
    GOODS, place(), AGES, RULES, TODAY,
    st.sets(st.sampled_from(["country", "region", "county", "city", "postcode", "counties"])),
)  # fmt: skip
def test_knowing_less_of_a_place_never_allows_what_knowing_it_denies(
    what, where, age, rules, day, unknown
):
    blank = {name: frozenset() if name == "counties" else "" for name in unknown}
    less = replace(where, **blank)
    assert allowed(what, where, age, rules, day) or not allowed(what, less, age, rules, day)


@given(GOODS, place(), st.integers(0, 100), st.integers(0, 100), RULES, TODAY)
def test_no_age_and_a_lower_age_never_allow_more(what, where, age, more, rules, day):
    if allowed(what, where, None, rules, day):
        assert allowed(what, where, age, rules, day)
    if allowed(what, where, age, rules, day):
        assert allowed(what, where, age + more, rules, day)


@given(GOODS, place(), AGES, st.lists(rule(), max_size=8), TODAY)
def test_the_order_of_rows_changes_no_answer(what, where, age, rules, day):
    assert allowed(what, where, age, rules, day) == allowed(what, where, age, rules[::-1], day)


@given(place(), AGES, RULES, TODAY)
def test_a_blocked_line_always_says_why(where, age, rules, day):
    found = decide(goods(), where, age, rules, day)
    assert found.allowed == (not found.reasons)
    assert all(reason.rule or reason.detail or reason.why == "not_listed"
               for reason in found.reasons)  # fmt: skip
