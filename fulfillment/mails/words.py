"""What each kind of mail says, in plain words: subject, sentences, facts and where its button leads."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from orders.letters.letter import day_of
from orders.models import Order
from orders.money import shown
from orders.payments.standing import waits_for_money, was_paid

Data = Mapping[str, Any]
Text = str | Promise
PART = "_part"  # of an order, while the rest is still to come


@dataclass(frozen=True)
class Words:
    """One mail before it is laid out: messages with names such as %(number)s, whose values are `told`.

    `facts` are (name, value); `said` was written by a person about this one thing; `purpose` is that of the button's
    link; `variant` ends the name of its text where one kind has several.
    """

    subject: str
    lead: str
    facts: tuple[tuple[str, str], ...] = ()
    said: tuple[str, ...] = ()
    more: tuple[str, ...] = ()
    told: Mapping[str, object] = field(default_factory=dict)
    variant: str = ""
    purpose: str = "track"
    button: str = ""


@dataclass(frozen=True)
class Kind:
    """A kind of mail: what it is called on the dashboard, and what makes its words."""

    label: Text
    say: Callable[[Order, Data], Words]


def _received(order: Order, data: Data) -> Words:
    lines = [(f"{line.quantity} × {line.name}", shown(line.total, order.currency)) for line in order.lines.all()]
    extras = ((_("Shipping"), order.shipping_total), (_("Tax"), _tax_on_top(order)))
    sums = [(name, shown(amount, order.currency)) for name, amount in extras if amount]
    sums += [(_("Total"), shown(order.total, order.currency)), (_("Expected by"), day_of(order.promised_at))]
    waits = waits_for_money(order)
    return Words(
        subject=_("We have your order %(number)s"),
        lead=_("Thank you for your order. We will write again when it is on its way."),
        facts=(*lines, *sums),
        more=(_("It is not paid yet: we keep everything aside for you, and send it once it is."),) if waits else (),
    )


def _tax_on_top(order: Order) -> Decimal:
    """That which prices do not include already."""
    return Decimal(0) if order.prices_include_tax else order.tax_total


def _shipped(order: Order, data: Data) -> Words:
    """Each parcel with its contents; where other things follow, which."""
    carrier, tracking = str(data.get("carrier", "")) or _("the carrier"), list(data.get("tracking", []))
    parcels, follows = list(data.get("parcels", [])), tuple(data.get("follows", []))
    told = {"carrier": carrier, "count": len(tracking) or 1, "tracking": ", ".join(tracking)}
    facts = [
        (_("Parcel %(number)s") % {"number": number}, ", ".join(inside)) for number, inside in enumerate(parcels, 1)
    ]
    if len(parcels) == 1:
        facts = [(_("In this parcel"), ", ".join(parcels[0]))]
    if follows:
        facts.append((_("Still to come"), ", ".join(follows)))
    facts += [(_("Tracking number"), ", ".join(tracking)), (_("Expected by"), day_of(order.promised_at))]
    lead = ngettext(
        "Good news: %(carrier)s has your parcel.",
        "Good news: %(carrier)s has your %(count)s parcels.",
        len(tracking) or 1,
    )
    subject = _("Part of order %(number)s is on its way") if follows else _("Order %(number)s is on its way")
    more = (_("The rest follows in a parcel of its own. We will write again when it leaves."),) if follows else ()
    variant = PART if follows else ""
    return Words(subject=subject, lead=lead, facts=tuple(facts), more=more, told=told, variant=variant)


def _out(order: Order, data: Data) -> Words:
    return Words(
        subject=_("Order %(number)s arrives today"),
        lead=_("Your parcel is in the van and should be with you today."),
    )


def _delivered(order: Order, data: Data) -> Words:
    missing = tuple(data.get("follows", []))
    subject = _("Part of order %(number)s has arrived") if missing else _("Order %(number)s has arrived")
    return Words(
        subject=subject,
        facts=((_("Still to come"), ", ".join(missing)),) if missing else (),
        lead=_("Your parcel was delivered. Is everything there, and as it should be?"),
        more=(_("If something is missing, wrong or damaged, one tap tells us."),),
        button=_("Tell us if something is wrong"),
        variant=PART if missing else "",
    )


def _delayed(order: Order, data: Data) -> Words:
    expected = parse_datetime(str(data.get("expected_at", "")))
    return Words(
        subject=_("Order %(number)s takes longer than we said"),
        lead=_("We are sorry: your parcel is late. We are watching it, and you need not do anything."),
        facts=((_("It was expected by"), day_of(expected)),) if expected else (),
    )


def _failed(order: Order, data: Data) -> Words:
    return Words(
        subject=_("Order %(number)s could not be handed over"),
        lead=_("The carrier was at your door with your parcel and could not hand it over. They will try again."),
        more=(_("If something is wrong with the address, reply to this mail."),),
    )


def _lost(order: Order, data: Data) -> Words:
    return Words(
        subject=_("Order %(number)s: your parcel is lost"),
        lead=_("We are sorry: the carrier has lost your parcel. You need not do anything."),
        more=(_("We see to it that you get your goods or your money back, and write to you soon."),),
        button=_("See your order"),
    )


def _sent_back(order: Order, data: Data) -> Words:
    return Words(
        subject=_("Order %(number)s came back to us"),
        lead=_("The carrier could not hand over your parcel and has brought it back to us."),
        more=(_("If you still want it, reply with the right address and we send it again; else we pay it back."),),
        purpose="return",
        button=_("See your return"),
    )


def _sent_again(order: Order, data: Data) -> Words:
    return Words(
        subject=_("Order %(number)s: we are sending it again"),
        lead=_("Your parcel came back to us, and we are sending you the same things again. It costs you nothing."),
        facts=(
            (_("Goes to"), str(data.get("address", ""))),
            (_("Number of the new parcel's order"), str(data.get("reshipment", ""))),
        ),
        more=(_("We write again when it is on its way."),),
        button=_("See your order"),
    )


def in_one_line(address: Mapping[str, Any]) -> str:
    """As it is written on a parcel, with commas."""
    parts = ("name", "company", "line1", "line2", "postal_code", "city", "region", "country")
    return ", ".join(str(address[part]) for part in parts if address.get(part))


def _refunded(order: Order, data: Data) -> Words:
    amount = shown(Decimal(str(data.get("amount", 0))), order.currency)
    return Words(
        subject=_("We have paid back %(amount)s"),
        lead=_("%(amount)s of order %(number)s are on their way back to you, the way you paid."),
        told={"amount": amount},
        more=(_("It takes your bank a few days to show it."),),
        button=_("See your order"),
    )


def _cancelled(order: Order, data: Data) -> Words:
    return Words(
        subject=_("Order %(number)s is called off"),
        lead=_("Your order is called off and nothing will be sent."),
        more=(_("What you have paid goes back to you."),) if was_paid(order) else (_("Nothing is charged."),),
        button=_("See your order"),
    )


def _link(order: Order, data: Data) -> Words:
    return Words(
        subject=_("Your link to order %(number)s"),
        lead=_("Somebody, we hope you, asked for the link to this order. Here it is."),
        more=(_("If it was not you, you need not do anything."),),
        button=_("See your order"),
    )


def _about_return(subject: Text, lead: Text, *more: Text) -> Callable[[Order, Data], Words]:
    """A mail about a return; its words are translated when they are said."""

    def say(order: Order, data: Data) -> Words:
        told = {"rma": data.get("rma", "")}
        why = (str(data["why"]),) if data.get("why") else ()
        return Words(
            subject=str(subject),
            lead=str(lead),
            said=why,
            more=tuple(str(words) for words in more),
            told=told,
            purpose="return",
            button=_("See your return"),
        )

    return say


def _claim(subject: Text, lead: Text) -> Callable[[Order, Data], Words]:
    """A mail about a claim that has ended."""

    def say(order: Order, data: Data) -> Words:
        again = ((_("Sent again as order"), str(data["reshipment"])),) if data.get("reshipment") else ()
        return Words(subject=str(subject), lead=str(lead), facts=again, button=_("See your order"))

    return say


KINDS: dict[str, Kind] = {
    "received": Kind(gettext_lazy("Order received"), _received),
    "shipped": Kind(gettext_lazy("On its way"), _shipped),
    "out_for_delivery": Kind(gettext_lazy("Arrives today"), _out),
    "delivered": Kind(gettext_lazy("Delivered"), _delivered),
    "delayed": Kind(gettext_lazy("Late"), _delayed),
    "delivery_failed": Kind(gettext_lazy("Could not be handed over"), _failed),
    "lost": Kind(gettext_lazy("Lost"), _lost),
    "sent_back": Kind(gettext_lazy("Came back to us"), _sent_back),
    "sent_again": Kind(gettext_lazy("Sent again"), _sent_again),
    "refunded": Kind(gettext_lazy("Paid back"), _refunded),
    "cancelled": Kind(gettext_lazy("Called off"), _cancelled),
    "return_approved": Kind(
        gettext_lazy("Return approved"),
        _about_return(
            gettext_lazy("Return %(rma)s: how to send it back"),
            gettext_lazy(
                "We take it back. Print the label, put the parcel together as you got it, and bring it to the carrier."
            ),
        ),
    ),
    "return_declined": Kind(
        gettext_lazy("Return declined"),
        _about_return(gettext_lazy("Return %(rma)s: we are sorry"), gettext_lazy("We cannot take this back.")),
    ),
    "return_received": Kind(
        gettext_lazy("Return received"),
        _about_return(
            gettext_lazy("Return %(rma)s is here"),
            gettext_lazy("Your parcel has reached us. We look at it and settle it soon."),
        ),
    ),
    "return_settled": Kind(
        gettext_lazy("Return settled"),
        _about_return(
            gettext_lazy("Return %(rma)s is settled"),
            gettext_lazy("Everything about your return of order %(number)s is done."),
        ),
    ),
    "claim_settled": Kind(
        gettext_lazy("Claim settled"),
        _claim(
            gettext_lazy("Order %(number)s: we have put it right"),
            gettext_lazy("We have looked into what you told us and settled it."),
        ),
    ),
    "claim_refused": Kind(
        gettext_lazy("Claim refused"),
        _claim(
            gettext_lazy("Order %(number)s: about what you told us"),
            gettext_lazy("We have looked into what you told us and see it differently."),
        ),
    ),
    "link": Kind(gettext_lazy("Link asked for"), _link),
}
