"""The words of needs_label: which there are, and whether goods meet one. No database, no clock.

Limits are looked up in the newest report of each lot that would be shipped; "less than x" counts
as x, for it may be just below.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from storefront.compliance.models import BELOW, EXACT, NOT_DETECTED

# What must be printed on the label, in words.
PRINTED = frozenset({
    "ingredients", "serving_size", "servings_per_container", "max_servings_24h", "directions",
    "responsible_name_address", "factual_basis", "label_or_qr",
})  # fmt: skip
# What the label or the lot's own report says.
AMOUNTS: Mapping[str, str] = {"mitragynine_amount": "mitragynine", "seven_oh_amount": "seven_oh"}
FORMS = frozenset({"leaf_only", "no_synthetic", "no_all_natural"})
WARNINGS = frozenset({
    "age_notice_18", "age_notice_21", "warn_pregnancy", "warn_consult_provider",
    "warn_habit_forming", "warn_generic", "disclaimer_not_treat", "warn_tn", "warn_ny",
})  # fmt: skip
ON_LABEL = PRINTED | FORMS | WARNINGS | AMOUNTS.keys()
# What only the owner can confirm, by a document until a day.
CONFIRMED = frozenset({
    "seller_license", "seller_registration", "product_registration", "gmp_21cfr111",
    "third_party_micro_test", "site_age_gate", "remote_age_verification",
})  # fmt: skip
NEVER = frozenset({"in_person_only"})  # by no web shop
LIMITS = frozenset({
    "seven_oh_pct_w_w", "seven_oh_ppm", "seven_oh_pct_of_alkaloids", "seven_oh_mg_per_g",
    "seven_oh_mg_per_serving", "seven_oh_mg_per_container", "mitragynine_mg_per_serving",
})  # fmt: skip
UNREPORTED = "unreported"  # the trouble of a lot without a passing report
_LIMIT = re.compile(r"([a-z0-9_]+)<=([0-9]{1,9}(?:\.[0-9]{1,9})?)")
_GRAMS = re.compile(r"([0-9]+(?:\.[0-9]+)?) ?(g|mg)\b")
_PER_GRAM: Mapping[str, Decimal] = {  # milligrams in a gram, for one of the unit
    "%": Decimal(10),
    "% w/w": Decimal(10),
    "mg/g": Decimal(1),
    "mg/kg": Decimal("0.001"),
    "ppm": Decimal("0.001"),
    "µg/g": Decimal("0.001"),
    "µg/kg": Decimal("0.000001"),
    "ppb": Decimal("0.000001"),
}


@dataclass(frozen=True, slots=True)
class Measured:
    operator: str
    value: Decimal | None  # for "nd": the least the method can see, where it is told
    unit: str

    def most_per_gram(self) -> Decimal | None:
        """Milligrams in a gram, at most; None where that cannot be told."""
        factor = _PER_GRAM.get(self.unit.strip())
        return None if factor is None or self.value is None else self.value * factor


@dataclass(frozen=True, slots=True)
class LotFacts:
    """A lot that would be shipped. `trouble`: why it may not be: its state, expired, unreported."""

    code: str
    trouble: str = ""
    values: Mapping[str, Measured] = field(default_factory=dict)  # of its newest passing report


@dataclass(frozen=True, slots=True)
class LabelFacts:
    """What a product's label says, by word, and what the owner has confirmed until today."""

    words: Mapping[str, str] = field(default_factory=dict)
    confirmed: frozenset[str] = frozenset()
    grams: Decimal | None = None  # in one container


def is_known(word: str) -> bool:
    """Whether a rule file may use it."""
    limit = _LIMIT.fullmatch(word)
    if limit:
        return limit[1] in LIMITS
    return word in ON_LABEL | CONFIRMED | NEVER


def unmet(word: str, label: LabelFacts, lots: Sequence[LotFacts]) -> bool:
    """Whether the goods fail it; a word nobody knows is never met."""
    if limit := _LIMIT.fullmatch(word):
        most = Decimal(limit[2])
        found = [_measured(limit[1], lot, label) for lot in lots]
        return not found or any(value is None or value > most for value in found)
    if word in ON_LABEL and label.words.get(word, "").strip():
        return False
    if analyte := AMOUNTS.get(word):
        return not lots or any(analyte not in lot.values for lot in lots)
    return word not in CONFIRMED or word not in label.confirmed


def _measured(name: str, lot: LotFacts, label: LabelFacts) -> Decimal | None:
    """The most it may be, in the unit of the limit's name."""
    analyte = "mitragynine" if name.startswith("mitragynine") else "seven_oh"
    found = lot.values.get(analyte)
    per_gram = found.most_per_gram() if found else None
    if per_gram is None:
        return None
    if name.endswith("pct_w_w"):
        return per_gram / 10
    if name.endswith("ppm"):
        return per_gram * 1000
    if name.endswith("mg_per_g"):
        return per_gram
    if name.endswith("pct_of_alkaloids"):
        total = lot.values.get("total_alkaloids")
        whole = total.most_per_gram() if total and total.operator == EXACT else None
        return per_gram / whole * 100 if whole else None
    grams = label.grams if name.endswith("container") else _serving(label)
    return per_gram * grams if grams is not None else None


def _serving(label: LabelFacts) -> Decimal | None:
    """Grams, where the label's serving size begins with a weight."""
    return grams_of(label.words.get("serving_size", ""))


def kept(found: Measured, maximum: Decimal | None, absent: bool, present: bool = False) -> bool:
    """Whether a laboratory's result keeps a limit: "<x" only where x itself is within it."""
    if absent:
        return found.operator == NOT_DETECTED
    if present:
        return found.operator == EXACT
    if maximum is None:
        return True
    if found.operator == NOT_DETECTED and found.value is None:
        return False  # not detected, by a method that does not say what it can see
    return found.value is not None and found.value <= maximum and found.operator in (
        EXACT, BELOW, NOT_DETECTED,
    )  # fmt: skip


def in_unit(found: Measured, unit: str) -> Measured | None:
    """The same in another unit; None where the two cannot be compared."""
    if _same_unit(found.unit, unit):
        return found
    have, want = _PER_GRAM.get(found.unit.strip()), _PER_GRAM.get(unit.strip())
    if have is None or want is None:
        return None
    value = None if found.value is None else found.value * have / want
    return Measured(found.operator, value, unit)


def grams_of(words: str) -> Decimal | None:
    """Of a sample, a serving: where the words begin with a weight."""
    found = _GRAMS.match(words.strip())
    if found is None:
        return None
    return Decimal(found[1]) / (1000 if found[2] == "mg" else 1)


def _same_unit(one: str, other: str) -> bool:
    return "".join(one.split()).casefold() == "".join(other.split()).casefold()
