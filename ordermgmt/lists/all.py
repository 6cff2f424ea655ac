"""Every list by its name."""

from collections.abc import Mapping

from ordermgmt.lists.customers import CUSTOMERS
from ordermgmt.lists.goods_out import PICK_LISTS, SHIPMENTS, STOCK
from ordermgmt.lists.listing import Listing
from ordermgmt.lists.orders import ORDERS
from ordermgmt.lists.voices import RETURNS, SURVEYS

LISTS: Mapping[str, Listing] = {
    listing.name: listing for listing in (ORDERS, SHIPMENTS, PICK_LISTS, RETURNS, CUSTOMERS, STOCK, SURVEYS)
}
