"""Writes beside the stages 8 and 9: the invitation and the customer's answer."""

from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string

from feedback.errors import NoSurvey, SurveyClosed
from feedback.models import Answer, Survey
from inventory import clock
from orders.errors import NotAllowedNow
from orders.flow import State
from orders.history import record
from orders.models import Order
from orders.queue import held, wake
from orders.tokens import link


def invite(order_id: int, *, by: str) -> Survey:
    """Invite the customer once: the row is the invitation, the mail follows outside the transaction."""
    with held(order_id) as order:
        if order.state != State.DELIVERED:
            raise NotAllowedNow("survey", order)
        window = timedelta(seconds=settings.SURVEY_WINDOW_SECONDS)
        survey, fresh = Survey.objects.get_or_create(
            order=order, defaults={"invited_at": clock.now(), "closes_at": clock.now() + window}
        )
        if fresh:
            record(order, "order.invited", by=by)
        return survey


def send_invitation(survey: Survey, order: Order) -> None:
    """Send the mail; the Message-ID is the same for every try, so a repeated one can be told apart."""
    context = {"order": order, "shop": settings.SHOP_NAME, "link": link(order.pk, "survey")}
    EmailMessage(
        subject=f"{settings.SHOP_NAME}: how was order {order.number}?",
        body=render_to_string("feedback/survey_mail.txt", context),
        to=[order.customer.email],
        headers={"Message-ID": f"<survey-{survey.pk}@{settings.MAIL_DOMAIN}>"},
    ).send()
    Survey.objects.filter(pk=survey.pk).update(mailed_at=clock.now())


def answer(order_id: int, *, csat: int, nps: int | None, comment: str) -> Answer:
    """Keep what the customer says; until the window closes a second answer replaces the first.

    Raises NoSurvey before the invitation, SurveyClosed after the window.
    """
    with held(order_id) as order:
        survey = Survey.objects.filter(order=order).first()
        if not survey:
            raise NoSurvey("There is no survey for this order yet")
        if survey.closes_at <= clock.now():
            raise SurveyClosed("This survey is closed")
        said = {"csat": csat, "nps": nps, "comment": comment}
        if same := Answer.objects.filter(survey=survey, **said).first():
            return same
        row, _ = Answer.objects.update_or_create(
            survey=survey,
            defaults={**said, "answered_at": clock.now()},
        )
        if order.state == State.DELIVERED:
            order.due_at = clock.now()
            wake(order.state)
        record(order, "order.answered", by="customer", csat=csat, nps=nps)
        return row


def forget_words(order_ids: Iterable[int]) -> None:
    """Take away what customers wrote about these orders, when they are erased; their scores stay."""
    Answer.objects.filter(survey__order__in=list(order_ids)).update(comment="")
