"""Every write beside the nine stages: holds, exits, money, notes, priorities."""

from orders.services.beside import add_note, postpone, set_priority
from orders.services.exits import cancel, leave, reject
from orders.services.holds import (
    BACKORDERS,
    end_holds,
    hold,
    hold_for_exception,
    place_hold,
    refuse_other,
    release,
    release_due_holds,
    release_hold,
)
from orders.services.money import (
    capture,
    capture_on_approval,
    give_money_back,
    goods_left,
    refund,
    refund_units,
    void_spare,
)
from orders.services.pledge import pledge
from orders.services.receipts import let_go, receive_payment, take_pledged
from orders.services.refunds import grant_refund, note_charge_back, refund_surplus, win_charge_back
from orders.services.transactions import FAILED_HOLD, retry_payments

__all__ = [
    "BACKORDERS",
    "FAILED_HOLD",
    "add_note",
    "cancel",
    "capture",
    "capture_on_approval",
    "end_holds",
    "give_money_back",
    "goods_left",
    "grant_refund",
    "hold",
    "hold_for_exception",
    "leave",
    "let_go",
    "note_charge_back",
    "place_hold",
    "pledge",
    "postpone",
    "receive_payment",
    "refund",
    "refund_surplus",
    "refund_units",
    "refuse_other",
    "reject",
    "release",
    "release_due_holds",
    "release_hold",
    "retry_payments",
    "set_priority",
    "take_pledged",
    "void_spare",
    "win_charge_back",
]
