"""flask newsletter …: an article to everyone who asked for new ones by mail."""

import click
from flask.cli import AppGroup

from storefront.blog.newsletter import NothingToSend, owed_to, post_to_send, send
from storefront.clock import now
from storefront.transactions import write_tx

newsletter = AppGroup("newsletter", help="New articles by mail.")


@newsletter.command("send")
@click.argument("slug")
@click.option("--dry-run", is_flag=True, help="Say how many would get it, and send nothing.")
def send_post(slug: str, dry_run: bool) -> None:
    """Send the published article at SLUG to all who confirmed; nobody gets it twice."""
    try:
        post_id = post_to_send(slug)
    except NothingToSend as refusal:
        raise click.ClickException(refusal.message) from None
    if dry_run:
        click.echo(f"{len(owed_to(post_id))} mails would be sent. Nothing was.")
        return
    with write_tx():
        count = send(post_id, now())
    click.echo(f"{count} mails are on their way.")
