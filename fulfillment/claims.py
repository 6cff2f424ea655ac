"""Claims: opened by customers, by the shop or by a carrier's news, and settled once, each under its order's lock."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from fulfillment.errors import ClaimRefused
from fulfillment.flow import LEFT
from fulfillment.models import Claim, ClaimLine, ShipmentLine
from fulfillment.returns.linked import place_linked
from fulfillment.returns.worth import pay_back, units_returned, worth_of
from inventory import clock
from orders.balance import NOTHING
from orders.history import record
from orders.models import Order, OrderLine
from orders.money import plain
from orders.order_request import LineRequest
from orders.queue import held

Against, Kind, OpenedBy, Outcome, State = Claim.Against, Claim.Kind, Claim.OpenedBy, Claim.Outcome, Claim.State
RESHIPMENT = "reshipment"
# Which outcomes a claim against whom can have.
OUTCOMES = {
    Against.SHOP: (Outcome.REFUND, Outcome.RESHIP, Outcome.NOTHING),
    Against.CARRIER: (Outcome.CARRIER_PAID, Outcome.NOTHING),
}


@dataclass(frozen=True)
class Told:
    """Who a claim is against and what was said: by whom, words, a photo's path below MEDIA_ROOT, the parcel's id."""

    against: str = Against.SHOP
    opened_by: str = OpenedBy.STAFF
    note: str = ""
    photo: str = ""
    parcel_id: int | None = None


def open_claim(
    order_id: int, *, kind: str, units: Mapping[int, int], key: str, by: str, told: Told | None = None
) -> Claim:
    """Open a claim for units (order line id to units), once per `key`; a repeated one is the first one.

    Raises ClaimRefused for units that have not left, came back, or are in another claim against the same party that
    is open or was settled.
    """
    told = told or Told()
    with held(order_id) as order:
        known = Claim.objects.filter(key=key).first()
        if known and known.order_id != order.pk:
            raise ClaimRefused(_("The key {key} belongs to a claim of another order").format(key=key))
        if known:
            return known
        lines = _claimable(order, units, told.against)
        claim = Claim.objects.create(
            order=order,
            parcel_id=told.parcel_id,
            key=key,
            kind=Kind(kind),
            against=Against(told.against),
            opened_by=OpenedBy(told.opened_by),
            by=by,
            opened_at=clock.now(),
            note=told.note[:500],
            photo=told.photo,
        )
        ClaimLine.objects.bulk_create(
            ClaimLine(claim=claim, order_line=line, quantity=count, open_against=told.against) for line, count in lines
        )
        named = [{"sku": line.sku, "quantity": count} for line, count in lines]
        record(
            order, "claim.opened", by=by, claim=claim.pk, kind=claim.kind, against=claim.against,
            opened_by=claim.opened_by, lines=named,
        )  # fmt: skip
        return claim


def settle_claim(claim_id: int, *, outcome: str, by: str, note: str = "", amount: Decimal | None = None) -> Claim:
    """End a claim well: with the exact money, with the goods sent again, or with what the carrier paid (`amount`).

    Settling again with the same outcome changes nothing; another one raises ClaimRefused, and so does an outcome that
    the claim cannot have. Sending again raises NotEnoughStock when the goods are not there.
    """
    with transaction.atomic():
        # Placing takes the turn of names before any order is locked, as everywhere; undone if the claim has ended.
        again = _send_again(claim_id, by=by) if outcome == Outcome.RESHIP else None
        with held(_order_id(claim_id)) as order:
            claim = Claim.objects.get(pk=claim_id)
            if claim.state == State.SETTLED and claim.outcome == outcome:
                return claim
            _check(claim, outcome)
            claim.outcome, claim.reshipment = Outcome(outcome), again
            if outcome == Outcome.REFUND:
                claim.refund = _credit(order, claim, by=by)
            if outcome == Outcome.CARRIER_PAID:
                claim.compensation = amount or NOTHING
            told = {
                "outcome": claim.outcome,
                "refund": plain(claim.refund, order.currency),
                **({"reshipment": again.number} if again else {}),
            }
            return _end(order, claim, State.SETTLED, by=by, note=note, **told)


def refuse_claim(claim_id: int, *, note: str, by: str) -> Claim:
    """End a claim that does not hold; refusing again changes nothing, one that was settled raises ClaimRefused."""
    with held(_order_id(claim_id)) as order:
        claim = Claim.objects.get(pk=claim_id)
        if claim.state == State.REFUSED:
            return claim
        if claim.state != State.OPEN:
            raise ClaimRefused(_("This claim was settled already"))
        return _end(order, claim, State.REFUSED, by=by, note=note)


def units_claimed(line: OrderLine, against: str) -> int:
    """Of a line, the units in claims against this party that were not refused or came to nothing."""
    rows = ClaimLine.objects.filter(order_line=line, claim__against=against).exclude(claim__state=State.REFUSED)
    found: int = rows.exclude(claim__outcome=Outcome.NOTHING).aggregate(sum=Sum("quantity"))["sum"] or 0
    return found


def _claimable(order: Order, units: Mapping[int, int], against: str) -> list[tuple[OrderLine, int]]:
    if not units or min(units.values()) < 1:
        raise ClaimRefused(_("A claim names at least one unit"))
    lines = {line.pk: line for line in order.lines.all()}
    sent = ShipmentLine.objects.filter(shipment__state__in=LEFT, order_line__order=order)
    out = dict(sent.values("order_line").annotate(sum=Sum("quantity")).values_list("order_line", "sum"))
    chosen = []
    for line_id, count in units.items():
        line = lines.get(line_id)
        if line is None:
            raise ClaimRefused(_("There is no such line in this order"))
        if ClaimLine.objects.filter(order_line=line, open_against=against).exists():
            raise ClaimRefused(_("A claim for {sku} is open already").format(sku=line.sku))
        left = out.get(line_id, 0) - units_returned(line) - units_claimed(line, against)
        if count > left:
            raise ClaimRefused(
                _("Of {sku} {left} can be claimed: what was sent and is not settled yet").format(
                    sku=line.sku, left=max(left, 0)
                )
            )
        chosen.append((line, count))
    return chosen


def _check(claim: Claim, outcome: str) -> None:
    if claim.state != State.OPEN:
        raise ClaimRefused(
            _("This claim is {get_state_display} already").format(get_state_display=claim.get_state_display().lower())
        )
    if outcome not in OUTCOMES[Against(claim.against)]:
        raise ClaimRefused(
            _("A claim against {get_against_display} cannot end like this").format(
                get_against_display=claim.get_against_display().lower()
            )
        )


def _units(claim: Claim) -> list[tuple[OrderLine, int]]:
    return [(row.order_line, row.quantity) for row in claim.lines.select_related("order_line")]


def _credit(order: Order, claim: Claim, *, by: str) -> Decimal:
    """What the units have cost with their share of the shipping: it was not the customer's fault."""
    amount = worth_of(order, _units(claim), with_shipping=True).total
    pay_back(order, amount, prefix=f"claim:{claim.pk}:", reason=f"claim: {claim.kind}", by=by)
    return amount


def _send_again(claim_id: int, *, by: str) -> Order:
    """The same goods to the same address for nothing, as an order that is linked to the first one."""
    claim = Claim.objects.select_related("order").get(pk=claim_id)
    lines = tuple(LineRequest(line.sku, count, unit_price=NOTHING) for line, count in _units(claim))
    return place_linked(claim.order, lines, relation=RESHIPMENT, name=f"claim-{claim.pk}", by=by)


def _end(order: Order, claim: Claim, state: Claim.State, *, by: str, note: str, **told: object) -> Claim:
    claim.state, claim.settled_at, claim.settled_by = state, clock.now(), by
    claim.settle_note = note[:500]
    claim.save()
    claim.lines.update(open_against="")
    record(order, f"claim.{state}", by=by, claim=claim.pk, kind=claim.kind, against=claim.against, **told)
    return claim


def _order_id(claim_id: int) -> int:
    return Claim.objects.values_list("order_id", flat=True).get(pk=claim_id)
