"""The addresses of the pack station."""

from django.urls import path

from ordermgmt.packing import views
from ordermgmt.station import offline

urlpatterns = [
    path("", views.pack_queue, name="pack-queue"),
    path("find/", views.find, name="pack-find"),
    path("worker.js", offline.worker, name="pack-worker"),
    path("<str:code>/", views.pack_station, name="pack-station"),
    path("<str:code>/boxes/<int:number>/", views.box, name="pack-box"),
    path("<str:code>/scans/", views.scans, name="pack-scans"),
]
