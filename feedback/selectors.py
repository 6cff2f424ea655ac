"""What the survey page has to know."""

from dataclasses import dataclass
from datetime import datetime

from feedback.errors import NoSurvey
from feedback.models import Answer, Survey
from inventory import clock


@dataclass(frozen=True)
class Asked:
    """One order's invitation, and what was answered so far."""

    order_id: int
    number: int
    first_name: str
    delivered: tuple[str, ...]
    closes_at: datetime
    answer: Answer | None

    @property
    def others(self) -> int:
        return len(self.delivered) - 1

    @property
    def is_closed(self) -> bool:
        return self.closes_at <= clock.now()


def asked(order_id: int) -> Asked:
    """The survey of an order; raises NoSurvey before its invitation."""
    row = Survey.objects.select_related("order__customer", "answer").filter(order_id=order_id).first()
    if row is None:
        raise NoSurvey("There is no survey for this order yet")
    lines = row.order.lines.values_list("name", flat=True)
    name = row.order.customer.name.split()
    return Asked(
        order_id=order_id,
        number=row.order.number,
        first_name=name[0] if name else "",
        delivered=tuple(lines),
        closes_at=row.closes_at,
        answer=getattr(row, "answer", None),
    )
