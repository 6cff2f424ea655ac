"""What may be edited as master data, and that nothing else may."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.test import Client

from inventory.models import Stock
from orders.models import Order
from tests.factories import make_order

pytestmark = pytest.mark.django_db
OURS = ("inventory", "orders", "fulfillment", "feedback")
STOCK_ROOM = {"Bin", "Product", "ProductFamily", "SafetyStock", "TaxClass", "Warehouse"}
WAREHOUSE = {"Carton", "InsertRule", "PickingPolicy", "Trolley"}
CARRIERS = {"CarrierAccount", "CarrierService", "ProductCustoms", "ServiceRate", "ShippingRule"}
RETURNS = {"ReturnPolicy", "ReturnReason"}
SHOP = {"Channel", "Customer", "ShippingMethod", "SourcingRule"}
MASTER_DATA = STOCK_ROOM | WAREHOUSE | CARRIERS | RETURNS | SHOP


def test_only_master_data_can_be_added_or_deleted(rf: object, admin_user: object) -> None:
    request = rf.get("/")  # type: ignore[attr-defined]
    request.user = admin_user
    registered = {model: site for model, site in admin.site._registry.items() if model._meta.app_label in OURS}
    assert {model.__name__ for model, site in registered.items() if site.has_add_permission(request)} == MASTER_DATA


@pytest.mark.parametrize("model", ["order", "orderevent", "payment", "stockmovement", "shipment", "answer"])
def test_what_the_system_writes_cannot_be_changed_by_hand(alice: Client, model: str) -> None:
    make_order(state="delivered")
    label = next(found._meta.app_label for found in apps.get_models() if found._meta.model_name == model)
    pages = [f"/admin/{label}/{model}/add/"]
    if row := apps.get_model(label, model).objects.first():
        pages.append(f"/admin/{label}/{model}/{row.pk}/delete/")
        assert alice.post(f"/admin/{label}/{model}/{row.pk}/change/", {"state": "reviewed"}).status_code == 403
    assert [alice.post(page, {"post": "yes"}).status_code for page in pages] == [403] * len(pages)
    assert (Order.objects.get().state, Stock.objects.count()) == ("delivered", 1)


@pytest.mark.parametrize("model", [model for model in admin.site._registry if model._meta.app_label in OURS], ids=str)
def test_every_list_opens_and_searches(alice: Client, model: object) -> None:
    make_order(state="reviewed")
    meta = model._meta  # type: ignore[attr-defined]
    assert alice.get(f"/admin/{meta.app_label}/{meta.model_name}/", {"q": "x"}).status_code == 200
