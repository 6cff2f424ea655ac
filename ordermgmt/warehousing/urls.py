"""The addresses of how the warehouse works."""

from django.urls import path

from ordermgmt.warehousing import views

urlpatterns = [
    path("", views.setup, name="warehouse-setup"),
    path("policies/<int:warehouse_id>/", views.policy, name="picking-policy"),
    path("trolleys/new/", views.trolley, name="trolley-new"),
    path("trolleys/<int:trolley_id>/", views.trolley, name="trolley"),
    path("inserts/new/", views.insert, name="insert-new"),
    path("inserts/<int:rule_id>/", views.insert, name="insert"),
]
