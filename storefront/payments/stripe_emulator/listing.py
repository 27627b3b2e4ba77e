"""Lists as the API gives them, newest first, in pages; and objects shown in full on request."""

from collections.abc import Sequence
from typing import Any

from storefront.payments.stripe_emulator import checkout, objects, params
from storefront.payments.stripe_emulator.events import with_pending
from storefront.payments.stripe_emulator.refusals import ApiError
from storefront.payments.stripe_emulator.store import Json, Store

PAGING = ("created", "ending_before", "expand", "limit", "starting_after")
COMPARISONS = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
# Fields that hold an id, and the kind of object it is the id of.
EXPANDABLE = {
    "charge": "charge",
    "latest_charge": "charge",
    "payment_intent": "payment_intent",
}
OLDER = "seq < (SELECT seq FROM objects WHERE id = ?)"
NEWER = "seq > (SELECT seq FROM objects WHERE id = ?)"
DELIVERED = {
    "true": "NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.event_id = objects.id) OR EXISTS "
    "(SELECT 1 FROM deliveries d WHERE d.event_id = objects.id AND d.state = 'delivered')",
    "false": "EXISTS (SELECT 1 FROM deliveries d WHERE d.event_id = objects.id) AND NOT EXISTS "
    "(SELECT 1 FROM deliveries d WHERE d.event_id = objects.id AND d.state = 'delivered')",
}


def page(store: Store, kind: str, sent: Json, url: str, filters: Sequence[str] = ()) -> Json:
    """Objects of a kind whose fields equal what was sent."""
    params.only(sent, (*PAGING, *filters))
    where = ["kind = ?"]
    values: list[Any] = [kind]
    for name in filters:
        if name in sent:
            where.append("json_extract(body, ?) = ?")
            values += [f"$.{name}", params.text(sent[name], name)]
    return _page(store, kind, sent, url, where, values)


def event_page(store: Store, sent: Json, url: str) -> Json:
    params.only(sent, (*PAGING, "delivery_success", "type", "types"))
    where = ["kind = ?"]
    values: list[Any] = ["event"]
    if "delivery_success" in sent:
        params.truth(sent["delivery_success"], "delivery_success")
        where.append(f"({DELIVERED[sent['delivery_success']]})")
    types = sent.get("types", [sent["type"]] if "type" in sent else [])
    if types:
        where.append("(" + " OR ".join("json_extract(body, '$.type') GLOB ?" for _ in types) + ")")
        values += types
    found = _page(store, "event", sent, url, where, values)
    found["data"] = [with_pending(store, event) for event in found["data"]]
    return found


def line_page(store: Store, session_id: str, sent: Json, url: str) -> Json:
    """A session's lines, in the order they were sent."""
    params.only(sent, PAGING)
    return _page(store, "item", sent, url, ["parent = ?"], [session_id], newest_first=False)


def _page(
    store: Store,
    kind: str,
    sent: Json,
    url: str,
    where: list[str],
    values: list[Any],
    newest_first: bool = True,
) -> Json:
    limit = _limit(sent)
    _by_age(sent, where, values)
    backwards = "ending_before" in sent
    after, before = (OLDER, NEWER) if newest_first else (NEWER, OLDER)
    for name, condition in (("starting_after", after), ("ending_before", before)):
        if name in sent:
            store.get(kind, str(sent[name]), name, status=400)
            where.append(condition)
            values.append(sent[name])
    order = "DESC" if newest_first != backwards else "ASC"
    rows = store.execute(
        # The conditions are words of this file; what was sent goes in as values.
        f"SELECT body FROM objects WHERE {' AND '.join(where)} ORDER BY seq {order} LIMIT ?",  # noqa: S608
        *values,
        limit + 1,
    ).fetchall()
    shown = [store.load(row) for row in rows[:limit]]
    return objects.list_of(shown[::-1] if backwards else shown, url, len(rows) > limit)


def _limit(sent: Json) -> int:
    limit = params.whole(sent.get("limit", "10"), "limit", at_least=1)
    if limit > 100:
        raise ApiError(
            f"This value must be less than or equal to 100 (it currently is '{limit}').",
            code="parameter_invalid_integer",
            param="limit",
        )
    return limit


def _by_age(sent: Json, where: list[str], values: list[Any]) -> None:
    created = sent.get("created")
    if isinstance(created, dict):
        params.only(created, COMPARISONS, "created")
        for name, moment in created.items():
            where.append(f"created {COMPARISONS[name]} ?")
            values.append(params.whole(moment, f"created[{name}]"))
    elif created is not None:
        where.append("created = ?")
        values.append(params.whole(created, "created"))


def expanded(store: Store, item: Json, sent: Json) -> Json:
    """`expand[]=payment_intent.latest_charge`: objects in the place of their ids."""
    wanted = sent.get("expand", [])
    if not isinstance(wanted, list):
        raise ApiError("Invalid array", param="expand")
    for path in wanted:
        _expand(store, item, str(path).split("."))
    return item


def _expand(store: Store, item: Json, steps: list[str]) -> None:
    if not steps:
        return
    name, *rest = steps
    if name == "data" and item["object"] == "list":
        for entry in item["data"]:
            _expand(store, entry, rest)
        return
    if name == "line_items" and item["object"] == checkout.KIND:
        url = f"/v1/checkout/sessions/{item['id']}/line_items"
        item[name] = objects.list_of(checkout.lines_of(store, item)[:10], url)
        return
    if name == "refunds" and item["object"] == "charge":
        refunds = store.owned_by(item["id"], "refund")[::-1]
        item[name] = objects.list_of(refunds[:10], f"/v1/charges/{item['id']}/refunds")
        return
    if name not in EXPANDABLE or name not in item:
        raise ApiError(f"This property cannot be expanded ({name}).", param="expand")
    if isinstance(item[name], str):
        item[name] = store.get(EXPANDABLE[name], item[name])
    if item[name] is not None:
        _expand(store, item[name], rest)
