"""Every rule of claim-rules.yaml by the texts it brings along, and what a bad file is told."""

import pytest
import yaml

from storefront.compliance.claim_rules import (
    HERE,
    BadRules,
    Rules,
    Scope,
    WordRule,
    claim_rules,
    read_rules,
)
from storefront.compliance.claims import Field, lint

RULES = claim_rules()
WRITTEN = (HERE / "claim-rules.yaml").read_text(encoding="utf-8")
each_rule = pytest.mark.parametrize("rule", RULES.words, ids=lambda rule: rule.id)


def ids_found(text: str, field: str = "description", rules: Rules = RULES) -> set[str]:
    return {one.rule_id for one in lint([Field(field, text)], restricted=True, rules=rules)}


def field_of(rule: WordRule) -> str:
    return min(rule.where, default="description")


@each_rule
def test_a_rule_finds_the_text_it_is_there_for(rule: WordRule) -> None:
    assert rule.id in ids_found(rule.hit, field_of(rule))


@each_rule
def test_a_rule_leaves_the_text_alone_that_may_be_said(rule: WordRule) -> None:
    assert rule.id not in ids_found(rule.miss, field_of(rule))


@each_rule
def test_a_rule_says_why_and_what_to_write_instead(rule: WordRule) -> None:
    assert rule.title
    assert rule.why.endswith(".")
    assert rule.rewrite.endswith((".", "”", '"')), rule.rewrite
    assert set(rule.basis) <= set(RULES.basis)


@pytest.mark.parametrize(("text", "expected"), RULES.acceptance, ids=lambda value: str(value)[:60])
def test_an_acceptance_text_is_judged_as_the_rules_say(
    text: str, expected: tuple[str, ...]
) -> None:
    found = ids_found(text)
    assert set(expected) <= found
    if not expected:
        assert not found


def test_all_of_the_file_is_read() -> None:
    assert len(RULES.words) == 61
    assert set(RULES.structural) == {f"STR-0{n}" for n in range(1, 8)}
    assert len(RULES.acceptance) == 17


@pytest.mark.parametrize(
    ("given", "instead", "told"),
    [
        ("disease, severity: error", "disease, severity: fatal", "DIS-01"),
        ("error, class: any", "error, class: sometimes", "DIS-01"),
        ("'(?:@good@|", "'(?:@goood@|", "DIS-01: there is no macro @goood@"),
        ("'(?:@good@|", "'((?:@good@|", "DIS-01"),
        ("title: Opioid withdrawal or addiction", "title: Opioids, or addiction", "or addiction"),
        ("basis: [fda_wl, oarfpa, cfr101_93]", "basis: [hearsay]", "hearsay"),
        ("id: DIS-02", "id: DIS-01", "two claim rules DIS-01"),
        ("opioids., miss: 'It is not", "opioids., mist: 'It is not", "DIS-01"),
        ("structure:\n", "structures:\n", "structure"),
        ("rules:\n", "rules: [\n", "cannot be read"),
    ],
)
def test_a_mistake_in_the_file_is_named(given: str, instead: str, told: str) -> None:
    assert given in WRITTEN
    with pytest.raises(BadRules, match=told):
        read_rules(WRITTEN.replace(given, instead, 1))


def test_rules_that_changed_are_told_from_those_before() -> None:
    assert read_rules(WRITTEN).digest == RULES.digest
    changed = read_rules(
        WRITTEN.replace("disease, severity: error", "disease, severity: notice", 1)
    )
    assert changed.digest != RULES.digest


def test_no_text_of_the_file_ends_at_a_comma() -> None:
    """YAML would take what follows for a key without a value."""
    for rule in yaml.safe_load(WRITTEN)["rules"]:
        assert None not in rule.values(), rule["id"]


def repeats_without_end(pattern: str) -> bool:
    """Whether something that repeats without end stands in a group that does so too."""
    import re._parser as parser  # type: ignore[import-not-found]

    def deep(tree: object, inside: bool) -> bool:
        if isinstance(tree, tuple) and tree and str(tree[0]) in {"MAX_REPEAT", "MIN_REPEAT"}:
            endless = tree[1][1] > 1_000
            return (endless and inside) or deep(tree[1][2], inside or endless)
        if isinstance(tree, (list, tuple, parser.SubPattern)):
            return any(deep(part, inside) for part in tree)
        return False

    return deep(parser.parse(pattern), False)


@each_rule
def test_no_pattern_can_run_away(rule: WordRule) -> None:
    assert not repeats_without_end(rule.pattern.pattern)
    assert rule.unless is None or not repeats_without_end(rule.unless.pattern)


def test_a_pattern_that_could_run_away_would_be_seen() -> None:
    assert repeats_without_end(r"x(?:a|b\w+)*y")
    assert not repeats_without_end(r"x(?:a|b\w+){0,60}y\s?")


def test_rules_for_every_text_are_fewer() -> None:
    general = [rule for rule in RULES.words if rule.scope is Scope.ANY]
    assert 0 < len(general) < len(RULES.words)
