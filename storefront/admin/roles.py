"""Who may go where in the admin: the one table, which a test holds against every route.

A line speaks of a page ("admin.staff.show") or of all pages of a nested blueprint ("admin.staff").
Owners may everything that has a line; what has none is open to nobody.
"""

from collections.abc import Collection

from storefront.account.staff import ORDERS, OWNER, ROLES, STOCK, WRITER
from storefront.languages import N_

ANYONE = frozenset(ROLES)
MAY: dict[str, frozenset[str]] = {
    "admin.home": ANYONE,
    "admin.account": ANYONE,
    "admin.saved_views": ANYONE,  # of the lists they may open
    "admin.sign_in": ANYONE,
    "admin.second_factor": ANYONE,
    "admin.sales": frozenset({OWNER, ORDERS}),
    "admin.catalog": frozenset({OWNER, STOCK}),
    "admin.orders": frozenset({OWNER, ORDERS}),
    "admin.posts": frozenset({OWNER, WRITER}),
    "admin.stock": frozenset({OWNER, STOCK}),
    "admin.products": frozenset({OWNER, STOCK}),
    "admin.collections": frozenset({OWNER, STOCK}),
    "admin.classes": frozenset({OWNER}),
    "admin.restrictions": frozenset({OWNER}),
    "admin.staff": frozenset({OWNER}),
    "admin.settings": frozenset({OWNER}),
    "admin.taxes": frozenset({OWNER}),
    "admin.delivery": frozenset({OWNER}),
    "admin.discounts": frozenset({OWNER}),
    "admin.reviews": frozenset({ORDERS}),
    "admin.customers": frozenset({ORDERS}),
    "admin.jobs": frozenset({OWNER}),
    "admin.mails": frozenset({ORDERS}),
    "admin.receiving": frozenset({OWNER, STOCK}),
    "admin.purchasing": frozenset({OWNER, STOCK}),
    "admin.suppliers": frozenset({OWNER, STOCK}),
    "admin.lots": frozenset({OWNER, STOCK}),
    "admin.recalls": frozenset({OWNER, STOCK, ORDERS}),  # who speaks with buyers sees it too
    "admin.recalls.new": frozenset({OWNER, STOCK}),
    "admin.recalls.check": frozenset({OWNER, STOCK}),
    "admin.recalls.begin": frozenset({OWNER, STOCK}),
    "admin.recalls.close": frozenset({OWNER, STOCK}),
    "admin.recalls.refund": frozenset({OWNER, ORDERS}),
    "admin.lab_reports": frozenset({OWNER, STOCK}),
    "admin.specs": frozenset({OWNER, STOCK}),
    "admin.counts": frozenset({OWNER, STOCK}),
    "admin.redirects": frozenset({OWNER}),
    "admin.changes": frozenset({OWNER}),
}
# What the work queue shows to whom.
SEES_STOCK = frozenset({OWNER, STOCK})
SEES_ORDERS = frozenset({OWNER, ORDERS})
SEES_POSTS = frozenset({OWNER, WRITER})
SEES_RECALLS = frozenset({OWNER, STOCK, ORDERS})

# The navigation: what each is called and the page it opens, in order; a role sees what it may.
# The day's work stands in the bar, what is looked at now and then behind "More".
SECTIONS: tuple[tuple[str, str], ...] = (
    (N_("Home"), "admin.home"),
    (N_("Products"), "admin.products.index"),
    (N_("Orders"), "admin.orders.index"),
    (N_("Stock"), "admin.stock.index"),
    (N_("Receiving"), "admin.receiving.index"),
    (N_("Sales"), "admin.sales.show"),
    (N_("Articles"), "admin.posts.index"),
)
MORE: tuple[tuple[str, str], ...] = (
    (N_("Collections"), "admin.collections.index"),
    (N_("Import and export"), "admin.catalog.index"),
    (N_("Staff"), "admin.staff.index"),
    (N_("Changes"), "admin.changes.index"),
    (N_("Redirects"), "admin.redirects.index"),
    (N_("Mails"), "admin.mails.index"),
    (N_("Jobs"), "admin.jobs.index"),
    (N_("Recalls"), "admin.recalls.index"),
    (N_("Customers"), "admin.customers.index"),
    (N_("Reviews"), "admin.reviews.index"),
    (N_("Discounts"), "admin.discounts.index"),
    (N_("Delivery"), "admin.delivery.index"),
    (N_("Taxes"), "admin.taxes.index"),
    (N_("Classes of goods"), "admin.classes.index"),
    (N_("Restrictions"), "admin.restrictions.index"),
    (N_("Settings"), "admin.settings.index"),
)
# "g" and then this key leads there; the first page of them that a role may open.
JUMPS = {
    "admin.home": "h",
    "admin.orders.index": "o",
    "admin.products.index": "p",
    "admin.stock.index": "s",
    "admin.posts.index": "b",
    "admin.customers.index": "c",
}


def who_may(endpoint: str) -> frozenset[str]:
    """The roles that may open a page; none where the table says nothing of it."""
    name = endpoint
    while name != "admin":
        if name in MAY:
            return MAY[name] | {OWNER}
        name = name.rpartition(".")[0] or "admin"
    return frozenset()


def may_open(role: str, endpoint: str) -> bool:
    return role in who_may(endpoint)


def sections_of(
    role: str, hidden: Collection[str]
) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Of the bar, and behind "More". `hidden`: what this shop has no use for."""
    bar, more = (
        [one for one in part if role in who_may(one[1]) and one[1] not in hidden]
        for part in (SECTIONS, MORE)
    )
    return bar, more
