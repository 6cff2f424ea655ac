"""Every write beside the nine stages: holds, exits, money, notes, priorities."""

from orders.services.beside import add_note, postpone, set_priority
from orders.services.exits import cancel, leave, reject
from orders.services.holds import BACKORDERS, end_holds, hold, hold_for_exception, place_hold, release_hold
from orders.services.money import capture, give_money_back, refund, refund_units
from orders.services.pledge import pledge, pledged

__all__ = [
    "BACKORDERS",
    "add_note",
    "cancel",
    "capture",
    "end_holds",
    "give_money_back",
    "hold",
    "hold_for_exception",
    "leave",
    "place_hold",
    "pledge",
    "pledged",
    "postpone",
    "refund",
    "refund_units",
    "reject",
    "release_hold",
    "set_priority",
]
