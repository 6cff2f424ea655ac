"""The addresses of the pick lists."""

from django.urls import path

from ordermgmt.picking import views

urlpatterns = [
    path("", views.pick_lists, name="pick-lists"),
    path("<int:list_id>/", views.pick_list, name="pick-list"),
]
