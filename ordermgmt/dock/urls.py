"""The addresses of the dock."""

from django.urls import path

from ordermgmt.dock import views

urlpatterns = [
    path("", views.dock, name="dock"),
    path("manifests/<int:manifest_id>/", views.manifest, name="manifest"),
    path("manifests/<int:manifest_id>/manifest.pdf", views.manifest_pdf, name="manifest-pdf"),
    path("manifests/<int:manifest_id>/close/", views.close, name="manifest-close"),
    path("manifests/<int:manifest_id>/off/<int:parcel_id>/", views.take_off, name="manifest-off"),
    path("<str:warehouse>/<slug:account>/", views.pick_up_page, name="pick-up"),
    path("<str:warehouse>/<slug:account>/scan/", views.scan, name="pick-up-scan"),
]
