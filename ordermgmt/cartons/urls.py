"""The addresses of the cartons."""

from django.urls import path

from ordermgmt.cartons import views

urlpatterns = [
    path("", views.cartons, name="cartons"),
    path("new/", views.carton, name="carton-new"),
    path("<int:carton_id>/", views.carton, name="carton"),
]
