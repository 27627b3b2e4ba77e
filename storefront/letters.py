"""Mails one may stop: what each kind is about, how it ends, and whether one is still due."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from storefront.blog.newsletter import KIND, letter_is_over, unsubscribe
from storefront.languages import N_
from storefront.orders.reminding import reminder_is_over, stop_reminders
from storefront.outbox import OutboxMail
from storefront.stock.waiting import news_is_over, stop_waiting


@dataclass(frozen=True, slots=True)
class Letters:
    """A kind of mail that people asked for. Both calls run inside write_tx()."""

    about: str  # as in "No more mails ..."
    stop: Callable[[str, datetime], None]  # none of them to this address from now on
    is_over: Callable[[OutboxMail], bool]  # asked right before sending: nobody needs it any more


LETTERS = {
    "cart_reminder": Letters(
        N_("about a cart you left"),
        stop_reminders,
        lambda mail: reminder_is_over(mail.context["reminder_id"]),
    ),
    "back_in_stock": Letters(
        N_("when something is back in stock"),
        stop_waiting,
        lambda mail: news_is_over(mail.context["waiting_id"]),
    ),
    KIND: Letters(N_("about new articles"), unsubscribe, letter_is_over),
}
