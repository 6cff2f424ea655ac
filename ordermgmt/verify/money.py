"""Money: sums are exact, amounts fit their currency, nothing is taken or given back twice."""

from ordermgmt.verify.report import Invariant

INVARIANTS = (
    Invariant(
        "line-totals",
        "Every line's total is its price times its quantity, less its discount",
        "SELECT count(*) FROM orders_orderline",
        """
        SELECT concat('order ', o.number, ', ', l.sku, ': ', l.quantity, ' × ', l.unit_price, ' − ', l.discount,
                      ' is not ', l.total)
        FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id
        WHERE l.total <> l.unit_price * l.quantity - l.discount
        """,
    ),
    Invariant(
        "order-totals",
        "Every order's totals are the sums of its lines, with tax added where prices exclude it",
        "SELECT count(*) FROM orders_order",
        """
        SELECT concat('order ', o.number, ': ', o.total, ' is not ', o.items_total, ' + ', o.shipping_total,
                      ', or its lines do not sum to ', o.items_total, ' and ', o.tax_total, ' tax')
        FROM orders_order o
        LEFT JOIN (SELECT order_id, sum(total) AS total, sum(tax) AS tax FROM orders_orderline GROUP BY order_id) l
               ON l.order_id = o.id
        WHERE o.items_total <> coalesce(l.total, 0) OR o.tax_total <> coalesce(l.tax, 0) + o.shipping_tax
           OR o.total <> o.items_total + o.shipping_total + CASE WHEN o.prices_include_tax THEN 0 ELSE o.tax_total END
        """,
    ),
    Invariant(
        "smallest-unit",
        "No amount is finer than the smallest unit of its currency",
        "SELECT (SELECT count(*) FROM orders_order) + (SELECT count(*) FROM orders_orderline)"
        " + (SELECT count(*) FROM orders_payment) + (SELECT count(*) FROM orders_refund)",
        """
        SELECT concat('order ', o.number, ': ', o.currency, ' ', v.amount)
        FROM orders_order o JOIN exponent c ON c.code = o.currency
        CROSS JOIN LATERAL (VALUES (o.items_total), (o.shipping_total), (o.tax_total), (o.total)) v(amount)
        WHERE round(v.amount, c.digits) <> v.amount
        UNION ALL
        SELECT concat('order ', o.number, ', ', l.sku, ': ', o.currency, ' ', l.unit_price, ', ', l.tax, ', ', l.total)
        FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id JOIN exponent c ON c.code = o.currency
        WHERE round(l.unit_price, c.digits) <> l.unit_price OR round(l.tax, c.digits) <> l.tax
           OR round(l.total, c.digits) <> l.total
        UNION ALL
        SELECT concat('order ', o.number, ', payment ', p.id, ': ', o.currency, ' ', v.amount)
        FROM orders_payment p JOIN orders_order o ON o.id = p.order_id JOIN exponent c ON c.code = o.currency
        CROSS JOIN LATERAL (VALUES (p.authorised), (p.captured), (p.refunded)) v(amount)
        WHERE round(v.amount, c.digits) <> v.amount
        UNION ALL
        SELECT concat('order ', o.number, ', refund ', r.id, ': ', o.currency, ' ', r.amount)
        FROM orders_refund r JOIN orders_payment p ON p.id = r.payment_id JOIN orders_order o ON o.id = p.order_id
        JOIN exponent c ON c.code = o.currency
        WHERE round(r.amount, c.digits) <> r.amount
        UNION ALL
        SELECT concat('order ', o.number, ', transaction ', t.id, ': ', o.currency, ' ', t.amount)
        FROM orders_transaction t JOIN orders_payment p ON p.id = t.payment_id JOIN orders_order o ON o.id = p.order_id
        JOIN exponent c ON c.code = o.currency
        WHERE round(t.amount, c.digits) <> t.amount
        """,
    ),
    Invariant(
        "payments",
        "The refunds of every payment sum to what it gave back, within what was taken, within what was pledged",
        "SELECT count(*) FROM orders_payment",
        """
        SELECT concat('order ', o.number, ', payment ', p.id, ': ', p.authorised, ' pledged, ', p.captured, ' taken, ',
                      p.refunded, ' given back, refunds of ', coalesce(r.amount, 0))
        FROM orders_payment p JOIN orders_order o ON o.id = p.order_id
        LEFT JOIN (SELECT payment_id, sum(amount) AS amount FROM orders_refund GROUP BY payment_id) r
               ON r.payment_id = p.id
        WHERE p.refunded <> coalesce(r.amount, 0) OR p.refunded > p.captured OR p.captured > p.authorised
        """,
    ),
    Invariant(
        "captures-told",
        "The captures told of every payment sum to exactly what it took",
        "SELECT count(*) FROM orders_payment",
        """
        SELECT concat('payment ', coalesce(p.id::text, e.payment), ': captured ', e.times, ' times, ', e.amount,
                      ' in all; the payment says ', p.captured)
        FROM (SELECT order_id, data->>'payment' AS payment, count(*) AS times, sum((data->>'amount')::numeric) AS amount
              FROM orders_orderevent WHERE name = 'payment.captured' GROUP BY 1, 2) e
        FULL JOIN orders_payment p ON p.order_id = e.order_id AND p.id::text = e.payment
        WHERE coalesce(e.amount, 0) IS DISTINCT FROM p.captured
        """,
    ),
    Invariant(
        "transactions",
        "Gateways were asked for exactly what each payment took since it was placed, and for each refund once",
        "SELECT count(*) FROM orders_transaction",
        """
        SELECT concat('payment ', p.id, ': ', p.captured, ' taken, ', told.before, ' of it before, asked for ',
                      asked.taken)
        FROM orders_payment p
        CROSS JOIN LATERAL (
            SELECT coalesce(sum(amount), 0) AS taken FROM orders_transaction
            WHERE payment_id = p.id AND kind = 'capture'
        ) asked
        CROSS JOIN LATERAL (
            SELECT coalesce(sum((data->>'amount')::numeric), 0) AS before FROM orders_orderevent
            WHERE order_id = p.order_id AND name = 'payment.captured' AND data->>'payment' = p.id::text
              AND NOT data ? 'transaction'
        ) told
        WHERE p.captured <> told.before + asked.taken
        UNION ALL
        SELECT concat('refund ', r.id, ': of ', r.amount, ', transaction ', t.id, ': of ', t.amount)
        FROM orders_refund r
        FULL JOIN (SELECT * FROM orders_transaction WHERE kind = 'refund' OR refund_id IS NOT NULL) t
               ON t.refund_id = r.id AND t.payment_id = r.payment_id AND t.kind = 'refund'
        WHERE t.amount IS DISTINCT FROM r.amount
        """,
    ),
    Invariant(
        "given-up",
        "What was given up of every payment's captures is given up of its refunds",
        "SELECT count(*) FROM orders_payment",
        """
        SELECT concat('payment ', payment_id, ': gave up ', taken, ' of captures and ', back, ' of refunds')
        FROM (SELECT payment_id, coalesce(sum(amount) FILTER (WHERE kind = 'capture'), 0) AS taken,
                     coalesce(sum(amount) FILTER (WHERE kind = 'refund'), 0) AS back
              FROM orders_transaction WHERE status = 'dropped' GROUP BY payment_id) dropped
        WHERE taken <> back
        """,
    ),
    Invariant(
        "transactions-due",
        "Every transaction is due for a worker if and only if it is pending",
        "SELECT count(*) FROM orders_transaction",
        """
        SELECT concat('transaction ', id, ': ', status, ', due at ', coalesce(due_at::text, 'never'))
        FROM orders_transaction WHERE (status = 'pending') <> (due_at IS NOT NULL)
        """,
    ),
)
