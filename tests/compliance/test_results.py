"""What people type as a laboratory's result, and what is made of it."""

from decimal import Decimal

import pytest

from storefront.compliance.labels import Measured, kept
from storefront.compliance.results import BadValue, Reading, Typed, pasted, read_value
from storefront.compliance.specs import OURS, BadProfile, read_profiles
from storefront.compliance.verdict import Found, Limit, checked, failures, thawed, with_shares


@pytest.mark.parametrize(
    ("typed", "operator", "value"),
    [
        ("0.34", "", "0.34"),
        (" 41 000 ", "", "41000"),
        ("2 400", "", "2400"),
        ("41\u202f000", "", "41000"),
        ("2.4e5", "", "240000"),
        ("4.1×10^4", "", "41000"),
        ("1 x 10⁵", "", "100000"),
        (".5", "", "0.5"),
        ("0", "", "0"),
        ("<0.01", "<", "0.01"),
        ("< 10", "<", "10"),
        ("nd", "nd", None),
        ("n.d.", "nd", None),
        ("Not detected", "nd", None),
        ("nd (0.01)", "nd", "0.01"),
        ("nd <0.005", "nd", "0.005"),
    ],
)
def test_a_result_is_read_as_it_is_written(typed, operator, value):
    assert read_value(typed) == Reading(operator, Decimal(value) if value else None)


@pytest.mark.parametrize("typed", ["detected", "Confirmed", "positive"])
def test_what_is_found_without_a_figure_is_found(typed):
    assert read_value(typed) == Reading("", None, detected=True)


@pytest.mark.parametrize(
    "typed",
    ["", "0,34", "41,000", "1.000.000", "-1", ">300", "0.34 mg/kg", "<", "nan", "inf", "1e12",
     "0.0000001", "about 3", "4 10", "１２", "nd?1", "<0.01 (0.02)"],
)  # fmt: skip
def test_what_can_be_read_in_two_ways_is_refused(typed):
    with pytest.raises(BadValue):
        read_value(typed)


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_a_pasted_table_is_read_by_what_parts_its_cells(mark):
    text = "\r\n".join(
        mark.join(cells)
        for cells in (["Analyte", "Value", "Unit", "Method"], ["Lead", "0.34", "mg/kg", "ICP-MS"],
                      ["Salmonella", "nd", "25 g"], [""])
    )  # fmt: skip
    assert pasted(text) == [
        Typed("Lead", "0.34", "mg/kg", "ICP-MS"),
        Typed("Salmonella", "nd", "25 g"),
    ]


LEAD = Limit("lead", "Lead", "mg/kg", Decimal("0.005"))
SALMONELLA = Limit("salmonella", "Salmonella", "25 g", absent=True)
IDENTITY = Limit("identity", "Identity", "", present=True)


def found(analyte: str, typed: str, unit: str) -> Found:
    reading = read_value(typed)
    return Found(analyte, analyte, reading.operator, reading.value, unit, "", reading.detected)


def why(limit: Limit, typed: str | None, unit: str = "") -> list[str]:
    results = [] if typed is None else [found(limit.analyte, typed, unit)]
    return failures(checked([limit], results))


@pytest.mark.parametrize(
    ("limit", "typed", "unit", "said"),
    [
        (LEAD, "0.005", "mg/kg", ""),
        (LEAD, "5", "µg/kg", ""),
        (LEAD, "<0.005", "mg/kg", ""),
        (LEAD, "nd (0.004)", "mg/kg", ""),
        (LEAD, "0.0051", "mg/kg", "more than the 0.005 mg/kg"),
        (LEAD, "0.00001", "%", "0.1 mg/kg, more than"),
        (LEAD, "<0.01", "mg/kg", "less than 0.01 mg/kg may still be more than the 0.005"),
        (LEAD, "nd (0.01)", "mg/kg", "less than 0.01 mg/kg may still"),
        (LEAD, "nd", "mg/kg", "does not say what it can see"),
        (LEAD, "detected", "mg/kg", "without saying how much"),
        (LEAD, "0.001", "CFU/g", "told in CFU/g, its limit in mg/kg"),
        (LEAD, "0.001", "", "told in no unit"),
        (LEAD, None, "", "not in the report"),
        (SALMONELLA, "nd", "25 g", ""),
        (SALMONELLA, "nd", "50 g", ""),
        (SALMONELLA, "nd", "10 g", "looked for in 10 g, and must not be in 25 g"),
        (SALMONELLA, "nd", "", "a sample of unknown size"),
        (SALMONELLA, "detected", "25 g", "was found"),
        (SALMONELLA, "<10", "25 g", "was found"),
        (IDENTITY, "confirmed", "", ""),
        (IDENTITY, "not confirmed", "", "is not confirmed"),
    ],
)
def test_a_limit_is_kept_or_it_is_said_why_not(limit, typed, unit, said):
    told = why(limit, typed, unit)
    assert (said in told[0]) if said else told == []


def test_less_than_what_may_be_is_only_less_than_that():
    assert not kept(Measured("<", Decimal("0.01"), "mg/kg"), Decimal("0.005"), False)


def test_a_share_is_worked_out_and_never_rounded_down():
    limit = Limit("seven_oh/total_alkaloids", "Share", "%", Decimal(2))
    results = [found("seven_oh", "0.02", "%"), found("total_alkaloids", "9999.9", "mg/kg")]
    (_, _, share) = with_shares([limit], results)
    assert share.value == Decimal("2.000021")
    assert failures(checked([limit], [*results, share]))
    assert failures(checked([limit], results[:1])) == [
        "Share cannot be worked out from what is reported."
    ]


def test_limits_are_kept_with_a_report_as_they_are():
    limits = [LEAD, SALMONELLA, IDENTITY]
    assert thawed([one.frozen() for one in limits]) == limits


def test_the_shops_own_profiles_can_be_read():
    powder, leaf = read_profiles(OURS.read_text())
    assert {limit.analyte: limit.maximum for limit in powder.limits}["tamc"] == 100_000
    assert {limit.analyte: limit.maximum for limit in leaf.limits}["bile_tolerant"] == 100
    assert powder.class_code == "kratom"


@pytest.mark.parametrize(
    "text",
    ["", "[[profile]]\ncode = 'x'", "not toml",
     "[[profile]]\ncode='x'\nname='X'\nlimits=[{analyte='a',name='A',unit='%',maximum='much'}]",
     "[[profile]]\ncode='x'\nname='X'\nlimits=[{analyte='a',name='A',unit='%',most='1'}]"],
)  # fmt: skip
def test_a_file_of_profiles_with_unknown_words_is_refused(text):
    with pytest.raises(BadProfile):
        read_profiles(text)
