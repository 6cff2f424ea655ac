"""Customers: a duplicate owns nothing, and of who is erased nothing is left."""

from ordermgmt.verify.report import Invariant

INVARIANTS = (
    Invariant(
        "merged-customers",
        "Nobody is merged into somebody who was merged, and only orders not received yet are a duplicate's",
        "SELECT count(*) FROM orders_customer",
        """
        SELECT concat('customer ', c.id, ': was merged into ', c.merged_into_id, ', who was merged too')
        FROM orders_customer c JOIN orders_customer s ON s.id = c.merged_into_id WHERE s.merged_into_id IS NOT NULL
        UNION ALL
        SELECT concat('order ', o.number, ', which is ', o.state, ': belongs to the duplicate ', c.id)
        FROM orders_order o JOIN orders_customer c ON c.id = o.customer_id
        WHERE c.merged_into_id IS NOT NULL AND o.state NOT IN ('placed', 'cancelled')
        """,
    ),
    Invariant(
        "erased-customers",
        "Of an erased customer no name, e-mail, phone or street is left",
        "SELECT count(*) FROM orders_customer",
        """
        SELECT concat('customer ', c.id, ': is erased and still told of') FROM orders_customer c
        WHERE c.erased_at IS NOT NULL AND (
            c.name <> 'Erased customer' OR c.phone <> '' OR c.tier_reason <> ''
            OR c.email <> concat('erased-', c.id, '@erased.invalid')
            OR EXISTS (SELECT FROM orders_order o WHERE o.customer_id = c.id AND (
                o.shipping_address->>'line1' <> '' OR o.billing_address->>'line1' <> ''
                OR o.note <> '' OR o.gift_note <> '')))
        """,
    ),
)
