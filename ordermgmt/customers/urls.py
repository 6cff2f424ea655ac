"""The addresses of customers and of the blocked list."""

from django.urls import path

from ordermgmt.customers import actions, views

urlpatterns = [
    path("customers/<int:customer_id>/", views.customer, name="customer"),
    path("customers/<int:customer_id>/tier/", actions.set_tier, name="customer-tier"),
    path("customers/<int:customer_id>/merge/", actions.merge_into, name="customer-merge"),
    path("customers/<int:customer_id>/block/", actions.block_customer, name="customer-block"),
    path("customers/<int:customer_id>/unblock/", actions.unblock_customer, name="customer-unblock"),
    path("customers/<int:customer_id>/export/", views.export, name="customer-export"),
    path("customers/<int:customer_id>/erase/", actions.erase, name="customer-erase"),
    path("blocked/", views.blocked, name="blocked"),
    path("blocked/add/", actions.add_mark, name="blocked-add"),
    path("blocked/<int:entry_id>/remove/", actions.remove_mark, name="blocked-remove"),
]
