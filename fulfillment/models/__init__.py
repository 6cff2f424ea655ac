"""The tables of the warehouse, the carrier and the way back."""

from fulfillment.models.parcels import Carton, Label, Parcel, ParcelItem, TrackingEvent
from fulfillment.models.picking import PickList, PickTask
from fulfillment.models.returns import Return, ReturnLine
from fulfillment.models.shipments import Shipment, ShipmentHold, ShipmentLine

__all__ = [
    "Carton",
    "Label",
    "Parcel",
    "ParcelItem",
    "PickList",
    "PickTask",
    "Return",
    "ReturnLine",
    "Shipment",
    "ShipmentHold",
    "ShipmentLine",
    "TrackingEvent",
]
