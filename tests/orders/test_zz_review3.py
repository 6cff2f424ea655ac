"""Scratch."""
import pytest
from datetime import date
from orders.models import Order, OrderLine, Allocation
from inventory.services.deliveries import *
from inventory.models import *
from orders.stages.receive import receive
from tests.api import *
from tests.factories import *

pytestmark = pytest.mark.django_db

@pytest.mark.parametrize("due", [date(9999,12,31), date(1,1,1)])
def test_due(due, client):
    from django.contrib.auth import get_user_model
    u = get_user_model().objects.create_superuser("root", password="x")
    client.force_login(u)
    client.raise_request_exception = False
    m = make_product("MUG-1", price="10.00")
    s = make_stock(m, 0)
    Stock.objects.update(backorder_limit=10)
    d = expect_delivery(Warehouse.objects.first(), reference="P", supplier="", due_on=due, units={m.pk: 10}, by="x")
    api = Api()
    r = api.place(order_body()); print(r.status_code, r.content[:200])
    try:
        receive(Order.objects.get().pk, by="x")
    except Exception as e: print(repr(e))
    for p in ("/stock/", f"/stock/deliveries/", f"/stock/deliveries/{d.pk}/", "/stock/MUG-1/", f"/orders/{r.json()['number']}/"):
        print(p, client.get(p).status_code)
    assert 0
