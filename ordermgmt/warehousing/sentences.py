"""What a rule of the warehouse does, in a sentence."""

from datetime import date
from decimal import Decimal

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from fulfillment.models import InsertRule, PickingPolicy, Trolley
from inventory.wording import grouped

Kind, WavesBy, Occasion = PickingPolicy.Kind, PickingPolicy.WavesBy, InsertRule.Occasion
TOGETHER = {
    WavesBy.CUT_OFF: gettext_lazy("leave at the same cut-off"),
    WavesBy.SERVICE: gettext_lazy("were ordered with the same way of shipping"),
    WavesBy.CARRIER: gettext_lazy("will go with the same service of the same carrier"),
    WavesBy.PRIORITY: gettext_lazy("have the same priority"),
}
OCCASIONS = {
    Occasion.ALWAYS: gettext_lazy("every order"),
    Occasion.FIRST_ORDER: gettext_lazy("a customer's first order"),
    Occasion.TIER_A: gettext_lazy("each order of an A-list customer"),
    Occasion.APOLOGY: gettext_lazy("the order after one that came late"),
    Occasion.BIRTHDAY: gettext_lazy("each order in the customer's birthday month"),
}


def of_policy(policy: PickingPolicy | None) -> str:
    """Who shares a walk."""
    if policy is None or policy.kind == Kind.SINGLE:
        return _("Each order is picked on a walk of its own.")
    carried = _("as many as the {trolley} carries").format(trolley=policy.trolley)
    if policy.kind == Kind.BATCH:
        return _("Orders share a walk where that makes the way shortest, {carried}.").format(carried=carried)
    if policy.waves_by == WavesBy.ZONE:
        together = _("lie within the same {zone_aisles} aisles").format(zone_aisles=policy.zone_aisles)
    else:
        together = str(TOGETHER[WavesBy(policy.waves_by)])
    return _("Only orders that {together} share a walk, {carried}; the most urgent wave is picked first.").format(
        together=together, carried=carried
    )


def of_trolley(trolley: Trolley) -> str:
    """What it carries."""
    totes = ngettext("{totes} tote", "{totes} totes", trolley.totes).format(totes=trolley.totes)
    kilos = f"{trolley.max_weight_g / 1000:g}"
    return _(
        "It carries {totes} of {tote_litres} litres and {kilos} kg in all; a tote holds goods of one order."
    ).format(totes=totes, tote_litres=grouped(trolley.tote_litres), kilos=kilos)


def of_insert(rule: InsertRule) -> str:
    """What is added, when, and for how long."""
    narrowed = [_("placed in {name}").format(name=rule.channel.name)] if rule.channel else []
    narrowed += [_("with {sku}").format(sku=rule.sku)] if rule.sku else []
    narrowed += (
        [_("of at least {least_total}").format(least_total=_money(rule.least_total))]
        if rule.least_total is not None
        else []
    )
    whose = " ".join([str(OCCASIONS[Occasion(rule.occasion)]), *narrowed])
    done = _("The packer scans {code}").format(code=rule.code) if rule.code else _("The packer ticks it off")
    return _("A {kind} goes into the first parcel of {whose}{when}. {done}; it costs {cost}.").format(
        kind=rule.kind, whose=whose, when=_when(rule), done=done, cost=_money(rule.cost)
    )


def _when(rule: InsertRule) -> str:
    first, last = rule.starts_on, rule.ends_on
    return (_(", from {day}").format(day=_day(first)) if first else "") + (
        _(", until {day}").format(day=_day(last)) if last else ""
    )


def _money(amount: Decimal) -> str:
    return f"{amount:,.2f}"


def _day(day: date) -> str:
    return date_format(day, "j M Y")
