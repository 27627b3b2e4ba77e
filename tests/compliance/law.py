"""The example rules as if all were looked at today, and goods that keep to the strict ones."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from storefront.compliance.decide import Decision, Goods, Place, Rule, decide
from storefront.compliance.labels import LabelFacts, LotFacts, Measured
from storefront.compliance.loading import EXAMPLE, read_restrictions

DAY = date(2026, 11, 27)
PRINTED = """
    ingredients mitragynine_amount seven_oh_amount servings_per_container max_servings_24h
    directions responsible_name_address factual_basis label_or_qr leaf_only no_synthetic
    no_all_natural age_notice_18 age_notice_21 warn_pregnancy warn_consult_provider
    warn_habit_forming warn_generic disclaimer_not_treat warn_tn warn_ny
"""
WORDS = dict.fromkeys(PRINTED.split(), "on the label") | {"serving_size": "2 g"}


def a_rule(rule: str = "min_age", value: str = "21", **values: Any) -> Rule:
    return Rule(
        **{
            "id": 1, "class_code": "kratom", "country": "US", "region": "", "locality": "",
            "rule": rule, "value": value, "source": "a source", "checked_on": DAY, **values,
        }
    )  # fmt: skip


def example() -> list[Rule]:
    """All rows of the example file."""
    read = read_restrictions(EXAMPLE.read_bytes(), DAY)
    assert not read.refused
    return [
        Rule(n, row.class_code, row.country, row.region, row.locality, row.rule, row.value,
             row.source, DAY)
        for n, row in enumerate(read.rows, 1)
    ]  # fmt: skip


def measured(value: str | None, unit: str = "mg/g", operator: str = "") -> Measured:
    return Measured(operator, None if value is None else Decimal(value), unit)


def a_lot(seven_oh: Measured | None = None, trouble: str = "", **values: Measured) -> LotFacts:
    """Ten milligrams of mitragynine a gram, of which a hundredth is the other."""
    found = {
        "mitragynine": measured("10"),
        "seven_oh": seven_oh or measured("0.1"),
        "total_alkaloids": measured("15"),
        **values,
    }
    return LotFacts("LOT-1", trouble, found)


def goods(*lots: LotFacts, words: dict[str, str] | None = None, **values: Any) -> Goods:
    label = LabelFacts(WORDS if words is None else words, frozenset(), Decimal(100))
    return replace(
        Goods("kratom_leaf", lots or (a_lot(),), needs_report=True, label=label), **values
    )


def said(found: Decision) -> set[tuple[str, str]]:
    return {(str(reason.why), reason.detail) for reason in found.reasons}


def judged(
    place: Place, age: int | None = 21, rules: list[Rule] | None = None, what: Goods | None = None,
    day: date = DAY, review: int = 90,
) -> Decision:  # fmt: skip
    return decide(what or goods(), place, age, example() if rules is None else rules, day, review)
