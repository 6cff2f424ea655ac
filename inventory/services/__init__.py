"""Every write to stock: promise, give back, move a promise, send out, take in."""

from inventory.services.ledger import book, move_stock, receive_all, ship
from inventory.services.locks import lock_stock
from inventory.services.promises import Want, end, move_promises, promise, raise_reserved, release

__all__ = [
    "Want",
    "book",
    "end",
    "lock_stock",
    "move_promises",
    "move_stock",
    "promise",
    "raise_reserved",
    "receive_all",
    "release",
    "ship",
]
