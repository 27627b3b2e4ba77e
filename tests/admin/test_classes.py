"""Classes of goods as an owner keeps them, and the risk text that is read first."""

import pytest
from sqlalchemy import select

from storefront.audit import changes_of
from storefront.catalog.models import ProductClass
from storefront.catalog.version import current_version
from storefront.clock import now
from storefront.compliance.classes import ClassDetails, make_class
from storefront.compliance.models import RiskText
from storefront.compliance.risk_texts import risk_text_for, standard_text, write_risk_text
from storefront.extensions import db
from storefront.transactions import write_tx
from tests.factories import a_product
from tests.page import Page


def a_class(code: str = "kratom_leaf", **values) -> int:
    told = {"name": "Kratom leaf", "restricted": True, "risk_text": "**Careful.**", **values}
    with write_tx():
        return make_class(ClassDetails(code=code, **told), "test", now()).id


def opened(client, class_id: int) -> Page:
    return Page.open(client, f"/admin/classes/{class_id}")


def saved(client, class_id: int, **answers) -> Page:
    return opened(client, class_id).form(f"/admin/classes/{class_id}").send(**answers)


def kept(class_id: int) -> ProductClass:
    db.session.rollback()
    return db.session.get_one(ProductClass, class_id)


def test_an_owner_makes_a_class_and_its_risk_text_is_version_1(staff_client):
    page = Page.open(staff_client("owner"), "/admin/classes/new").form("/admin/classes")
    page = page.send(button="do", name="Kratom leaf", code="Kratom_Leaf", restricted="y")
    assert db.session.scalars(select(ProductClass)).all() == []  # the example was only filled in
    form = page.form("/admin/classes")
    assert form.values["risk_text"] == standard_text()
    page = form.send(
        min_age="21", requires_report="y", providers="manual", cap_units="4", cap_days="30"
    )
    assert page.heading == "Kratom leaf"
    row = db.session.scalars(select(ProductClass)).one()
    assert (row.code, row.restricted, row.min_age, row.providers) == (
        "kratom_leaf", True, 21, ["manual"],
    )  # fmt: skip
    assert (row.requires_report, row.release_required, row.cap_units, row.cap_days) == (
        True, False, 4, 30,
    )  # fmt: skip
    block = risk_text_for("kratom_leaf", "")
    assert block is not None
    assert (block.version, block.body) == (1, standard_text())
    assert "<strong>Read this first.</strong>" in block.html


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"name": ""}, "Enter a name."),
        ({"code": "kratom leaf"}, "Use small letters a to z and digits"),
        ({"code": "kratom_leaf"}, "There is a class kratom_leaf already."),
        ({"risk_text": ""}, "Write the risk text"),
        ({"providers": "paypal"}, "There is no provider paypal."),
        ({"cap_units": "4"}, "Say in how many days, too."),
        ({"cap_days": "4"}, "Say how many units, too."),
        ({"cap_units": "0", "cap_days": "3"}, "Enter a number from 1 to 100,000."),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_made(staff_client, answers, said):
    a_class()
    told = {"name": "Other", "code": "other", "restricted": "y", "risk_text": "Careful.", **answers}
    page = Page.open(staff_client("owner"), "/admin/classes/new").form("/admin/classes")
    page = page.send(**told)
    assert page.status == 422
    assert said in " ".join(page.errors)
    assert db.session.scalars(select(ProductClass.code)).all() == ["kratom_leaf"]


def test_a_class_that_another_covers_needs_no_text_of_its_own(staff_client):
    a_class("kratom")
    page = Page.open(staff_client("owner"), "/admin/classes/new").form("/admin/classes")
    page.send(name="Leaf", code="kratom_leaf", restricted="y")
    block = risk_text_for("kratom_leaf", "de")
    assert block is not None
    assert (block.class_code, block.body) == ("kratom", "**Careful.**")
    assert risk_text_for("kratomite", "") is None  # another word, not a child


def test_changing_the_text_makes_the_next_version_and_the_old_one_stays_readable(staff_client):
    owner, class_id = staff_client("owner"), a_class()
    before = current_version()
    saved(owner, class_id, risk_text="**Careful**, all of you.")
    assert current_version() > before
    rows = db.session.scalars(select(RiskText).order_by(RiskText.version)).all()
    assert [(row.version, row.body) for row in rows] == [
        (1, "**Careful.**"), (2, "**Careful**, all of you."),
    ]  # fmt: skip
    saved(owner, class_id, name="Leaf")  # says nothing new of the text
    page = Page.open(owner, f"/admin/classes/{class_id}/risk-text")
    assert "Version 2" in page.soup.get_text()
    assert [one.get_text() for one in page.soup.select(".callout")] == [
        "Careful, all of you.", "Careful.",
    ]  # fmt: skip
    page = saved(owner, class_id, risk_text="")
    assert page.status == 422
    assert "not taken away" in " ".join(page.errors)


def test_two_who_write_the_text_at_once_do_not_overwrite_each_other(staff_client):
    owner, class_id = staff_client("owner"), a_class()
    form = Page.open(owner, f"/admin/classes/{class_id}/risk-text").form("/risk-text")
    with write_tx():
        write_risk_text("kratom_leaf", "", "Theirs.", "other", now())
    page = form.send(body="Mine.")
    assert page.status == 409
    assert "Version 2 was written meanwhile" in " ".join(page.errors)
    page = page.form("/risk-text").send()
    assert page.flashes == ["Version 3 is what everybody reads from now on."]
    block = risk_text_for("kratom_leaf", "")
    assert block is not None
    assert block.body == "Mine."


def test_an_edited_text_is_looked_at_by_the_claim_rules_and_the_given_one_is_not(staff_client):
    owner, class_id = staff_client("owner"), a_class(risk_text=standard_text())
    page = Page.open(owner, f"/admin/classes/{class_id}/risk-text")
    assert page.soup.select(".finding") == []
    page.form("/risk-text").send(body=f"{standard_text()}\n\nIt treats anxiety.")
    page = Page.open(owner, f"/admin/classes/{class_id}/risk-text")
    assert "treats anxiety" in page.soup.select_one(".finding--block").get_text()
    assert "Body, line 3" in page.soup.select_one(".finding--block").get_text()


def test_saving_over_what_somebody_else_saved_shows_both(staff_client):
    owner, class_id = staff_client("owner"), a_class()
    form = opened(owner, class_id).form(f"/admin/classes/{class_id}")
    saved(owner, class_id, name="Theirs")
    page = form.send(name="Mine")
    assert page.status == 409
    assert kept(class_id).name == "Theirs"
    page.form(f"/admin/classes/{class_id}").send()
    assert kept(class_id).name == "Mine"


def test_every_change_has_a_name_and_a_code_that_rules_speak_of_stays(staff_client):
    owner, class_id = staff_client("owner"), a_class()
    saved(owner, class_id, restricted=False)
    change = changes_of("class", class_id)[0]
    assert change.differences == [("Restricted by law", "yes", "no")]
    page = saved(owner, class_id, code="leaf")
    assert page.status == 422
    assert "speak of kratom_leaf" in " ".join(page.errors)


def test_the_menu_names_classes_once_there_is_one(staff_client):
    owner = staff_client("owner")
    a_product("Teapot")
    assert "Classes of goods" not in Page.open(owner, "/admin").soup.get_text()
    a_class()
    assert "Classes of goods" in Page.open(owner, "/admin").soup.get_text()
    assert Page.open(staff_client("writer"), "/admin/classes").status == 403
