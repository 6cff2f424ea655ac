"""The addresses below an order's page where it is changed."""

from django.urls import path

from ordermgmt.changes import parts, views

urlpatterns = [
    path("change/", views.edit, name="order-change"),
    path("change/products/", views.products, name="order-change-products"),
    path("change/<int:change_id>/", views.look, name="order-change-preview"),
    path("change/<int:change_id>/apply/", views.apply, name="order-change-apply"),
    path("change/<int:change_id>/discard/", views.discard, name="order-change-discard"),
    path("cancel-units/", parts.cancel_units, name="order-cancel-units"),
    path("split/", parts.split, name="order-split"),
    path("merge/", parts.merge, name="order-merge"),
]
