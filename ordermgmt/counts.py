"""How many orders each stage has, and what waits for a person: the numbers beside the navigation.

What none leaves again is all that there ever was: it is counted to `MANY`, and as one more than that beyond.
"""

from django.db import connection
from django.db.models import Count, F, Value
from django.db.models.fields import CharField

from fulfillment.models import Return
from ordermgmt.approvals.queue import holds_to_decide
from ordermgmt.returns.pages import TO_DO
from orders.flow import FINAL, STAGES, State
from orders.models import Order

MANY = 10_000
ENDED = """
SELECT ended.state, few.count FROM unnest(%(states)s::text[]) AS ended(state) CROSS JOIN LATERAL (
    SELECT count(*) FROM (SELECT FROM orders_order o WHERE o.state = ended.state LIMIT %(most)s) one) few
"""


def counts() -> dict[str, int]:
    """By state, `held` orders to decide on and `returns` to see to, in two statements that read little but indexes."""
    going = [stage.state for stage in STAGES if stage.state not in FINAL]
    orders = Order.objects.filter(state__in=going).order_by().values(of=F("state"))
    held = holds_to_decide().order_by().values(of=Value("held", CharField()))
    returns = Return.objects.filter(TO_DO).order_by().values(of=Value("returns", CharField()))
    rows = orders.annotate(n=Count("*")).union(
        held.annotate(n=Count("order", distinct=True)), returns.annotate(n=Count("*")), all=True
    )
    return {row["of"]: row["n"] for row in rows} | ended(State.REVIEWED)


def ended(*states: State) -> dict[str, int]:
    """How many orders are in each of these states, of those that none leaves; at most `MANY` + 1."""
    with connection.cursor() as cursor:
        cursor.execute(ENDED, {"states": [state.value for state in states], "most": MANY + 1})
        return dict(cursor.fetchall())
