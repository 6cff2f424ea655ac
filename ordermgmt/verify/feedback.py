"""Surveys and reviews: each customer is asked once, each finished order is judged once."""

from ordermgmt.verify.report import Invariant

INVARIANTS = (
    Invariant(
        "one-survey",
        "Every surveyed order has one survey, and every survey one invitation in the history",
        "SELECT count(*) FROM feedback_survey",
        """
        SELECT concat('order ', o.number, ', which is ', o.state, ': ', coalesce(s.surveys, 0), ' surveys, ',
                      coalesce(e.invitations, 0), ' invitations')
        FROM orders_order o
        LEFT JOIN (SELECT order_id, count(*) AS surveys FROM feedback_survey GROUP BY order_id) s ON s.order_id = o.id
        LEFT JOIN (SELECT order_id, count(*) AS invitations FROM orders_orderevent WHERE name = 'order.invited'
                   GROUP BY order_id) e ON e.order_id = o.id
        WHERE coalesce(s.surveys, 0) <> coalesce(e.invitations, 0) OR s.surveys > 1
           OR o.state IN ('surveyed', 'reviewed') AND s.surveys IS NULL
           OR o.state NOT IN ('delivered', 'surveyed', 'reviewed') AND s.surveys IS NOT NULL
        """,
    ),
    Invariant(
        "one-review",
        "Every reviewed order has one review, and no other order has any",
        "SELECT count(*) FROM feedback_orderreview",
        """
        SELECT concat('order ', o.number, ', which is ', o.state, ': ', count(r.id), ' reviews')
        FROM orders_order o LEFT JOIN feedback_orderreview r ON r.order_id = o.id
        GROUP BY o.id HAVING count(r.id) <> CASE o.state WHEN 'reviewed' THEN 1 ELSE 0 END
        """,
    ),
)
