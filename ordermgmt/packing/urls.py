"""The addresses of the pack station."""

from django.urls import path

from ordermgmt.packing import views

urlpatterns = [
    path("", views.pack_queue, name="pack-queue"),
    path("find/", views.find, name="pack-find"),
    path("<str:code>/", views.pack_station, name="pack-station"),
    path("<str:code>/scans/", views.scans, name="pack-scans"),
]
