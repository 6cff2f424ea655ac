"""What came back is looked at unit by unit, booked by what becomes of it, and settled with the exact money."""

from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from fulfillment.errors import NoSuchBin, NotReturnable
from fulfillment.models import Return, ReturnLine, ReturnUnit
from fulfillment.news import settle_parcel
from fulfillment.return_flow import ReturnState
from fulfillment.returns.holding import held_return, moved
from fulfillment.returns.linked import place_linked
from fulfillment.returns.noticing import notice_signals
from fulfillment.returns.policy import Policy, policy_of
from fulfillment.returns.reasons import Reason, all_reasons
from fulfillment.returns.receiving import place_of
from fulfillment.returns.worth import Worth, money_here, pay_back, units_paid_back, worth_of
from inventory import clock
from inventory import services as stock
from inventory.models import StockMovement
from inventory.selectors import bin_called
from orders.balance import NOTHING, worth
from orders.customers.credit import give_credit, pay_with_credit
from orders.history import record
from orders.models import Order, OrderLine
from orders.money import plain, rounded
from orders.order_request import LineRequest
from orders.payments.standing import credit_given
from orders.queue import held

Disposition, Kind, Resolution = ReturnUnit.Disposition, StockMovement.Kind, Return.Resolution
EXCHANGE = "exchange"


@dataclass(frozen=True)
class Found:
    """How a unit was found and where it goes; `photo` is a path below MEDIA_ROOT.

    `bin` is the code of the one it is put into when it is for sale again; empty: where the product belongs.
    """

    grade: str
    disposition: str
    note: str = ""
    photo: str = ""
    bin: str = ""


@dataclass(frozen=True)
class Money:
    """What a return gives: the worth of its units, less what the shop keeps."""

    worth: Worth
    fee: Decimal = NOTHING
    label_cost: Decimal = NOTHING

    @property
    def total(self) -> Decimal:
        return self.worth.total - self.fee - self.label_cost


def inspect_unit(line_id: int, *, found: Found, by: str) -> ReturnUnit:
    """Keep how the next unit of a line was found, and book it; with the last unit the return is inspected.

    Raises NotReturnable when every unit that came was looked at, and NoSuchBin.
    """
    with held_return(ReturnLine.objects.values_list("return_record_id", flat=True).get(pk=line_id)) as row:
        line = row.lines.select_related("order_line").get(pk=line_id)
        seen = line.units.count()
        if row.state != ReturnState.RECEIVED or seen >= line.received:
            raise NotReturnable(_("Every unit that came was looked at"))
        unit = ReturnUnit.objects.create(
            line=line,
            number=seen + 1,
            grade=ReturnUnit.Grade(found.grade),
            disposition=Disposition(found.disposition),
            note=found.note[:300],
            photo=found.photo,
            by=by,
            at=clock.now(),
        )
        _book(unit, line.order_line, bin_code=found.bin, by=by)
        record(
            row.order, "return.unit_inspected", by=by, rma=row.rma, sku=line.order_line.sku, unit=unit.number,
            grade=unit.grade, disposition=unit.disposition,
        )  # fmt: skip
        came = sum(row.lines.values_list("received", flat=True))
        if ReturnUnit.objects.filter(line__return_record=row).count() == came:
            row.inspect()
            moved(row, by=by)
        return unit


def _book(unit: ReturnUnit, line: OrderLine, *, bin_code: str, by: str) -> None:
    """Into stock; what is not for sale leaves it again at once, so that the ledger tells where it went."""
    shelf, key = place_of(line), f"unit:{unit.pk}"
    place, bin_id = shelf.pk, bin_called(shelf.warehouse_id, bin_code) if bin_code else None
    if bin_code and bin_id is None:
        raise NoSuchBin(_("{warehouse} has no bin {bin}").format(warehouse=shelf.warehouse.code, bin=bin_code))
    stock.move_stock(
        place,
        1,
        kind=Kind.RETURN,
        key=f"{key}:in",
        by=by,
        reason=gettext_noop("grade {grade}").format(grade=unit.grade),
    )
    if unit.disposition != Disposition.RESTOCK:
        why = unit.get_disposition_display().lower()
        stock.move_stock(place, -1, kind=Kind.WRITE_OFF, key=f"{key}:out", by=by, reason=why)
    else:
        stock.put_into(place, bin_id, 1)


