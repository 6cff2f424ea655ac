"""The order desk's addresses below `/api/v1/`."""

from django.urls import path

from orders.api.bulk import BulkView
from orders.api.carts import CartHoldsView, CartHoldView
from orders.api.events import EventsView
from orders.api.holds import ReleaseView
from orders.api.orders import CancelView, OrdersView, OrderView
from orders.api.payments import PaymentsView
from orders.api.products import ProductsView
from orders.api.quotes import QuotesView

app_name = "api"
urlpatterns = [
    path("products/", ProductsView.as_view(), name="products"),
    path("holds/", CartHoldsView.as_view(), name="holds"),
    path("holds/<slug:token>/", CartHoldView.as_view(), name="hold"),
    path("events/", EventsView.as_view(), name="events"),
    path("orders/", OrdersView.as_view(), name="orders"),
    path("orders/bulk/", BulkView.as_view(), name="orders-bulk"),
    path("quotes/", QuotesView.as_view(), name="quotes"),
    path("orders/<int:number>/", OrderView.as_view(), name="order"),
    path("orders/<int:number>/cancel/", CancelView.as_view(), name="order-cancel"),
    path("orders/<int:number>/payments/", PaymentsView.as_view(), name="order-payments"),
    path("orders/<int:number>/release/", ReleaseView.as_view(), name="order-release"),
]
