"""The warehouse's addresses below `/api/v1/`."""

from django.urls import path

from fulfillment.api import PackedView, PickedView, ReturnsView, ShipmentsView, ShippedView

app_name = "warehouse-api"
urlpatterns = [
    path("shipments/", ShipmentsView.as_view(), name="shipments"),
    path("shipments/<str:code>/picked/", PickedView.as_view(), name="shipment-picked"),
    path("shipments/<str:code>/packed/", PackedView.as_view(), name="shipment-packed"),
    path("shipments/<str:code>/shipped/", ShippedView.as_view(), name="shipment-shipped"),
    path("orders/<int:number>/returns/", ReturnsView.as_view(), name="order-returns"),
]
