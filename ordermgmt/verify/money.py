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
)
