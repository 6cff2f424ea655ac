"""The kinds of things in a timeline that a person can look at alone, and what of it somebody may see."""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from ordermgmt.phrases import is_person
from orders.models import OrderEvent

MONEY = ("payment.", "credit.")
NOTE, ASKED = "order.noted", ("order.invited", "order.asked_again")


class Kind(models.TextChoices):
    """As it stands in the address."""

    ALL = "", _("All")
    PEOPLE = "people", _("People")
    SYSTEM = "system", _("System")
    MAILS = "mails", _("Mails")
    WEBHOOKS = "webhooks", _("Webhooks")
    NOTES = "notes", _("Notes")
    MONEY = "money", _("Money")


@dataclass(frozen=True)
class Wish:
    """What somebody wants to see of it, and whether they may see money, and mails and webhooks."""

    kind: Kind = Kind.ALL
    whole: bool = False
    money: bool = True
    mails: bool = True

    @property
    def kinds(self) -> list[Kind]:
        """Those to choose from."""
        hidden = {*(() if self.money else (Kind.MONEY,)), *(() if self.mails else (Kind.MAILS, Kind.WEBHOOKS))}
        return [kind for kind in Kind if kind not in hidden]

    @property
    def chosen(self) -> Kind:
        """All, for who asks for what they may not see."""
        return self.kind if self.kind in self.kinds else Kind.ALL


def kind_named(word: str) -> Kind:
    """All for a word that is none."""
    return Kind(word) if word in Kind.values else Kind.ALL


def is_money(event: OrderEvent) -> bool:
    """Whether it is for those alone who may see payments."""
    return event.name.startswith(MONEY)


def without_amounts(event: OrderEvent) -> OrderEvent:
    """As those may read it who may not see payments: neither what a claim gave, nor why a payment holds the order."""
    hidden = {"refund"} | ({"note"} if is_of_money(event.data.get("reason")) else set())
    told = {name: value for name, value in event.data.items() if name not in hidden}
    return OrderEvent(name=event.name, at=event.at, by=event.by, data=told)


def is_of_money(reason: object) -> bool:
    """Whether a hold for this reason names amounts that were paid, or not."""
    return str(reason).startswith("payment")


def kinds_of(event: OrderEvent) -> frozenset[Kind]:
    """All that it belongs to; who asked or answered as the customer is a person too."""
    found = {Kind.ALL, Kind.PEOPLE if is_person(event.by) or event.by == "customer" else Kind.SYSTEM}
    if is_money(event):
        found.add(Kind.MONEY)
    if event.name == NOTE:
        found.add(Kind.NOTES)
    if event.name in ASKED:
        found.add(Kind.MAILS)
    return frozenset(found)
