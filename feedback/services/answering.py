"""The customer's answer: kept once, changed as long as the survey is open, and heard by a person if it is bad."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from feedback.errors import NoSurvey, SurveyClosed
from feedback.models import Answer, LineAnswer, Survey
from feedback.question_sets import read
from feedback.services.follow_ups import open_follow_up, withdraw_follow_up
from feedback.services.judging_anew import judge_anew
from inventory import clock
from orders.flow import State
from orders.history import record
from orders.models import Order
from orders.queue import held, wake

HAPPY_CSAT, UNHAPPY_CSAT = 4, 2
PROMOTER, DETRACTOR = 9, 6


@dataclass(frozen=True)
class LineSaid:
    """What is wrong with one line: some of `item`, `quantity`, `condition`; nothing means that all is right."""

    line_id: int
    wrong: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Details:
    """Beside the scores: the stages by verb, the lines that were answered, and whether the shop may call."""

    stages: Mapping[str, int] = field(default_factory=dict)
    lines: tuple[LineSaid, ...] = ()
    may_call: bool | None = None


def answer(order_id: int, *, csat: int, nps: int | None, comment: str, details: Details | None = None) -> Answer:
    """Keep what the customer says; until the window closes a second answer replaces the first.

    A bad one opens a follow-up, and one that is changed after the review changes its verdict. Raises NoSurvey before
    the invitation, SurveyClosed after the window.
    """
    more = details or Details()
    with held(order_id) as order:
        survey = Survey.objects.select_related("question_set").filter(order=order).first()
        if not survey:
            raise NoSurvey(_("There is no survey for this order yet"))
        if survey.closes_at <= clock.now():
            raise SurveyClosed(_("This survey is closed"))
        said: dict[str, Any] = {"csat": csat, "nps": nps, "comment": comment}
        said |= {"stages": dict(more.stages), "may_call": more.may_call}
        same = Answer.objects.filter(survey=survey, **said).first()
        if same and _lines(same) == frozenset(more.lines):
            return same
        row, __ = Answer.objects.update_or_create(survey=survey, defaults={**said, "answered_at": clock.now()})
        _write_lines(row, order, more)
        _tell(order, row, more)
        wrong = _wrong_lines(more)
        if is_unhappy(row, wrong_lines=wrong):
            open_follow_up(order, row, read(survey.question_set), wrong_lines=wrong)
        else:
            withdraw_follow_up(order)
        if order.state == State.DELIVERED:
            order.due_at = clock.now()
            wake(order.state)
        if order.state == State.REVIEWED:
            judge_anew(order, by="customer")
        return row


def is_happy(row: Answer, *, wrong_lines: int) -> bool:
    """Somebody who may be asked to tell others."""
    recommends = row.nps is not None and row.nps >= PROMOTER
    return not is_unhappy(row, wrong_lines=wrong_lines) and (row.csat >= HAPPY_CSAT or recommends)


def is_unhappy(row: Answer, *, wrong_lines: int) -> bool:
    """Somebody a person should get back to."""
    return row.csat <= UNHAPPY_CSAT or (row.nps is not None and row.nps <= DETRACTOR) or wrong_lines > 0


def _wrong_lines(more: Details) -> int:
    return sum(bool(line.wrong) for line in more.lines)


def _lines(row: Answer) -> frozenset[LineSaid]:
    return frozenset(LineSaid(line.order_line_id, line.faults) for line in row.lines.all())


def _write_lines(row: Answer, order: Order, more: Details) -> None:
    known = set(order.lines.values_list("pk", flat=True))
    row.lines.all().delete()
    LineAnswer.objects.bulk_create(
        LineAnswer(
            answer=row,
            order_line_id=line.line_id,
            right_item="item" not in line.wrong,
            right_quantity="quantity" not in line.wrong,
            undamaged="condition" not in line.wrong,
        )
        for line in more.lines
        if line.line_id in known
    )


def _tell(order: Order, row: Answer, more: Details) -> None:
    """Scores and which lines were wrong; no words: the history is never changed, and people may be erased."""
    data: dict[str, Any] = {"csat": row.csat, "nps": row.nps}
    if more.stages:
        data["stages"] = dict(more.stages)
    wrong = {line.line_id: sorted(line.wrong) for line in more.lines if line.wrong}
    if wrong:
        skus = order.lines.filter(pk__in=wrong).order_by("position").values_list("pk", "sku")
        data["wrong"] = [{"sku": sku, "what": wrong[line_id]} for line_id, sku in skus]
    record(order, "order.answered", by="customer", **data)
