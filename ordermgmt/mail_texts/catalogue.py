"""Every text of a mail: its name, the program's own words, and what it looks like for an order that nobody placed."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from feedback.survey_mail import AFTER_RETURN, PLAIN, REMINDER, survey_mail, survey_values, survey_words
from fulfillment.mails.words import KINDS, PART
from fulfillment.mails.writing import rendered, shop_of, standard_letter
from inventory import clock
from orders.letters.letter import Letter, values_of
from orders.models import Channel, Customer, Order, OrderLine
from orders.money import shown
from orders.payments.reminder_mail import AGAIN, FIRST, LAST, reminder_mail, reminder_values, reminder_words

Words = str | Promise
TOLD: Mapping[str, Any] = {
    "rma": "R10001-1",
    "amount": "12.50",
    "carrier": "Parcelwing",
    "tracking": ["PW0001GB"],
    "parcels": [["2 × Blue mug", "1 × Plate"]],
    "address": "Ada Byron, 12 St James's Square, SW1Y 4JH, London, GB",
    "reshipment": 10002,
}
STILL_TO_COME: Mapping[str, Any] = {"follows": ["1 × Teapot"]}
# What each name stands for.
MEANINGS: Mapping[str, Words] = {
    "name": _("First name"),
    "full_name": _("Full name"),
    "order_number": _("Order number"),
    "order_date": _("Day of the order"),
    "expected_by": _("Day it was promised for"),
    "total": _("Total of the order"),
    "shop": _("Your shop’s name"),
    "carrier": _("Carrier"),
    "parcels": _("Number of parcels"),
    "tracking": _("Tracking numbers"),
    "amount": _("Amount of money"),
    "return_number": _("Number of the return"),
    "due_on": _("Day the invoice was due"),
}


@dataclass(frozen=True)
class MailKind:
    """One text: `words` gives what the program says, and `values` what the names stand for, for an example order.

    `show` lays a letter out as subject, text and HTML; a mail that is text alone has an empty HTML.
    """

    label: Words
    words: Callable[[Order], Letter]
    values: Callable[[Order], Mapping[str, str]]
    show: Callable[[Order, Letter], tuple[str, str, str]]

    def standard(self, language: str) -> Letter:
        """The program's own words."""
        with _speaking(language):
            return self.words(example_order(language))

    def names(self, language: str) -> Mapping[str, str]:
        """The names that may be written, with what they say of the example."""
        with _speaking(language):
            return self.values(example_order(language))

    def shown(self, letter: Letter, language: str) -> tuple[str, str, str]:
        """Subject, text and HTML of the example's mail."""
        with _speaking(language):
            return self.show(example_order(language), letter)


def example_order(language: str) -> Order:
    """In memory alone; placed two days ago, by the shop's only customer who never minds."""
    now = clock.now()
    channel = Channel(code="", name=settings.SHOP_NAME, language=language)
    order = Order(pk=0, number=10001, channel=channel, customer=Customer(name="Ada Byron"), currency="GBP")
    order.placed_at, order.promised_at, order.total = now - timedelta(days=2), now + timedelta(days=2), Decimal("36.50")
    lines = [(2, "Blue mug", "17.00"), (1, "Plate", "19.50")]
    made = [OrderLine(order=order, quantity=count, name=name, total=Decimal(price)) for count, name, price in lines]
    vars(order)["_prefetched_objects_cache"] = {"lines": made}
    return order


@contextmanager
def _speaking(language: str) -> Iterator[None]:
    with translation.override(language), timezone.override(ZoneInfo(settings.SHOP_TIME_ZONE)):
        yield


def _of_order(kind: str, label: Words, told: Mapping[str, Any], variant: str = "") -> MailKind:
    data = {**TOLD, **told}

    def values(order: Order) -> Mapping[str, str]:
        return values_of(order, shop=shop_of(order), **KINDS[kind].say(order, data).told)

    def show(order: Order, letter: Letter) -> tuple[str, str, str]:
        return rendered(order, kind, data, {(kind + variant, order.channel.speaks): letter})

    return MailKind(label, lambda order: standard_letter(KINDS[kind].say(order, data)), values, show)


def _of_survey(kind: str, label: Words) -> MailKind:
    def show(order: Order, letter: Letter) -> tuple[str, str, str]:
        return survey_mail(letter, survey_values(order), f"{settings.BASE_URL}/survey/")

    return MailKind(label, lambda order: survey_words(kind), survey_values, show)


def _of_reminder(kind: str, label: Words) -> MailKind:
    def values(order: Order) -> Mapping[str, str]:
        return reminder_values(order, owed=shown(order.total, order.currency), due_on=order.placed_at.date())

    def show(order: Order, letter: Letter) -> tuple[str, str, str]:
        return (*reminder_mail(letter, values(order)), "")

    return MailKind(label, lambda order: reminder_words(kind), values, show)


def _of_orders() -> dict[str, MailKind]:
    found = {}
    for kind, row in KINDS.items():
        found[kind] = _of_order(kind, row.label, {})
        if kind in IN_PARTS:
            found[kind + PART] = _of_order(kind, IN_PARTS[kind], STILL_TO_COME, PART)
    return found


IN_PARTS = {"shipped": _("On its way, in part"), "delivered": _("Delivered, in part")}
MAIL_KINDS: Mapping[str, MailKind] = {
    **_of_orders(),
    PLAIN: _of_survey(PLAIN, _("Invitation to the survey")),
    AFTER_RETURN: _of_survey(AFTER_RETURN, _("Invitation after a return")),
    REMINDER: _of_survey(REMINDER, _("Reminder of the survey")),
    FIRST: _of_reminder(FIRST, _("Reminder of an invoice")),
    AGAIN: _of_reminder(AGAIN, _("Further reminder")),
    LAST: _of_reminder(LAST, _("Last reminder")),
}


def label_of(kind: str) -> str:
    """What a kind of mail is called."""
    return str(MAIL_KINDS[kind].label) if kind in MAIL_KINDS else kind
