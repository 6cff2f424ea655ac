"""Every write to stock: promise, give back, move a promise, send out, take in, write down."""

from inventory.services.bins import move_between_bins, put_into, take_out
from inventory.services.holds import change_hold, drop_hold, expire_holds, find_hold, take_hold, units_held
from inventory.services.ledger import move_stock, receive_all, ship, transfer
from inventory.services.levels import set_reorder_point, set_safety_stock
from inventory.services.locks import lock_stock
from inventory.services.promises import Want, move_promises, promise, release
from inventory.services.resize import hand_over, resize
from inventory.services.shortfall import adjust, miss, write_down
from inventory.services.turns import Turn, set_priority, turns

__all__ = [
    "Turn",
    "Want",
    "adjust",
    "change_hold",
    "drop_hold",
    "expire_holds",
    "find_hold",
    "hand_over",
    "lock_stock",
    "miss",
    "move_between_bins",
    "move_promises",
    "move_stock",
    "promise",
    "put_into",
    "receive_all",
    "release",
    "resize",
    "set_priority",
    "set_reorder_point",
    "set_safety_stock",
    "ship",
    "take_hold",
    "take_out",
    "transfer",
    "turns",
    "units_held",
    "write_down",
]
