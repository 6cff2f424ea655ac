"""The tables of the warehouse, the carrier and the way back."""

from fulfillment.models.billing import CarrierInvoice, ParcelBill
from fulfillment.models.carriers import (
    CarrierAccount,
    CarrierService,
    CarrierSurcharge,
    CarrierZone,
    ServiceRate,
    ShippingRule,
    WeightBreak,
)
from fulfillment.models.claims import Claim, ClaimLine
from fulfillment.models.desk import DeliveryConfirmation, DeliveryLine, ProductCustoms
from fulfillment.models.handovers import HandOver
from fulfillment.models.inserts import Insert, InsertRule
from fulfillment.models.jobs import Job, JobChunk, JobRow
from fulfillment.models.labels import (
    CarrierNews,
    Label,
    Manifest,
    PlayedLabel,
    RateQuote,
    TrackingEvent,
    VoidedLabel,
)
from fulfillment.models.messages import LinkRequest, Message, MessageCursor
from fulfillment.models.parcels import Carton, Parcel, ParcelItem
from fulfillment.models.picking import PickList, PickListStep, PickTask, ToteSlot
from fulfillment.models.returns import (
    Return,
    ReturnLine,
    ReturnPolicy,
    ReturnReason,
    ReturnScan,
    ReturnUnit,
)
from fulfillment.models.scans import Scan
from fulfillment.models.shipments import Shipment, ShipmentHold, ShipmentLine
from fulfillment.models.trolleys import PickingPolicy, Trolley

__all__ = [
    "CarrierAccount",
    "CarrierInvoice",
    "CarrierNews",
    "CarrierService",
    "CarrierSurcharge",
    "CarrierZone",
    "Carton",
    "Claim",
    "ClaimLine",
    "DeliveryConfirmation",
    "DeliveryLine",
    "HandOver",
    "Insert",
    "InsertRule",
    "Label",
    "LinkRequest",
    "Manifest",
    "Message",
    "MessageCursor",
    "Parcel",
    "ParcelBill",
    "ParcelItem",
    "PickList",
    "PickListStep",
    "PickTask",
    "PickingPolicy",
    "PlayedLabel",
    "ProductCustoms",
    "RateQuote",
    "JobChunk",
    "Job",
    "JobRow",
    "Return",
    "ReturnLine",
    "ReturnPolicy",
    "ReturnReason",
    "ReturnScan",
    "ReturnUnit",
    "Scan",
    "ServiceRate",
    "Shipment",
    "ShipmentHold",
    "ShipmentLine",
    "ShippingRule",
    "ToteSlot",
    "TrackingEvent",
    "Trolley",
    "VoidedLabel",
    "WeightBreak",
]
