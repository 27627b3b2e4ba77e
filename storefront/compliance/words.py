"""What decide() says, in a shopper's words: what is the matter and where, who says so, what to do.

`%(place)s` is a place by name: "Sarasota County, Florida".
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from babel.numbers import format_decimal

from storefront.account.address import country_name, region_choices
from storefront.compliance.decide import Decision, Place, Reason, Rule, Why
from storefront.compliance.labels import LIMITS
from storefront.dates import long_day
from storefront.languages import N_, _, spoken

_LIMIT = re.compile(r"([a-z0-9_]+)<=([0-9.]+)")
_UNSURE = re.compile(r"^\s*verify\s*;\s*", re.IGNORECASE)

WHAT: Mapping[Why, str] = {
    Why.DENIED: N_("%(place)s: may not be sold there."),
    Why.NOT_LISTED: N_("%(place)s: not sold there, for we have not looked at the law."),
    Why.AGE_UNKNOWN: N_("%(place)s: sold from an age of %(age)s years only."),
    Why.UNDER_AGE: N_(
        "%(place)s: sold from an age of %(age)s years only, "
        "and you are younger by what you told us."
    ),
    Why.STALE: N_("%(place)s: not sold there now, for it is too long since we looked at the law."),
}
TO_DO: Mapping[Why, str] = {
    Why.DENIED: N_("Choose another destination, or leave it out."),
    Why.NOT_LISTED: N_("Choose another destination, or leave it out."),
    Why.PLACE_UNKNOWN: N_("Complete the destination."),
    Why.AGE_UNKNOWN: N_("Tell us when you were born."),
    Why.UNDER_AGE: N_("Leave it out."),
    Why.LABEL: N_("Choose another destination, or leave it out."),
    Why.LOT: N_("Come back later, or leave it out."),
    Why.STALE: N_("Choose another destination, or leave it out."),
}
UNKNOWN: Mapping[str, str] = {
    "country": N_("Where it may be sold differs from place to place, and we do not know where to."),
    "region": N_("%(place)s: whether it may be sold there depends on the state or province."),
    "county": N_("%(place)s: whether it may be sold there depends on the county."),
    "city": N_("%(place)s: whether it may be sold there depends on the town or city."),
    "postcode": N_("%(place)s: whether it may be sold there depends on the postcode."),
}
LOTS: Mapping[str, str] = {
    "none": N_("Nothing of it is there that may be sold."),
    "unreported": N_("What would be sent has no laboratory report that passes."),
    "expired": N_("What would be sent is past its best-before day."),
    "recalled": N_("What would be sent was called back."),
}
NOT_RELEASED = N_("What would be sent is not released for sale.")
# What a place asks for, by the word of needs_label: "sold only with …".
LABELS: Mapping[str, str] = {
    "ingredients": N_("a list of ingredients on the label"),
    "mitragynine_amount": N_("the amount of mitragynine on the label"),
    "seven_oh_amount": N_("the amount of 7-hydroxymitragynine on the label"),
    "serving_size": N_("the size of a serving on the label"),
    "servings_per_container": N_("the number of servings on the label"),
    "max_servings_24h": N_("the most servings in 24 hours on the label"),
    "directions": N_("directions on the label"),
    "responsible_name_address": N_("the name and address of who is responsible on the label"),
    "factual_basis": N_("the grounds for what the label says"),
    "label_or_qr": N_("a label or code that leads to the laboratory report"),
    "leaf_only": N_("plain leaf in it, cut or powdered"),
    "no_synthetic": N_("nothing synthetic in it"),
    "no_all_natural": N_("no word of it being all natural"),
    "age_notice_18": N_("a notice on the label that it is for adults from 18"),
    "age_notice_21": N_("a notice on the label that it is for adults from 21"),
    "warn_pregnancy": N_("a warning about pregnancy on the label"),
    "warn_consult_provider": N_("a note on the label to ask a doctor first"),
    "warn_habit_forming": N_("a warning on the label that it can be habit-forming"),
    "warn_generic": N_("a warning on the label"),
    "disclaimer_not_treat": N_("a note on the label that it treats no disease"),
    "warn_tn": N_("the state’s own warning on the label"),
    "warn_ny": N_("the state’s own warning on the label"),
    "seller_license": N_("a licence of the seller’s"),
    "seller_registration": N_("a registration of the seller’s"),
    "product_registration": N_("a registration of the product"),
    "gmp_21cfr111": N_("a maker who works by the rules of 21 CFR 111"),
    "third_party_micro_test": N_("a test for germs by an independent laboratory"),
    "site_age_gate": N_("a question for your age on the site"),
    "remote_age_verification": N_("a check of your age by documents"),
    "in_person_only": N_("the buyer standing at the counter"),
}
MOST: Mapping[str, str] = {
    "seven_oh_pct_w_w": N_("no more than %(most)s of 7-hydroxymitragynine by weight"),
    "seven_oh_ppm": N_("no more than %(most)s mg of 7-hydroxymitragynine in a kilogram"),
    "seven_oh_pct_of_alkaloids": N_(
        "no more than %(most)s of 7-hydroxymitragynine among the alkaloids"
    ),
    "seven_oh_mg_per_g": N_("no more than %(most)s mg of 7-hydroxymitragynine in a gram"),
    "seven_oh_mg_per_serving": N_("no more than %(most)s mg of 7-hydroxymitragynine in a serving"),
    "seven_oh_mg_per_container": N_("no more than %(most)s mg of 7-hydroxymitragynine in a pack"),
    "mitragynine_mg_per_serving": N_("no more than %(most)s mg of mitragynine in a serving"),
}
assert MOST.keys() == LIMITS  # whoever adds a limit says it here


@dataclass(frozen=True, slots=True)
class WhyNot:
    """One reason, worded."""

    what: str
    source: str  # "" where it is no rule that says so
    to_do: str

    def __str__(self) -> str:
        return " ".join(part for part in (self.what, self.source, self.to_do) if part)


def why_nots(decision: Decision, place: Place) -> list[WhyNot]:
    """Every reason once, in the language spoken now; none where it is allowed."""
    said = [why_not(reason, place) for reason in decision.reasons]
    return list(dict.fromkeys(said))


def why_not(reason: Reason, place: Place) -> WhyNot:
    where = rule_place(reason.rule) if reason.rule else place_name(place)
    source = source_of(reason.rule) if reason.rule else ""
    return WhyNot(_what(reason, where), source, _(TO_DO[reason.why]))


def _what(reason: Reason, where: str) -> str:
    if reason.why is Why.LOT:
        return _(LOTS.get(reason.detail, NOT_RELEASED))
    if reason.why is Why.PLACE_UNKNOWN:
        return _(UNKNOWN[reason.detail], place=where)
    if reason.why is Why.LABEL:
        asked = asked_for(reason.detail)
        return _(
            "%(place)s: sold only with %(asked)s, and that is not shown.", place=where, asked=asked
        )
    if reason.why in {Why.AGE_UNKNOWN, Why.UNDER_AGE} and int(reason.detail) > 150:
        return _("%(place)s: not sold there, for the age limit cannot be read.", place=where)
    return _(WHAT[reason.why], place=where, age=reason.detail)


def asked_for(word: str) -> str:
    """A word of needs_label: "a list of ingredients on the label"; itself where it is unknown."""
    if limit := _LIMIT.fullmatch(word):
        return _(MOST[limit[1]], most=_figure(*limit.groups())) if limit[1] in MOST else word
    return _(LABELS[word]) if word in LABELS else word


def _figure(limit: str, most: str) -> str:
    figure = format_decimal(Decimal(most), "0.#########", locale=spoken().locale)
    return f"{figure}\N{NO-BREAK SPACE}%" if "_pct_" in limit else figure


def source_of(rule: Rule) -> str:
    """What a rule rests on, and the day somebody looked at it last."""
    text = _UNSURE.sub("", rule.source)
    unsure = text != rule.source
    if rule.checked_on is None:
        return _("Source: %(source)s.", source=text.rstrip("."))
    day = long_day(rule.checked_on)
    if unsure:
        return _(
            "Source, still to be confirmed: %(source)s. Looked at on %(day)s.",
            source=text.rstrip("."), day=day,
        )  # fmt: skip
    return _("Source: %(source)s. Looked at on %(day)s.", source=text.rstrip("."), day=day)


def rule_place(rule: Rule) -> str:
    """Where a rule counts."""
    kind, _colon, name = rule.locality.partition(":")
    parts: dict[str, str] = {
        "county": county_name(name, rule.country) if kind == "county" else "",
        "city": name if kind == "city" else "",
        "zip": _("postcode %(postcode)s", postcode=name) if kind == "zip" else "",
    }
    return _joined((parts.get(kind, name), region_name(rule.country, rule.region)), rule.country)


def place_name(place: Place) -> str:
    """As much of it as rules speak of: "Ohio", "Sarasota County, Florida", "Germany"."""
    county = county_name(place.county, place.country) if place.county else ""
    return _joined((county, region_name(place.country, place.region)), place.country)


def _joined(parts: Sequence[str], country: str) -> str:
    named = [part for part in parts if part]
    return ", ".join(named) or (country_name(country, spoken().locale) if country else _("there"))


def region_name(country: str, region: str) -> str:
    """Ohio; its code where nobody has named it."""
    names = dict(region_choices(country)) if country else {}
    return names.get(region.upper(), region)


def county_name(name: str, country: str) -> str:
    """Sarasota County; as it is written where it says so itself, or elsewhere than in the US."""
    written = name.strip()
    if country.upper() != "US" or written.casefold().split()[-1:] in (["county"], ["parish"]):
        return written
    return _("%(name)s County", name=written)
