"""The addresses of the pick station."""

from django.urls import path

from ordermgmt.station import offline, views

urlpatterns = [
    path("", views.pick_station, name="pick-station"),
    path("worker.js", offline.worker, name="pick-worker"),
    path("next/", views.next_list, name="pick-station-next"),
    path("<int:list_id>/", views.one_list, name="pick-station-list"),
    path("<int:list_id>/scans/", views.scans, name="pick-station-scans"),
    path("<int:list_id>/<slug:step>/", views.pass_list, name="pick-station-step"),
]
