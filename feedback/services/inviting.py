"""The one invitation of an order, and the one reminder of it where its question set wants one."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone, translation

from feedback.asking import LOOK_AGAIN, ask_at, may_be_asked
from feedback.models import Survey
from feedback.question_sets import questionnaire_of, read
from feedback.questions import LOCALES
from feedback.survey_mail import AFTER_RETURN, PLAIN, REMINDER, survey_mail, survey_values, survey_words
from fulfillment.mails.keeping import keep_sent
from inventory import clock
from orders.errors import NotAllowedNow
from orders.flow import State
from orders.history import record
from orders.letters.keeping import own_letters
from orders.models import Order
from orders.queue import held
from orders.tokens import link


def not_yet(order_id: int) -> Order | None:
    """The order, due again later, when its customer is not to be asked now: too early, or something is unsettled."""
    with held(order_id) as order:
        if order.state != State.DELIVERED or Survey.objects.filter(order=order).exists():
            return None
        moment = ask_at(order, questionnaire_of(order.channel_id))
        if moment <= clock.now():
            return None
        order.due_at = moment
        order.save(update_fields=["due_at"])
        return order


def invite(order_id: int, *, by: str) -> Survey:
    """Invite the customer once: the row is the invitation, the mail follows outside the transaction."""
    with held(order_id) as order:
        if order.state != State.DELIVERED:
            raise NotAllowedNow("survey", order)
        questionnaire, now = questionnaire_of(order.channel_id), clock.now()
        survey, fresh = Survey.objects.get_or_create(
            order=order,
            defaults={
                "question_set_id": questionnaire.row_id,
                "invited_at": now,
                "closes_at": now + questionnaire.window,
            },
        )
        if fresh:
            record(order, "order.invited", by=by)
        return survey


def next_look(survey: Survey, order: Order) -> datetime:
    """When something may be done about an invitation that nobody has answered: remind of it, or close it."""
    reminder = read(survey.question_set).reminder
    if reminder is None or survey.reminded_at:
        return survey.closes_at
    moment = (survey.mailed_at or clock.now()) + reminder
    if moment <= clock.now() and not may_be_asked(order):
        moment = clock.now() + LOOK_AGAIN
    return min(moment, survey.closes_at)


def send_invitation(survey: Survey, order: Order) -> None:
    """Ask; after a return the words are others."""
    after_return = order.returns.filter(received_at__isnull=False).exists()
    _send(survey, order, AFTER_RETURN if after_return else PLAIN)
    Survey.objects.filter(pk=survey.pk).update(mailed_at=clock.now())


def send_reminder(survey: Survey, order: Order, *, by: str) -> None:
    """Ask once more, and never again."""
    _send(survey, order, REMINDER, turn="-again")
    with held(order.pk) as order:
        if Survey.objects.filter(pk=survey.pk, reminded_at=None).update(reminded_at=clock.now()):
            record(order, "order.asked_again", by=by)


def _send(survey: Survey, order: Order, kind: str, *, turn: str = "") -> None:
    """The Message-ID is the same for every try, so a repeated mail can be told apart."""
    asked_in = read(survey.question_set).language
    language = LOCALES.get(asked_in, asked_in)
    with translation.override(language), timezone.override(ZoneInfo(settings.SHOP_TIME_ZONE)):
        letter = own_letters(kind).get((kind, language)) or survey_words(kind)
        subject, text, html = survey_mail(letter, survey_values(order), link(order.pk, "survey"))
    mail = EmailMultiAlternatives(
        subject=subject,
        body=text,
        to=[order.customer.email],
        headers={"Message-ID": f"<survey-{survey.pk}{turn}@{settings.MAIL_DOMAIN}>"},
    )
    mail.attach_alternative(html, "text/html")
    mail.send()
    keep_sent(mail, order, kind=kind, key=f"survey {survey.pk}{turn}")
