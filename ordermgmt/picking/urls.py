"""The addresses of the pick lists."""

from django.urls import path

from ordermgmt.picking import views

urlpatterns = [
    path("", views.picking, name="picking"),
    path("plan/", views.plan, name="pick-lists-plan"),
    path("<int:list_id>/", views.pick_list, name="pick-list"),
    path("<int:list_id>/assign/", views.assign, name="pick-list-assign"),
    path("<int:list_id>/<slug:step>/", views.pass_list, name="pick-list-pass"),
]
