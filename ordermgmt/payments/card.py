"""The money of one order, for its page: each payment, what was asked of its gateway, and what may be done."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from inventory import clock
from ordermgmt.payments.forms import BookForm, ChargeBackForm, RefundForm
from orders.balance import NOTHING, Balance, PaymentState, payment_state
from orders.flow import EXITS
from orders.models import Order, OrderEvent, Payment, Refund, Transaction
from orders.payments.standing import DROPS, Kind, Status, balance
from orders.services.refunds import refundable
from orders.services.transactions import gateway_of

STATE_TONES = {
    PaymentState.AUTHORISED: "go",
    PaymentState.PARTIAL: "warn",
    PaymentState.PAID: "good",
    PaymentState.OVER: "warn",
    PaymentState.CHARGED_BACK: "bad",
}
MOVE_TONES = {Status.PENDING: "go", Status.DONE: "good", Status.FAILED: "bad"}


@dataclass(frozen=True)
class Move:
    """What the gateway was asked to do; `may_give_up` when it is sure that it did not."""

    row: Transaction

    @property
    def tone(self) -> str:
        return MOVE_TONES.get(Status(self.row.status), "")

    @property
    def is_failed(self) -> bool:
        return self.row.status == Status.FAILED

    @property
    def is_receipt(self) -> bool:
        """Money that was seen, under the bank's or the till's name for it."""
        return self.row.kind == Kind.CAPTURE and self.row.reference != ""

    @property
    def may_give_up(self) -> bool:
        return self.is_failed and self.row.attempts == 0 and self.row.kind != Kind.REFUND


@dataclass(frozen=True)
class PaymentRow:
    """One payment: what has `come` or is on its way, what `failed`; `left` can be given back.

    `overdue` says that it should be paid by now.
    """

    payment: Payment
    gateway: str
    moves: tuple[Move, ...]
    refunds: tuple[Refund, ...]
    left: Decimal
    overdue: bool

    @property
    def failed(self) -> Decimal:
        return self._captures(Status.FAILED)

    @property
    def come(self) -> Decimal:
        return self.payment.captured - self.failed - self._captures(Status.DROPPED)

    @property
    def may_charge_back(self) -> bool:
        return self.left > 0 and self.payment.charged_back_at is None

    @property
    def charge_back_form(self) -> ChargeBackForm:
        """Empty, for all that is left."""
        return ChargeBackForm(
            currency=self.payment.order.currency, most=self.left, auto_id=f"back-{self.payment.pk}_%s"
        )

    def _captures(self, status: Transaction.Status) -> Decimal:
        rows = (move.row for move in self.moves if move.row.kind == Kind.CAPTURE and move.row.status == status)
        return sum((row.amount for row in rows), NOTHING)


@dataclass(frozen=True)
class MoneyCard:
    """All payments of an order and their sums."""

    currency: str
    state: PaymentState
    balance: Balance
    rows: tuple[PaymentRow, ...]
    may_take: bool
    credit: Decimal

    @property
    def tone(self) -> str:
        return STATE_TONES.get(self.state, "")

    @property
    def failed(self) -> tuple[Move, ...]:
        return tuple(move for row in self.rows for move in row.moves if move.is_failed)

    @property
    def left(self) -> Decimal:
        """What can be given back, as money or as store credit."""
        return max(NOTHING, sum((row.left for row in self.rows), NOTHING) - self.credit)

    @property
    def book_form(self) -> BookForm:
        """Empty, for what is owed."""
        return BookForm(currency=self.currency, owed=self.balance.owed)

    @property
    def refund_form(self) -> RefundForm:
        """Empty."""
        return RefundForm(currency=self.currency, most=self.left)


def money_card(order: Order, events: Iterable[OrderEvent]) -> MoneyCard:
    """From payments with their transactions and refunds, which the caller has read."""
    payments = list(order.payments.all())
    for payment in payments:
        payment.order = order
    told = list(events)
    sums = balance(order, payments, told)
    return MoneyCard(
        currency=order.currency,
        state=payment_state(sums),
        balance=sums,
        rows=tuple(_row(payment, sums) for payment in payments),
        credit=sum((Decimal(row.data["amount"]) for row in told if row.name == "credit.given"), NOTHING),
        may_take=order.state not in EXITS and sums.owed > 0 and sums.pledged > 0,
    )


def _row(payment: Payment, sums: Balance) -> PaymentRow:
    gateway = gateway_of(payment, payment.order)
    return PaymentRow(
        payment=payment,
        gateway=gateway,
        moves=tuple(map(Move, payment.transactions.all())),
        refunds=tuple(row for row in payment.refunds.all() if not row.key.startswith(DROPS)),
        left=refundable(payment),
        overdue=payment.due_at is not None and payment.due_at < clock.now() and sums.owed > 0,
    )
