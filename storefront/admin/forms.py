"""What the admin's pages ask."""

from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, SelectChoice, SelectField, StringField
from wtforms.validators import DataRequired

from storefront.account.forms import NameForm
from storefront.account.staff import ORDERS, OWNER, STOCK, WRITER
from storefront.email_field import email_field
from storefront.text_length import no_longer_than
from storefront.tidying import tidied


class CodeForm(FlaskForm):
    """A code of the authenticator app, or a recovery code; `next`: a page of ours to go on to."""

    code = StringField(
        "Code", filters=[tidied], validators=[DataRequired("Enter a code."), no_longer_than(40)]
    )
    next = HiddenField()

    def wanted(self) -> str:
        return str(self.next.data or "")


class EnrolForm(CodeForm):
    """`secret`: the app's, signed, as it stood on the page."""

    secret = HiddenField()


class RoleForm(FlaskForm):
    role = SelectField(
        "Role",
        choices=[
            SelectChoice(WRITER, "writer: articles"),
            SelectChoice(ORDERS, "orders: orders, payments, reviews"),
            SelectChoice(STOCK, "stock: what is there"),
            SelectChoice(OWNER, "owner: everything"),
        ],
    )


class AddStaffForm(NameForm, RoleForm):
    email = email_field("Enter their email address.")


class ImportForm(FlaskForm):
    """Whether wrong rows keep the others out."""

    way = RadioField(
        "Wrong rows",
        choices=[
            SelectChoice("all", "All or nothing: any wrong row keeps the whole file out"),
            SelectChoice("rows", "Row by row: import what is sound, leave out what is wrong"),
        ],
        default="all",
    )
