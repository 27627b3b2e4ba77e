"""`flask seed`: the demo shop."""

import click
from flask import current_app
from flask.cli import with_appcontext

from storefront.clock import now
from storefront.seed.demo import has_products, sow_demo
from storefront.seed.orders import sow_orders
from storefront.seed.pictures import keep_plates
from storefront.seed.staff import engage_staff
from storefront.transactions import write_tx

ALREADY = "There are products in this shop already. Nothing was changed."


@click.command("seed")
@with_appcontext
def seed() -> None:
    """Fill an empty shop with the demo catalogue, its pictures, delivery, tax, orders and staff."""
    if current_app.config["SHOWS_DEMO_PAGES"]:
        engage_staff(current_app.config["INSTANCE"], now())
    if has_products():
        click.echo(ALREADY)
        return
    pictures = keep_plates(current_app.config["MEDIA_PATH"])
    with write_tx():
        made = sow_demo(pictures, current_app.config["SHOP_CURRENCY"], now())
    if made and current_app.config["SHOWS_DEMO_PAGES"]:
        sow_orders(current_app.extensions["payment_providers"], now())
    click.echo(f"{made} products and {len(pictures)} pictures are there." if made else ALREADY)
