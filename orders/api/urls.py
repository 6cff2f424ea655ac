"""The order desk's addresses below `/api/v1/`."""

from django.urls import path

from orders.api.bulk import BulkView
from orders.api.carts import CartHoldsView, CartHoldView
from orders.api.changes import ChangesView, ChangeView, DiscardView
from orders.api.customers import BlockedListView, BlockedView, CustomersView, CustomerView, MergeView, TierView
from orders.api.events import EventsView
from orders.api.holds import HoldsView, RejectView, ReleaseView
from orders.api.orders import OrdersView, OrderView
from orders.api.payments import PaymentsView, RetryView, WebhookView
from orders.api.policy import DecisionsView, DryRunView, PolicyView
from orders.api.products import ProductsView
from orders.api.quotes import QuotesView
from orders.api.refunds import RefundsView
from orders.api.stock import AdjustmentsView, CloseDeliveryView, DeliveriesView, DeliveryView, ReceiptsView
from orders.api.webhooks import (
    DeliveriesLogView,
    OneWebhookView,
    RedeliverView,
    RotateWebhookView,
    StartWebhookView,
    WebhooksView,
)

app_name = "api"
urlpatterns = [
    path("orders/", OrdersView.as_view(), name="orders"),
    path("products/", ProductsView.as_view(), name="products"),
    path("holds/", CartHoldsView.as_view(), name="holds"),
    path("holds/<slug:token>/", CartHoldView.as_view(), name="hold"),
    path("events/", EventsView.as_view(), name="events"),
    path("orders/bulk/", BulkView.as_view(), name="orders-bulk"),
    path("quotes/", QuotesView.as_view(), name="quotes"),
    path("orders/<int:number>/", OrderView.as_view(), name="order"),
    path("orders/<int:number>/changes/", ChangesView.as_view(), name="order-changes"),
    path("orders/<int:number>/changes/<int:change_id>/", ChangeView.as_view(), name="order-change"),
    path("orders/<int:number>/changes/<int:change_id>/discard/", DiscardView.as_view(), name="order-change-discard"),
    path("orders/<int:number>/payments/", PaymentsView.as_view(), name="order-payments"),
    path("orders/<int:number>/payments/retry/", RetryView.as_view(), name="order-payments-retry"),
    path("orders/<int:number>/refunds/", RefundsView.as_view(), name="order-refunds"),
    path("gateways/<slug:name>/webhook/", WebhookView.as_view(), name="gateway-webhook"),
    path("webhooks/", WebhooksView.as_view(), name="webhooks"),
    path("webhooks/<int:endpoint_id>/", OneWebhookView.as_view(), name="webhook"),
    path("webhooks/<int:endpoint_id>/start/", StartWebhookView.as_view(), name="webhook-start"),
    path("webhooks/<int:endpoint_id>/rotate/", RotateWebhookView.as_view(), name="webhook-rotate"),
    path("webhooks/<int:endpoint_id>/deliveries/", DeliveriesLogView.as_view(), name="webhook-deliveries"),
    path("webhooks/<int:endpoint_id>/redeliver/", RedeliverView.as_view(), name="webhook-redeliver"),
    path("orders/<int:number>/release/", ReleaseView.as_view(), name="order-release"),
    path("orders/<int:number>/holds/", HoldsView.as_view(), name="order-holds"),
    path("orders/<int:number>/reject/", RejectView.as_view(), name="order-reject"),
    path("orders/<int:number>/decisions/", DecisionsView.as_view(), name="order-decisions"),
    path("policy/", PolicyView.as_view(), name="policy"),
    path("policy/dry-run/", DryRunView.as_view(), name="policy-dry-run"),
    path("customers/", CustomersView.as_view(), name="customers"),
    path("customers/<int:customer_id>/", CustomerView.as_view(), name="customer"),
    path("customers/<int:customer_id>/tier/", TierView.as_view(), name="customer-tier"),
    path("customers/<int:customer_id>/merge/", MergeView.as_view(), name="customer-merge"),
    path("blocked/", BlockedListView.as_view(), name="blocked"),
    path("blocked/<int:entry_id>/", BlockedView.as_view(), name="blocked-entry"),
    path("deliveries/", DeliveriesView.as_view(), name="deliveries"),
    path("deliveries/<int:delivery_id>/", DeliveryView.as_view(), name="delivery"),
    path("deliveries/<int:delivery_id>/receipts/", ReceiptsView.as_view(), name="delivery-receipts"),
    path("deliveries/<int:delivery_id>/close/", CloseDeliveryView.as_view(), name="delivery-close"),
    path("stock/adjustments/", AdjustmentsView.as_view(), name="stock-adjustments"),
]
