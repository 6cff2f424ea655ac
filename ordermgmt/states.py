"""The colours of states: blue on its way, green arrived, red refused; all others are grey."""

from orders.flow import State

TONES = {
    State.APPROVED: "go",
    State.PICKED: "go",
    State.PACKED: "go",
    State.SHIPPED: "go",
    State.DELIVERED: "good",
    State.SURVEYED: "good",
    State.REVIEWED: "good",
    State.REJECTED: "bad",
}
PARCEL_TONES = {
    "in_transit": "go",
    "out_for_delivery": "go",
    "delivery_failed": "warn",
    "returning": "warn",
    "lost": "bad",
    "returned_to_sender": "bad",
}
