"""The addresses of the webhooks."""

from django.urls import path

from ordermgmt.webhooks import views

urlpatterns = [
    path("", views.endpoints, name="webhooks"),
    path("new/", views.new, name="webhook-new"),
    path("<int:endpoint_id>/", views.endpoint, name="webhook"),
    path("<int:endpoint_id>/redeliver/<int:delivery_id>/", views.again, name="webhook-redeliver"),
    path("<int:endpoint_id>/<slug:step>/", views.act, name="webhook-step"),
]
