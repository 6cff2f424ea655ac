"""Surveys and reviews: each customer is asked once and heard, each finished order is judged once."""

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
        "one-reminder",
        "Every survey was reminded of as often as the history says: once at most, after its mail and before it closed",
        "SELECT count(*) FROM feedback_survey",
        """
        SELECT concat('order ', o.number, ': reminded at ', coalesce(s.reminded_at::text, 'no time'), ', ',
                      coalesce(e.reminders, 0), ' reminders in the history')
        FROM feedback_survey s JOIN orders_order o ON o.id = s.order_id
        LEFT JOIN (SELECT order_id, count(*) AS reminders FROM orders_orderevent WHERE name = 'order.asked_again'
                   GROUP BY order_id) e ON e.order_id = o.id
        WHERE coalesce(e.reminders, 0) <> CASE WHEN s.reminded_at IS NULL THEN 0 ELSE 1 END
           OR s.reminded_at NOT BETWEEN s.mailed_at AND s.closes_at
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
    Invariant(
        "verdicts-told",
        "Every verdict is the one that the history told last",
        "SELECT count(*) FROM feedback_orderreview",
        """
        SELECT concat('order ', o.number, ': the verdict says ', to_jsonb(r.failed), ', the history ',
                      coalesce(e.failed::text, 'nothing'))
        FROM feedback_orderreview r JOIN orders_order o ON o.id = r.order_id
        LEFT JOIN LATERAL (
            SELECT data->'failed' AS failed FROM orders_orderevent x
            WHERE x.order_id = o.id AND x.name IN ('order.reviewed', 'order.rejudged') ORDER BY x.seq DESC LIMIT 1
        ) e ON true
        WHERE r.perfect <> (r.failed = '{}')
           OR NOT coalesce(e.failed @> to_jsonb(r.failed) AND e.failed <@ to_jsonb(r.failed), false)
        """,
    ),
    Invariant(
        "answers-told",
        "Every answer's scores are those that the history told last",
        "SELECT count(*) FROM feedback_answer",
        """
        SELECT concat('order ', o.number, ': the answer says ', a.csat, ', the history ', coalesce(e.csat, 'nothing'))
        FROM feedback_answer a JOIN feedback_survey s ON s.id = a.survey_id JOIN orders_order o ON o.id = s.order_id
        LEFT JOIN LATERAL (
            SELECT data->>'csat' AS csat, data->>'nps' AS nps FROM orders_orderevent x
            WHERE x.order_id = o.id AND x.name = 'order.answered' ORDER BY x.seq DESC LIMIT 1
        ) e ON true
        WHERE e.csat IS DISTINCT FROM a.csat::text OR e.nps IS DISTINCT FROM a.nps::text
        """,
    ),
    Invariant(
        "lines-answered",
        "Every line that was answered is one of the order's own",
        "SELECT count(*) FROM feedback_lineanswer",
        """
        SELECT concat('order ', o.number, ': line ', l.order_line_id, ' was answered and is not of it')
        FROM feedback_lineanswer l JOIN feedback_answer a ON a.id = l.answer_id
        JOIN feedback_survey s ON s.id = a.survey_id JOIN orders_order o ON o.id = s.order_id
        WHERE NOT EXISTS (SELECT FROM orders_orderline x WHERE x.id = l.order_line_id AND x.order_id = o.id)
        """,
    ),
    Invariant(
        "unhappy-followed-up",
        "Every unhappy answer has a follow-up, and an open one belongs to an unhappy answer",
        "SELECT count(*) FROM feedback_answer",
        """
        SELECT concat('order ', o.number, ': ', CASE WHEN f.open IS NULL THEN 'nobody gets back to the customer'
                      ELSE 'a follow-up is open, and the customer is not unhappy' END)
        FROM orders_order o
        LEFT JOIN (SELECT order_id, bool_or(done_at IS NULL) AS open FROM feedback_followup GROUP BY order_id) f
            ON f.order_id = o.id
        LEFT JOIN (SELECT s.order_id, a.csat <= 2 OR coalesce(a.nps <= 6, false) OR EXISTS (
                       SELECT FROM feedback_lineanswer l WHERE l.answer_id = a.id
                       AND NOT (l.right_item AND l.right_quantity AND l.undamaged)) AS unhappy
                   FROM feedback_answer a JOIN feedback_survey s ON s.id = a.survey_id) u ON u.order_id = o.id
        WHERE coalesce(u.unhappy, false) AND f.open IS NULL
           OR coalesce(f.open, false) AND NOT coalesce(u.unhappy, false)
        """,
    ),
)
