"""What the customer said of one order, its verdict with the evidence, and who got back to them: rows read before."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext as _

from feedback.models import Answer, FollowUp, OrderReview, Survey
from feedback.questions import LINE_FAULTS
from ordermgmt.feedback.troubles import said
from ordermgmt.phrases import age, inside, titled
from orders.flow import STAGES
from orders.models import Order

STATES = {stage.verb: stage.state.label for stage in STAGES}


@dataclass(frozen=True)
class FollowUpCard:
    """One follow-up with what it is about."""

    row: FollowUp
    said: str


@dataclass(frozen=True)
class SurveyCard:
    """Everything of stages 8 and 9."""

    survey: Survey | None
    answer: Answer | None
    stages: tuple[tuple[str, int], ...]
    wrong: tuple[tuple[str, str], ...]
    review: OrderReview | None
    slowest: str
    exceptions: tuple[str, ...]
    follow_ups: tuple[FollowUpCard, ...]


def survey_card(order: Order) -> SurveyCard | None:
    """None until the customer was invited; reads what the order's page has prefetched, and nothing else."""
    survey: Survey | None = getattr(order, "survey_record", None)
    review: OrderReview | None = getattr(order, "review_record", None)
    if survey is None and review is None:
        return None
    answer: Answer | None = getattr(survey, "answer", None)
    return SurveyCard(
        survey=survey,
        answer=answer,
        stages=tuple((str(STATES[verb]), score) for verb, score in answer.stages.items()) if answer else (),
        wrong=tuple(_wrong(order, answer)) if answer else (),
        review=review,
        slowest=_slowest(review) if review else "",
        exceptions=tuple(_exceptions(review)) if review else (),
        follow_ups=tuple(FollowUpCard(row, said(row)) for row in order.follow_ups.all()),
    )


def _wrong(order: Order, answer: Answer) -> Iterator[tuple[str, str]]:
    names, skus = dict(LINE_FAULTS), {line.pk: line.sku for line in order.lines.all()}
    for line in answer.lines.all():
        if line.faults:
            yield skus.get(line.order_line_id, ""), ", ".join(str(names[fault]) for fault in sorted(line.faults))


def _slowest(review: OrderReview) -> str:
    """Picked after 2 d; its bound is 4 h, the shop's median 3 h."""
    seconds = review.evidence.get("seconds", {}).get(review.slowest_stage)
    name = str(STATES.get(review.slowest_stage, titled(review.slowest_stage)))
    if seconds is None:
        return name
    beside = [
        f"{words} {age(timedelta(seconds=review.evidence[key]))}"
        for key, words in (("bound", "bound"), ("median", _("shop’s median")))
        if review.evidence.get(key) is not None
    ]
    return f"{name}, {age(timedelta(seconds=seconds))}" + (f" ({', '.join(beside)})" if beside else "")


def _exceptions(review: OrderReview) -> Iterator[str]:
    for name in review.evidence.get("exceptions", []):
        kind, __, reason = name.partition(":")
        yield _("Held: {inside}").format(inside=inside(titled(reason))) if reason else titled(kind)
