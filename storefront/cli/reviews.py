"""flask reviews …: read what buyers say, show it or not, and answer."""

import click
from flask.cli import AppGroup

from storefront.clock import now
from storefront.refusal import Refusal
from storefront.reviews import moderating
from storefront.reviews.models import APPROVED, HELD, REJECTED, WITHDRAWN
from storefront.transactions import write_tx

reviews = AppGroup("reviews", help="Read, approve, reject and answer reviews.")
ACTOR = "command line"


@reviews.command("list")
@click.option(
    "--state",
    default=HELD,
    show_default=True,
    type=click.Choice([HELD, APPROVED, REJECTED, WITHDRAWN]),
)
def list_reviews(state: str) -> None:
    """Reviews that wait, the oldest first; every word of them."""
    found = moderating.reviews_in(state)
    for review, product in found:
        click.echo(f"{review.id}  {review.stars}/5  {product}  {review.name}  {review.title}")
        for line in review.body.splitlines():
            click.echo(f"    {line}")
        for line in review.reply.splitlines():
            click.echo(f"    > {line}")
    if not found:
        click.echo(f"No review is {state}.")


@reviews.command("approve")
@click.argument("review_id", type=int)
def approve_review(review_id: int) -> None:
    """Show a review on its product's page."""
    try:
        with write_tx():
            moderating.approve(review_id, now(), ACTOR)
    except Refusal as no:
        raise click.ClickException(no.message) from no
    click.echo(f"Review {review_id} is shown.")


@reviews.command("reject")
@click.argument("review_id", type=int)
@click.option("--reason", required=True, help="Why; its writer reads it.")
def reject_review(review_id: int, reason: str) -> None:
    """Do not show a review. Few stars are no reason."""
    try:
        with write_tx():
            moderating.reject(review_id, reason, now(), ACTOR)
    except Refusal as no:
        raise click.ClickException(no.message) from no
    click.echo(f"Review {review_id} is not shown.")


@reviews.command("reply")
@click.argument("review_id", type=int)
@click.argument("text")
def reply_review(review_id: int, text: str) -> None:
    """Answer beneath a review; an empty TEXT takes the answer away."""
    try:
        with write_tx():
            moderating.reply(review_id, text, now(), ACTOR)
    except Refusal as no:
        raise click.ClickException(no.message) from no
    click.echo(f"Review {review_id} is answered." if text.strip() else "The answer is gone.")
