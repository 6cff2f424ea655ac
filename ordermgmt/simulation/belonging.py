"""What belongs to what: the foreign keys of all tables, told apart by what happens when the other row goes.

A row *needs* most of what it names, as an order its customer: a row that stays keeps what it needs. It *belongs* to
what it would be nothing without, as stock to its product: it goes with it and holds it back from nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain

from django.apps import apps
from django.db import models

APPS = ("inventory", "orders", "fulfillment", "feedback", "kpis", "ordermgmt")
# Keyed by another kind of number; it goes with whatever it names.
SCANS = "fulfillment_scan"
# Where somebody has got to, and the demo itself.
NOT_ASKED = {
    "fulfillment_messagecursor",
    "feedback_verdictcursor",
    "kpis_foldcursor",
    "ordermgmt_demoshop",
    SCANS,
}
# Protected all the same, though the row is nothing without the other one.
BELONGS_TOO = {
    ("inventory_stock", "product_id"),
    ("inventory_bin", "warehouse_id"),
    ("inventory_stockmovement", "stock_id"),
    ("inventory_reservation", "stock_id"),
    ("inventory_binmove", "stock_id"),
    ("inventory_lostpromise", "stock_id"),
    ("inventory_countline", "stock_id"),
    ("inventory_count", "warehouse_id"),
    ("inventory_expecteddelivery", "warehouse_id"),
    ("inventory_expectedline", "stock_id"),
    ("orders_customerevent", "customer_id"),
    ("orders_storecredit", "customer_id"),
    ("orders_approvalpolicy", "channel_id"),
    ("feedback_questionset", "channel_id"),
    ("fulfillment_insertrule", "channel_id"),
    ("fulfillment_returnpolicy", "channel_id"),
}
# They cascade, and yet one that stays keeps the other. Who has lost the last workplace would work everywhere.
NEEDS_ALL_THE_SAME = {
    ("ordermgmt_workplace", "warehouse_id"),
    ("fulfillment_picktask", "pick_list_id"),
    ("fulfillment_toteslot", "pick_list_id"),
    ("inventory_expectedline", "delivery_id"),
}
# Named and let go of.
LETS_GO = {("fulfillment_parcelbill", "label_id")}


@dataclass(frozen=True)
class Edge:
    """A column that names a row of another table."""

    table: str
    column: str
    other: str
    belongs: bool

    @property
    def lets_go(self) -> bool:
        """Whether the column is emptied when the other row goes."""
        return (self.table, self.column) in LETS_GO


def models_of_the_shop() -> list[type[models.Model]]:
    """Every table of its apps."""
    configs = map(apps.get_app_config, APPS)
    found = chain.from_iterable(config.get_models(include_auto_created=True) for config in configs)
    return [model for model in found if model._meta.managed]


@cache
def tables() -> Sequence[str]:
    """Those whose rows may be the demo's, by name."""
    return sorted({model._meta.db_table for model in models_of_the_shop()} - NOT_ASKED)


@cache
def edges() -> Sequence[Edge]:
    """Between rows of those tables."""
    known = set(tables())
    fields = ((model._meta.db_table, field) for model in models_of_the_shop() for field in model._meta.concrete_fields)
    found = (_edge(table, field) for table, field in fields if isinstance(field, models.ForeignKey) and table in known)
    return [edge for edge in found if edge.other in known]


@cache
def edges_of_scans() -> Sequence[Edge]:
    """What a scan names."""
    model = next(model for model in models_of_the_shop() if model._meta.db_table == SCANS)
    return [_edge(SCANS, field) for field in model._meta.concrete_fields if isinstance(field, models.ForeignKey)]


def _edge(table: str, field: "models.ForeignKey[models.Model]") -> Edge:
    key = (table, field.column)
    cascades = field.remote_field.on_delete is models.CASCADE
    belongs = key in BELONGS_TOO or (cascades and key not in NEEDS_ALL_THE_SAME)
    return Edge(table, field.column, field.related_model._meta.db_table, belongs)
