"""Reminding those who pay later and have not: a letter for each level, each sent once.

Money that has come ends it, whatever payment it came by. The last level needs no act of ours: an order that is
overdue weighs in the customer's next decision.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import Max
from django.db.models.functions import Coalesce
from django.utils import timezone, translation

from inventory import clock
from orders.history import record
from orders.letters.keeping import own_letters
from orders.models import Payment, Reminder
from orders.money import plain, shown
from orders.payments.reminder_mail import reminder_kind, reminder_mail, reminder_values, reminder_words
from orders.payments.standing import balance_of, unpaid
from orders.queue import each_alone, held

BY = "system:dunning"


def remind_payers(limit: int = 500) -> int:
    """Send every letter that is due; returns how many. One that fails stops no other."""
    return each_alone(list(_due())[:limit], _remind, failed="Payment and level %s could not be reminded of")


def _remind(due: tuple[int, int]) -> bool:
    return remind(*due)


def remind(payment_id: int, level: int) -> bool:
    """Send one letter unless it was sent or nothing is owed any more. Whether it was sent now.

    The mail goes before the row that says so: one that is sent twice has the same Message-ID.
    """
    payment = Payment.objects.select_related("order__customer").get(pk=payment_id)
    order = payment.order
    owed = balance_of(order).owed
    if not owed or payment.reminders.filter(level__gte=level).exists():
        return False
    _send(payment, level, owed)
    with held(order.pk) as order:
        _, fresh = Reminder.objects.get_or_create(payment=payment, level=level, defaults={"at": clock.now()})
        if fresh:
            amount = plain(owed, order.currency)
            record(order, "payment.reminded", by=BY, payment=payment.pk, level=level, amount=amount)
        return fresh


def level_at(due_at: datetime, now: datetime) -> int:
    """The level that is reached: 0 before the first, else how many of `settings.DUNNING_DAYS` are over."""
    return sum(due_at + timedelta(days=days) <= now for days in settings.DUNNING_DAYS)


def _due() -> Iterator[tuple[int, int]]:
    """Unpaid payments whose level was not told yet. Of several that are due only the highest is sent."""
    now = clock.now()
    first = now - timedelta(days=min(settings.DUNNING_DAYS, default=0))
    rows = unpaid(Payment.objects.filter(due_at__lte=first, order__customer__erased_at=None))
    rows = rows.annotate(told=Coalesce(Max("reminders__level"), 0)).filter(told__lt=len(settings.DUNNING_DAYS))
    for row in rows.order_by("due_at"):
        level = level_at(row.due_at or now, now)
        if level > row.told:
            yield row.pk, level


def _send(payment: Payment, level: int, owed: Decimal) -> None:
    """In the language of the order's channel."""
    order, kind = payment.order, reminder_kind(level, len(settings.DUNNING_DAYS))
    zone, language = ZoneInfo(settings.SHOP_TIME_ZONE), order.channel.speaks
    due_on = (payment.due_at or clock.now()).astimezone(zone).date()
    with translation.override(language), timezone.override(zone):
        letter = own_letters(kind).get((kind, language)) or reminder_words(kind)
        values = reminder_values(order, owed=shown(owed, order.currency), due_on=due_on)
        subject, body = reminder_mail(letter, values)
    EmailMessage(
        subject=subject,
        body=body,
        to=[order.customer.email],
        headers={"Message-ID": f"<reminder-{payment.pk}-{level}@{settings.MAIL_DOMAIN}>"},
    ).send()
