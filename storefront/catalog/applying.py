"""Writes what comparing.py found: many rows a statement, in the order their keys need."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, bindparam, select

from storefront.catalog.comparing import Differences
from storefront.catalog.contents import Contents, Values
from storefront.catalog.models import (
    ACTIVE,
    Collection,
    CollectionPick,
    OldSlug,
    PriceChange,
    Product,
    Variant,
)
from storefront.catalog.prose import to_html
from storefront.catalog.sale_history import from_now, record_sales
from storefront.extensions import db

COLLECTIONS, PICKS, PRODUCTS, VARIANTS, PRICES, OLD_SLUGS = (
    cast(Table, model.__table__)
    for model in (Collection, CollectionPick, Product, Variant, PriceChange, OldSlug)
)

# What a new row has where the file says nothing. Rows written together need the same columns.
NEW_COLLECTION: Values = {
    "description": "", "description_html": "", "in_menu": True, "rule": None,
}  # fmt: skip
NEW_PRODUCT: Values = {
    "status": ACTIVE, "summary": "", "description": "", "description_html": "",
    "option_names": [], "facts": [], "tags": [], "position": 0,
    "tax_class": "standard", "class_id": None, "min_quantity": 1, "max_quantity": None,
}  # fmt: skip
NEW_VARIANT: Values = {
    "option_values": [], "content_amount": None, "content_unit": None, "weight_g": None,
    "ships": True, "track_stock": True, "sale_price_minor": None, "sale_starts_at": None,
    "sale_ends_at": None,
}  # fmt: skip


class Writer:
    """Writes the differences in bulk, inside write_tx()."""

    def __init__(
        self,
        contents: Contents,
        found: Differences,
        html: dict[str, str],
        now: datetime,
        actor: str,
    ) -> None:
        self.contents, self.found, self.html = contents, found, html
        self.now, self.actor = now, actor
        self.collection_ids = {slug: row["id"] for slug, row in found.collections.items()}

    def collections(self) -> None:
        rows = [
            NEW_COLLECTION
            | {"position": at, "updated_at": self.now}
            | self._with_html(self.contents.categories[slug].values)
            for at, slug in enumerate(self.found.new_collections)
        ]
        if rows:
            added = db.session.execute(
                COLLECTIONS.insert().returning(COLLECTIONS.c.id, COLLECTIONS.c.slug),
                rows,
            )
            self.collection_ids.update({row.slug: row.id for row in added})
            taken = [{"the_kind": "collection", "the_slug": row["slug"]} for row in rows]
            self._forget_old_slugs(taken)
        changes = {
            slug: {"parent": self.contents.categories[slug].parent}
            for slug in self.found.new_collections
        } | {slug: dict(change.new) for slug, change in self.found.changed_collections.items()}
        for slug, new in changes.items():
            if "parent" in new:
                parent = new.pop("parent")
                new["parent_id"] = self.collection_ids[parent] if parent else None
            _update(COLLECTIONS, [(self.collection_ids[slug], self._with_html(new))], self.now)

    def products(self) -> None:
        if self.found.new_products:
            rows = [
                NEW_PRODUCT
                | {"code": line.code, "created_at": self.now, "updated_at": self.now}
                | self._kept(line.values)
                for line in self.found.new_products
            ]
            added = db.session.execute(
                PRODUCTS.insert().returning(PRODUCTS.c.id, PRODUCTS.c.code), rows
            )
            self.found.product_ids.update({row.code: row.id for row in added})
        self._readdress()
        _update(
            PRODUCTS,
            [(c.had["id"], self._kept(c.new)) for c in self.found.changed_products],
            self.now,
        )
        self._follow()

    def _kept(self, values: Values) -> Values:
        """As the columns have it. Successors come when all products are there: _follow()."""
        kept = self._with_html(values)
        if "product_class" in kept:
            code = kept["product_class"]
            kept["class_id"] = self.found.class_ids[code] if code is not None else None
        return {k: v for k, v in kept.items() if k not in ("product_class", "successor")}

    def _follow(self) -> None:
        told = {
            self.found.product_ids[line.code]: line.values["successor"]
            for line in self.found.new_products
            if line.values.get("successor")
        } | {
            c.had["id"]: c.new["successor"]
            for c in self.found.changed_products
            if "successor" in c.new
        }
        outside = {code for code in told.values() if code} - self.found.product_ids.keys()
        ids = dict(self.found.product_ids)
        if outside:
            rows = select(PRODUCTS.c.code, PRODUCTS.c.id).where(PRODUCTS.c.code.in_(outside))
            ids.update({row.code: row.id for row in db.session.execute(rows)})
        _update(
            PRODUCTS,
            [(id_, {"successor_id": ids[code] if code else None}) for id_, code in told.items()],
        )

    def _readdress(self) -> None:
        """Old addresses lead to where their products are now; those now in use are forgotten."""
        moved = [c for c in self.found.changed_products if "slug" in c.new]
        taken = [line.values["slug"] for line in self.found.new_products]
        taken += [change.new["slug"] for change in moved]
        self._forget_old_slugs([{"the_kind": "product", "the_slug": slug} for slug in taken])
        if not moved:
            return
        # Two products may swap addresses, so all step aside before any takes its new one.
        _update(PRODUCTS, [(c.had["id"], {"slug": f"~{c.had['id']}"}) for c in moved], self.now)
        left = [
            {"kind": "product", "slug": change.had["slug"], "target_id": change.had["id"]}
            for change in moved
            if change.had["slug"] not in taken
        ]
        if left:
            db.session.execute(OLD_SLUGS.insert(), left)

    def _forget_old_slugs(self, taken: list[Values]) -> None:
        if taken:
            old = OLD_SLUGS.c
            db.session.execute(
                OLD_SLUGS.delete().where(
                    old.kind == bindparam("the_kind"), old.slug == bindparam("the_slug")
                ),
                taken,
            )

    def variants(self) -> None:
        rows = [
            NEW_VARIANT
            | {
                "product_id": self.found.product_ids[code],
                "sku": line.sku,
                "currency": self.contents.currency,
            }
            | from_now(line.values, self.now)
            for code, line in self.found.new_variants
        ]
        priced: dict[int, int] = {}
        sales: dict[int, Values] = {}
        if rows:
            columns = (VARIANTS.c.id, VARIANTS.c.sku, VARIANTS.c.price_minor)
            added: Any = db.session.execute(VARIANTS.insert().returning(*columns), rows).all()
            priced.update({row.id: row.price_minor for row in added})
            ids = {row.sku: row.id for row in added}
            sales = {ids[row["sku"]]: row for row in rows if row["sale_price_minor"] is not None}
        changed = [(c.had["id"], from_now(c.new, self.now)) for c in self.found.changed_variants]
        repriced = {id_: new["price_minor"] for id_, new in changed if "price_minor" in new}
        self._close_prices(list(repriced))
        self._record_prices(priced | repriced)
        sales |= {id_: new for id_, new in changed if "sale_price_minor" in new}
        record_sales(sales, self.contents.currency, self.now, self.actor)
        _update(VARIANTS, changed)

    def _close_prices(self, variant_ids: list[int]) -> None:
        if variant_ids:
            price = PRICES.c
            db.session.execute(
                PRICES.update()
                .where(
                    price.variant_id == bindparam("the_id"),
                    price.sale.is_(False),
                    price.valid_to.is_(None),
                )
                .values(valid_to=self.now),
                [{"the_id": id_} for id_ in variant_ids],
            )

    def _record_prices(self, priced: dict[int, int]) -> None:
        rows = [
            {
                "variant_id": id_,
                "currency": self.contents.currency,
                "price_minor": minor,
                "valid_from": self.now,
                "actor": self.actor,
            }
            for id_, minor in priced.items()
        ]
        if rows:
            db.session.execute(PRICES.insert(), rows)

    def picks(self) -> None:
        dropped = [{"c": c, "p": p} for c, p in self.found.dropped_picks]
        placed = [{"c": c, "p": p, "at": at} for c, p, at in self.found.moved_picks]
        here = (PICKS.c.collection_id == bindparam("c"), PICKS.c.product_id == bindparam("p"))
        if dropped:
            db.session.execute(PICKS.delete().where(*here), dropped)
        if placed:
            db.session.execute(PICKS.update().where(*here).values(position=bindparam("at")), placed)
        added = [
            {
                "collection_id": self.collection_ids[slug],
                "product_id": self.found.product_ids[code],
                "position": place,
            }
            for code, slug, place in self.found.added_picks
        ]
        if added:
            db.session.execute(PICKS.insert(), added)

    def _with_html(self, values: Values) -> Values:
        if "description" not in values:
            return dict(values)
        written = values["description"]
        html = self.html[written] if written in self.html else to_html(written)
        return {**values, "description_html": html}


def _update(
    table: Table, changes: Iterable[tuple[int, Values]], now: datetime | None = None
) -> None:
    """Change rows by id: one statement for all that change in the same columns."""
    alike: dict[tuple[str, ...], list[Values]] = defaultdict(list)
    for id_, values in changes:
        stamped = {**values, "updated_at": now} if now else values
        alike[tuple(sorted(stamped))].append({**stamped, "the_id": id_})
    for rows in alike.values():
        db.session.execute(table.update().where(table.c.id == bindparam("the_id")), rows)
