"""A ledger of a million lines and a signed-in owner: python -m bench.ledger. Prints the sign-in."""

import json
from typing import Any

from sqlalchemy import select, text

from storefront import create_app
from storefront.account.access import COOKIE
from storefront.account.opening import open_account
from storefront.account.staff import OWNER, give_role
from storefront.catalog.models import Variant
from storefront.clock import now
from storefront.extensions import db
from storefront.stock.models import Movement
from storefront.transactions import write_tx
from tests.factories import a_sign_in

LINES = 1_000_000
# Each unit that comes goes again: every level stays what the ledger says.
FILL = """
WITH RECURSIVE turn(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM turn WHERE n < :turns)
INSERT INTO movements (variant_id, delta, reason, note, actor, created_at)
SELECT variants.id, CASE WHEN n % 2 = 1 THEN 1 ELSE -1 END,
    CASE WHEN n % 2 = 1 THEN 'received' ELSE 'damaged' END, '', 'bench', :now
FROM turn CROSS JOIN variants
"""


def fill() -> dict[str, Any]:
    with write_tx() as session:
        variants = len(session.scalars(select(Variant.id)).all())
        turns = 2 * -(-LINES // (2 * variants))
        session.execute(text(FILL).bindparams(turns=turns, now=now()).columns(Movement.created_at))
        owner = open_account("owner@example.com", "Owner", None, now())
        give_role(owner, OWNER, now(), "bench")
        owner_id = owner.id
        some = session.scalars(select(Variant.id).order_by(Variant.id).limit(50)).all()
    token = a_sign_in(owner_id)
    return {"cookie": f"{COOKIE}={token}", "variants": [int(id_) for id_ in some]}


if __name__ == "__main__":
    with create_app().app_context():
        print(json.dumps(fill()))
        db.session.remove()
