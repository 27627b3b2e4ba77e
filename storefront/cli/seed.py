"""`flask seed`: the demo shop."""

import click
from flask import current_app
from flask.cli import with_appcontext

from storefront.clock import now
from storefront.seed.demo import has_products, sow_demo
from storefront.seed.kratom_recall import sow_recall
from storefront.seed.orders import sow_orders
from storefront.seed.pictures import keep_plates
from storefront.seed.staff import engage_staff
from storefront.transactions import write_tx

ALREADY = "There are products in this shop already. Nothing was changed."


@click.command("seed")
@click.option(
    "--without-restricted",
    is_flag=True,
    help="Leave out the goods that the law restricts, and all that is there because of them.",
)
@with_appcontext
def seed(without_restricted: bool) -> None:
    """Fill an empty shop with the demo catalogue, its pictures, delivery, tax, orders and staff."""
    if current_app.config["SHOWS_DEMO_PAGES"]:
        engage_staff(current_app.config["INSTANCE"], now())
    if has_products():
        click.echo(ALREADY)
        return
    restricted = not without_restricted
    pictures = keep_plates(current_app.config["MEDIA_PATH"], restricted)
    with write_tx():
        made = sow_demo(pictures, current_app.config["SHOP_CURRENCY"], now(), restricted)
    if made and current_app.config["SHOWS_DEMO_PAGES"]:
        sow_orders(current_app.extensions["payment_providers"], now(), restricted)
    if made and restricted:
        with write_tx():
            sow_recall(now())
    click.echo(f"{made} products and {len(pictures)} pictures are there." if made else ALREADY)
