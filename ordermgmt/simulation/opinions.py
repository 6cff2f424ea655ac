"""What simulated customers say beside their scores: of each line, and of the stages they noticed."""

from feedback.services import Details, LineSaid
from fulfillment.models import ReturnLine
from ordermgmt.simulation.dice import Dice
from orders.models import Order

LINES_SHARE, STAGES_SHARE, CALL_SHARE = 0.5, 0.6, 0.3
WRONG_BY_REASON = {"wrong_item": "item", "damaged": "condition"}
STAGES = ("place", "pack", "deliver")


def details_of(order: Order, csat: int, dice: Dice, about: int) -> Details:
    """Half of them go through the lines; what went back wrong or broken was wrong or broken."""
    return Details(
        stages=_stages(csat, dice, about) if dice.happens(STAGES_SHARE, "rates", about) else {},
        lines=_lines(order) if dice.happens(LINES_SHARE, "looks", about) else (),
        may_call=True if csat <= 2 and dice.happens(CALL_SHARE, "call", about) else None,
    )


def _stages(csat: int, dice: Dice, about: int) -> dict[str, int]:
    """Around the score as a whole; packaging a little worse than the rest."""
    gaps = {verb: dice.choose((-1, 0, 0, 1), "rates", verb, about) - (verb == "pack") for verb in STAGES}
    return {verb: min(5, max(1, csat + gap)) for verb, gap in gaps.items()}


def _lines(order: Order) -> tuple[LineSaid, ...]:
    back = ReturnLine.objects.filter(order_line__order=order, received__gt=0).values_list("order_line_id", "reason")
    wrong = {line_id: WRONG_BY_REASON[reason] for line_id, reason in back if reason in WRONG_BY_REASON}
    rows = order.lines.filter(quantity__gt=0).values_list("pk", flat=True)
    return tuple(LineSaid(pk, frozenset(filter(None, [wrong.get(pk)]))) for pk in rows)
