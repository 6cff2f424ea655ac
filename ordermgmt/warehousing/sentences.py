"""What a rule of the warehouse does, in a sentence."""

from datetime import date
from decimal import Decimal

from django.utils.formats import date_format

from fulfillment.models import InsertRule, PickingPolicy, Trolley

Kind, WavesBy, Occasion = PickingPolicy.Kind, PickingPolicy.WavesBy, InsertRule.Occasion
TOGETHER = {
    WavesBy.CUT_OFF: "leave at the same cut-off",
    WavesBy.SERVICE: "were ordered with the same way of shipping",
    WavesBy.CARRIER: "will go with the same service of the same carrier",
    WavesBy.PRIORITY: "have the same priority",
}
OCCASIONS = {
    Occasion.ALWAYS: "every order",
    Occasion.FIRST_ORDER: "a customer's first order",
    Occasion.TIER_A: "each order of an A-list customer",
    Occasion.APOLOGY: "the order after one that came late",
    Occasion.BIRTHDAY: "each order in the customer's birthday month",
}


def of_policy(policy: PickingPolicy | None) -> str:
    """Who shares a walk."""
    if policy is None or policy.kind == Kind.SINGLE:
        return "Each order is picked on a walk of its own."
    carried = f"as many as the {policy.trolley} carries"
    if policy.kind == Kind.BATCH:
        return f"Orders share a walk where that makes the way shortest, {carried}."
    if policy.waves_by == WavesBy.ZONE:
        together = f"lie within the same {policy.zone_aisles} aisles"
    else:
        together = TOGETHER[WavesBy(policy.waves_by)]
    return f"Only orders that {together} share a walk, {carried}; the most urgent wave is picked first."


def of_trolley(trolley: Trolley) -> str:
    """What it carries."""
    totes = "1 tote" if trolley.totes == 1 else f"{trolley.totes} totes"
    kilos = f"{trolley.max_weight_g / 1000:g}"
    return (
        f"It carries {totes} of {trolley.tote_litres:,} litres and {kilos} kg in all; a tote holds goods of one order."
    )


def of_insert(rule: InsertRule) -> str:
    """What is added, when, and for how long."""
    narrowed = [f"placed in {rule.channel.name}"] if rule.channel else []
    narrowed += [f"with {rule.sku}"] if rule.sku else []
    narrowed += [f"of at least {_money(rule.least_total)}"] if rule.least_total is not None else []
    whose = " ".join([OCCASIONS[Occasion(rule.occasion)], *narrowed])
    done = f"The packer scans {rule.code}" if rule.code else "The packer ticks it off"
    return f"A {rule.kind} goes into the first parcel of {whose}{_when(rule)}. {done}; it costs {_money(rule.cost)}."


def _when(rule: InsertRule) -> str:
    first, last = rule.starts_on, rule.ends_on
    return (f", from {_day(first)}" if first else "") + (f", until {_day(last)}" if last else "")


def _money(amount: Decimal) -> str:
    return f"{amount:,.2f}"


def _day(day: date) -> str:
    return date_format(day, "j M Y")
