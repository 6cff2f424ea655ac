"""How pickers walk: the shortest route to the stops of a tour, and which orders share one. Pure."""

from fulfillment.picking.batches import Batches, Tour, batches
from fulfillment.picking.drawing import drawn_route
from fulfillment.picking.errors import BadInstance, PlanningError, TooHeavy, UnknownNode, Unreachable
from fulfillment.picking.graph import Graph
from fulfillment.picking.layout import Layout, evenly
from fulfillment.picking.pool import Order
from fulfillment.picking.routes import Route, route

__all__ = [
    "BadInstance",
    "Batches",
    "Graph",
    "Layout",
    "Order",
    "PlanningError",
    "Route",
    "TooHeavy",
    "Tour",
    "UnknownNode",
    "Unreachable",
    "batches",
    "drawn_route",
    "evenly",
    "route",
]
