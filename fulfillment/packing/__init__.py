"""Cartons for goods: which, and where in them each unit lies, at least cost. Pure; `plan()` is the way in."""

from fulfillment.packing.filling import WORK
from fulfillment.packing.goods import Carton, Filled, Item, Placed, Plan, Rates
from fulfillment.packing.planner import plan

__all__ = ["WORK", "Carton", "Filled", "Item", "Placed", "Plan", "Rates", "plan"]
