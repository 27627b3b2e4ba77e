"""An unpublished article for whoever was sent the link: signed, for a week, and for nobody else."""

from flask import Blueprint, make_response, render_template
from flask.typing import ResponseReturnValue

from storefront.account.tokens import read_until
from storefront.admin.posts.page import post_or_404, preview_of
from storefront.blog.content import content_of
from storefront.blog.saving import newest_revision
from storefront.clock import now

bp = Blueprint("post_preview", __name__)
PURPOSE = "post-preview"


@bp.get("/blog/preview/<token>")
def show(token: str) -> ResponseReturnValue:
    """The newest version; kept by no cache and no search engine."""
    post_id, until = read_until(PURPOSE, token, now())
    post = post_or_404(post_id)
    response = make_response(
        render_template(
            "blog/preview.html",
            preview=preview_of(content_of(newest_revision(post.id).content)),
            state=post.status,
            until=until,
        )
    )
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
