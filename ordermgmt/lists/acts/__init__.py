"""What can be done to many rows of a list at once, by its name."""

from collections.abc import Mapping

from ordermgmt.lists.acts.act import Act
from ordermgmt.lists.acts.orders import ORDER_ACTS
from ordermgmt.lists.acts.people import PEOPLE_ACTS
from ordermgmt.lists.acts.warehouse import WAREHOUSE_ACTS

ACTS: Mapping[str, Act] = {act.name: act for act in (*ORDER_ACTS, *PEOPLE_ACTS, *WAREHOUSE_ACTS)}

__all__ = ["ACTS", "Act"]
