"""What is printed on a product's label, which rules ask for it, and where it is missed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import select

from storefront.audit import record_change
from storefront.catalog.details import KIND, EditedMeanwhile, seen_digest
from storefront.catalog.models import Product, ProductClass
from storefront.catalog.version import bump_version
from storefront.compliance.decide import Rule
from storefront.compliance.labels import AMOUNTS, FORMS, ON_LABEL, WARNINGS
from storefront.compliance.lawbook import rules_for
from storefront.compliance.models import NEEDS_LABEL, ProductLabel
from storefront.compliance.words import rule_place, source_of
from storefront.extensions import db
from storefront.languages import N_

# As a label is read: what each word is called.
NAMES: Mapping[str, str] = {
    "ingredients": N_("Ingredients"),
    "mitragynine_amount": N_("Mitragynine"),
    "seven_oh_amount": N_("7-hydroxymitragynine"),
    "serving_size": N_("Serving size"),
    "servings_per_container": N_("Servings in a pack"),
    "max_servings_24h": N_("Most servings in 24 hours"),
    "directions": N_("Directions"),
    "responsible_name_address": N_("Responsible for it"),
    "factual_basis": N_("Grounds for what it says"),
    "label_or_qr": N_("Laboratory report"),
    "leaf_only": N_("Form"),
    "no_synthetic": N_("Synthetic substances"),
    "no_all_natural": N_("Use of the word “natural”"),
    "age_notice_18": N_("Age notice, 18"),
    "age_notice_21": N_("Age notice, 21"),
    "warn_pregnancy": N_("Pregnancy"),
    "warn_consult_provider": N_("Ask a doctor first"),
    "warn_habit_forming": N_("Habit-forming"),
    "warn_generic": N_("Warning"),
    "disclaimer_not_treat": N_("Treats no disease"),
    "warn_tn": N_("Statement of Tennessee"),
    "warn_ny": N_("Statement of New York"),
}
assert NAMES.keys() == ON_LABEL  # whoever adds a word says here what it is called


@dataclass(frozen=True, slots=True)
class Label:
    """As a product's page shows it: names and texts, warnings apart."""

    facts: Sequence[tuple[str, str]] = ()
    warnings: Sequence[str] = ()

    def __bool__(self) -> bool:
        return bool(self.facts or self.warnings)


@dataclass(frozen=True, slots=True)
class Asked:
    """A word that enabled rules ask for: where, and by which sources."""

    word: str
    places: tuple[str, ...]
    sources: tuple[str, ...]


@dataclass(slots=True)
class Closed:
    """A place where it is not sold for want of words on its label."""

    place: str
    missing: list[str] = field(default_factory=list)


def words_of(product_id: int) -> dict[str, str]:
    found = db.session.scalar(
        select(ProductLabel.words).where(ProductLabel.product_id == product_id)
    )
    return {word: text for word, text in (found or {}).items() if word in ON_LABEL and text}


def label_of(product_id: int) -> Label:
    words = words_of(product_id)
    told = [(word, words[word]) for word in NAMES if word in words]
    return Label(
        facts=[(NAMES[word], text) for word, text in told if word not in WARNINGS],
        warnings=[text for word, text in told if word in WARNINGS],
    )


def class_of(product_id: int) -> str:
    """The code of its class, where the law restricts that; else ""."""
    found = db.session.scalar(
        select(ProductClass.code)
        .join(Product, Product.class_id == ProductClass.id)
        .where(Product.id == product_id, ProductClass.restricted.is_(True))
    )
    return found or ""


def label_rules(class_code: str, day: date) -> list[Rule]:
    """Those in force that ask for something on labels of a class."""
    rules = rules_for([class_code])
    return [one for one in rules if one.rule == NEEDS_LABEL and one.in_force(day)]


def on_label(rule: Rule) -> list[str]:
    """The words of a rule that a label can answer."""
    return [word for part in rule.value.split("|") if (word := part.strip()) in ON_LABEL]


def asked_words(rules: Iterable[Rule]) -> dict[str, Asked]:
    places: dict[str, dict[str, str]] = {}
    for rule in rules:
        for word in on_label(rule):
            places.setdefault(word, {})[rule_place(rule)] = source_of(rule)
    return {
        word: Asked(word, tuple(found), tuple(dict.fromkeys(found.values())))
        for word, found in places.items()
    }


def closed_places(rules: Iterable[Rule], words: Mapping[str, str]) -> list[Closed]:
    """Where it is not sold for want of words; an amount may stand in the lot's report instead."""
    found: dict[str, Closed] = {}
    for rule in rules:
        for word in on_label(rule):
            if words.get(word) or word in AMOUNTS:
                continue
            place = rule_place(rule)
            closed = found.setdefault(place, Closed(place))
            if word not in closed.missing:
                closed.missing.append(word)
    return list(found.values())


def save_label(
    product_id: int, words: Mapping[str, str], seen: str, actor: str, now: datetime
) -> None:
    """Inside write_tx(). Raises EditedMeanwhile."""
    bump_version()  # whoever saves at the same time waits here
    row = db.session.get(ProductLabel, product_id)
    had = words_of(product_id)
    wanted = {word: text for word, text in words.items() if word in ON_LABEL and text}
    if wanted == had:
        return
    if seen != label_digest(had):
        raise EditedMeanwhile(had)
    if row is None:
        db.session.add(ProductLabel(product_id=product_id, words=wanted, updated_at=now))
    else:
        row.words, row.updated_at = wanted, now
    before, after = (_said(one) for one in (had, wanted))
    record_change(KIND, product_id, "changed the label", before, after, actor=actor, now=now)


def label_digest(words: Mapping[str, str]) -> str:
    return seen_digest([_Word(*one) for one in sorted(words.items())])


@dataclass(frozen=True, slots=True)
class _Word:
    word: str
    text: str


def _said(words: Mapping[str, str]) -> dict[str, str]:
    return {f"Label: {NAMES[word]}": text for word, text in words.items()}


GROUPS: Sequence[tuple[str, Sequence[str]]] = (
    ("What it says", [word for word in NAMES if word not in FORMS | WARNINGS]),
    ("What is in it", [word for word in NAMES if word in FORMS]),
    ("Warnings", [word for word in NAMES if word in WARNINGS]),
)
