"""What the survey page has to know."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Exists, OuterRef

from feedback.errors import NoSurvey
from feedback.models import Answer, Survey
from feedback.question_sets import Questionnaire, read
from fulfillment.models import Return
from inventory import clock
from orders.models import OrderLine


@dataclass(frozen=True)
class Asked:
    """One order's invitation with its questions, and what was answered so far; `answered` are names by line id."""

    order_id: int
    number: int
    first_name: str
    lines: tuple[OrderLine, ...]
    closes_at: datetime
    returned: bool
    questionnaire: Questionnaire
    answer: Answer | None
    answered: dict[int, frozenset[str]] = field(default_factory=dict)

    @property
    def others(self) -> int:
        return len(self.lines) - 1

    @property
    def wrong_lines(self) -> int:
        """How many lines the customer found wrong."""
        return sum(bool(wrong) for wrong in self.answered.values())

    @property
    def is_closed(self) -> bool:
        return self.closes_at <= clock.now()


def asked(order_id: int) -> Asked:
    """The survey of an order, in two queries, and one more when it was answered; raises NoSurvey before it is sent."""
    rows = Survey.objects.select_related("order__customer", "question_set", "answer")
    rows = rows.annotate(returned=Exists(Return.objects.filter(order=OuterRef("order"), received_at__isnull=False)))
    row = rows.filter(order_id=order_id).first()
    if row is None:
        raise NoSurvey("There is no survey for this order yet")
    name = row.order.customer.name.split()
    said = getattr(row, "answer", None)
    return Asked(
        order_id=order_id,
        number=row.order.number,
        first_name=name[0] if name else "",
        lines=tuple(row.order.lines.filter(quantity__gt=0)),
        closes_at=row.closes_at,
        returned=row.returned,
        questionnaire=read(row.question_set),
        answer=said,
        answered={line.order_line_id: line.faults for line in said.lines.all()} if said else {},
    )
