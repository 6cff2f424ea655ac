"""The addresses of approvals and policies."""

from django.urls import path

from ordermgmt.approvals import shipments, views

urlpatterns = [
    path("", views.approvals, name="approvals"),
    path("orders/<int:number>/approve/", views.approve, name="approval-approve"),
    path("orders/<int:number>/reject/", views.reject, name="approval-reject"),
    path("orders/<int:number>/hold/", views.hold, name="approval-hold"),
    path("orders/<int:number>/holds/<int:hold_id>/release/", views.release, name="approval-release"),
    path("orders/<int:number>/shipments/<int:shipment>/hold/", shipments.hold, name="shipment-hold"),
    path("shipment-holds/<int:hold_id>/release/", shipments.release, name="shipment-release"),
    path("policy/", views.policies, name="approval-policies"),
    path("policy/<slug:code>/", views.policy, name="approval-policy"),
    path("policy/<slug:code>/change/", views.change_policy, name="approval-policy-change"),
]