def money_of(order: Order, policy: Policy, rows: list[tuple[OrderLine, int, Reason]], *, labelled: bool) -> Money:
    """What these units give now. Shipping comes back for what is not the customer's wish, and nothing is kept then."""
    wished = [(line, count) for line, count, reason in rows if reason.is_customers_wish and count]
    others = [(line, count) for line, count, reason in rows if not reason.is_customers_wish and count]
    mine, theirs = worth_of(order, wished, with_shipping=False), worth_of(order, others, with_shipping=True)
    fee = rounded(mine.goods * policy.restocking_percent / 100, order.currency)
    whole = Worth(mine.goods + theirs.goods, theirs.shipping)
    label_cost = policy.label_price if labelled and wished and not others else NOTHING
    return Money(whole, fee, min(rounded(label_cost, order.currency), whole.total - fee))


def settle_return(return_id: int, *, by: str) -> Return:
    """Give the customer what they wished for what came: money, credit, or an exchange; again changes nothing.

    An exchange is an order of its own, paid as far as the credit goes; what is left of the credit goes back as money,
    what is missing is asked for as of any order. Raises NotEnoughStock when the exchange is not there.
    """
    with transaction.atomic():
        exchange = _exchange(return_id, by=by)  # before the order is locked: placing takes the turn of names first
        with held_return(return_id) as row:
            if row.state == ReturnState.SETTLED:
                return row
            lines = list(row.lines.select_related("order_line"))
            money = return_money(row, lines)
            row.settle()
            row.goods, row.shipping = money.worth.goods, money.worth.shipping
            row.fee, row.label_cost = money.fee, money.label_cost
            row.credit = _credit(row, money.total, exchange, by=by)
            row.refund, row.exchange = money.total - row.credit, exchange
            named = [{"sku": line.order_line.sku, "quantity": line.received} for line in lines if line.received]
            pay_back(row.order, row.refund, prefix=f"return:{row.pk}:", reason=row.reason, by=by)
            told = {"refund": plain(row.refund, row.order.currency), "credit": plain(row.credit, row.order.currency)}
            record(row.order, "order.returned", by=by, reason=row.reason, lines=named, rma=row.rma, **told)
            moved(row, by=by, **({"exchange": exchange.number} if exchange else {}))
            notice_signals(row, lines, by=by)
        if row.parcel_id:
            settle_parcel(row.parcel_id, how="returned", by=by)
        return row


def return_money(row: Return, lines: list[ReturnLine]) -> Money:
    """What a return gives for what came of it; as long as nothing has come, for what was announced.

    What was sent again gives nothing.
    """
    if row.sent_again_id:
        return Money(Worth(NOTHING))
    reasons = all_reasons()
    here = row.received_at is not None
    units = [
        (line.order_line, line.received if here else line.quantity, reasons.get(line.reason, _unknown(line.reason)))
        for line in lines
    ]
    return money_of(row.order, policy_of(row.order.channel_id), units, labelled=bool(row.tracking_number))


def _unknown(code: str) -> Reason:
    """A reason that the shop no longer has."""
    return Reason(code, code, "customer")


def _credit(row: Return, amount: Decimal, exchange: Order | None, *, by: str) -> Decimal:
    """What is given as credit: never more than was really paid and is still here."""
    order = row.order
    if row.resolution == Resolution.REFUND or not amount:
        return NOTHING
    wanted = amount if exchange is None else min(amount, exchange.total)
    credit = max(NOTHING, min(wanted, money_here(order.payments.all()) - credit_given(order)))
    if credit:
        give_credit(order, credit, key=f"return:{row.pk}", why=gettext_noop("return {rma}").format(rma=row.rma), by=by)
        if exchange:
            with held(exchange.pk) as new:
                pay_with_credit(new, credit, key=f"exchange:{row.pk}", by=by)
    return credit


def _exchange(return_id: int, *, by: str) -> Order | None:
    """The order for what is wanted instead: the same goods at what was paid for them, others at their price now."""
    row = Return.objects.select_related("order").get(pk=return_id)
    lines = row.lines.filter(received__gt=0).select_related("order_line", "exchange_for")
    if row.resolution != Resolution.EXCHANGE or row.state != ReturnState.INSPECTED or not lines:
        return None
    wanted = tuple(_wanted(row.order, line) for line in lines)
    return place_linked(row.order, wanted, relation=EXCHANGE, name=f"exchange-{row.number}", by=by)


def _wanted(order: Order, line: ReturnLine) -> LineRequest:
    if line.exchange_for:
        return LineRequest(line.exchange_for.sku, line.received)
    bought = line.order_line
    before = units_paid_back(bought)
    off = worth(bought.discount, line.received, before=before, of=bought.quantity, currency=order.currency)
    return LineRequest(bought.sku, line.received, unit_price=bought.unit_price, discount=off)
