"""Deliveries or taxes as one file: to look at, to change, to keep elsewhere and bring back."""

from flask import Blueprint, Response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms import HiddenField, TextAreaField
from wtforms.validators import DataRequired

from storefront.account.staff_access import signed_in_staff
from storefront.clock import now
from storefront.flash import flash
from storefront.jinja import shop
from storefront.pricing.books import BookChanged, as_file, keep, written_now
from storefront.pricing.entries import read_toml
from storefront.refusal import Refusal
from storefront.transactions import write_tx


class FileForm(FlaskForm):
    text = TextAreaField("The file", validators=[DataRequired("Write what there is.")])
    seen = HiddenField()


def add_file_pages(bp: Blueprint, kind: str) -> None:
    """/file, /file.toml and a POST that keeps what was written."""

    @bp.get("/file")
    def file() -> str:
        form = FileForm(formdata=None, text=as_file(kind), seen=written_now(kind).mark)
        return _file_page(kind, form)

    @bp.get("/file.toml")
    def download() -> Response:
        response = Response(as_file(kind), mimetype="text/plain")
        response.headers["Content-Disposition"] = f'attachment; filename="{kind}.toml"'
        return response

    @bp.post("/file")
    def load() -> ResponseReturnValue:
        form = FileForm()
        if not form.validate():
            return _file_page(kind, form), 422
        try:
            book = read_toml(form.text.data)
            with write_tx():
                actor, seen = signed_in_staff().actor, form.seen.data or ""
                count = keep(kind, book, seen, shop().currency, now(), actor)
        except BookChanged as clash:
            form.seen.data = written_now(kind).mark
            return _file_page(kind, form, clash.message), clash.status
        except Refusal as refusal:
            return _file_page(kind, form, refusal.message), 422
        flash("ok", f"Kept: {count} {'entry differs' if count == 1 else 'entries differ'}.")
        return redirect(url_for(f"admin.{kind}.index"), 303)


def _file_page(kind: str, form: FileForm, said: str | None = None) -> str:
    return render_template("admin/pricing/file.html", kind=kind, form=form, said=said)
