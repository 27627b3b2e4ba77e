"""Addresses that can name nothing of ours, refused before a database is asked about them."""

from flask import Flask, abort, request
from werkzeug.routing import IntegerConverter, ValidationError

HIGHEST_ID = 2**31 - 1


class RowNumber(IntegerConverter):
    """A number that a row can have; a longer one is an address that is not there."""

    def to_python(self, value: str) -> int:
        if len(value) > len(str(HIGHEST_ID)) or int(value) > HIGHEST_ID:
            raise ValidationError
        return int(value)


def _refuse_nul() -> None:
    """No address of ours has a NUL in it, and PostgreSQL keeps none."""
    if "\x00" in request.path or b"%00" in request.query_string:
        abort(400)


def init_app(app: Flask) -> None:
    """Before any page is registered."""
    app.url_map.converters["int"] = RowNumber
    app.before_request(_refuse_nul)
