"""The tables of the warehouse, the carrier and the way back."""

from fulfillment.models.claims import Claim, ClaimLine
from fulfillment.models.handovers import HandOver
from fulfillment.models.messages import LinkRequest, Message, MessageCursor
from fulfillment.models.parcels import Carton, Label, Parcel, ParcelItem, TrackingEvent
from fulfillment.models.picking import PickList, PickListStep, PickTask, ToteSlot
from fulfillment.models.returns import Return, ReturnLine, ReturnPolicy, ReturnReason, ReturnUnit
from fulfillment.models.scans import Scan
from fulfillment.models.shipments import Shipment, ShipmentHold, ShipmentLine
from fulfillment.models.trolleys import PickingPolicy, Trolley

__all__ = [
    "Carton",
    "Claim",
    "ClaimLine",
    "HandOver",
    "Label",
    "LinkRequest",
    "Message",
    "MessageCursor",
    "Parcel",
    "ParcelItem",
    "PickList",
    "PickListStep",
    "PickTask",
    "PickingPolicy",
    "Return",
    "ReturnLine",
    "ReturnPolicy",
    "ReturnReason",
    "ReturnUnit",
    "Scan",
    "Shipment",
    "ShipmentHold",
    "ShipmentLine",
    "ToteSlot",
    "TrackingEvent",
    "Trolley",
]
